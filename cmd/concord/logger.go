package main

import (
	"io"
	"log/slog"

	"github.com/concord-registry/concord/cmd/concord/config"
	"github.com/concord-registry/concord/httpapi/accesslog"
)

// logHandler writes log lines as the settings say.
func logHandler(w io.Writer, cfg config.Log) slog.Handler {
	options := &slog.HandlerOptions{Level: logLevel(cfg)}
	if cfg.Format == "json" {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// accessLog writes the lines about requests, which look like all others.
func accessLog(w io.Writer, cfg config.Log) *accesslog.Log {
	if cfg.Format == "json" {
		return accesslog.NewJSON(w, logLevel(cfg))
	}
	return accesslog.NewText(w, logLevel(cfg))
}

func logLevel(cfg config.Log) (level slog.Level) {
	// The setting allows only names that slog knows.
	_ = level.UnmarshalText([]byte(cfg.Level))
	return level
}
