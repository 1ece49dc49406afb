package httpapi

import (
	"log/slog"
	"net/http"
	"time"
)

// logAccess writes the one line about a request: never a body, never a header that could hold a secret. Faults of the
// server stand in it too, at level error.
func (c *call) logAccess(now time.Time) {
	level := slog.LevelInfo
	if c.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	ctx := c.request.Context()
	log := c.route.log
	if log == nil {
		log = c.server.log.With("method", c.request.Method, "route", c.route.label)
	}
	if !log.Enabled(ctx, level) {
		return
	}
	// The record is made by hand: slog's own functions look up where they were called from, which no line shows.
	line := slog.NewRecord(now, level, "request", 0)
	attrs := make([]slog.Attr, 0, 7)
	attrs = append(attrs,
		slog.Int("status", c.status),
		slog.Float64("ms", float64(now.Sub(c.start).Microseconds())/1000),
		slog.Int64("bytes", c.echo.Response().Size))
	if c.subject != "" {
		attrs = append(attrs, slog.String("subject", c.subject))
	}
	if c.schemaID != 0 {
		attrs = append(attrs, slog.Int("id", c.schemaID))
	}
	attrs = append(attrs, slog.String("request_id", c.requestID))
	if c.fault != nil {
		attrs = append(attrs, slog.String("error", c.fault.Error()))
	}
	line.AddAttrs(attrs...)
	// There is nowhere to tell that the log cannot be written.
	_ = log.Handler().Handle(ctx, line)
}
