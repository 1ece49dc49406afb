package main

import (
	"io"
	"log/slog"

	"github.com/concord-registry/concord/cmd/concord/config"
)

// logHandler writes log lines as the settings say.
func logHandler(w io.Writer, cfg config.Log) slog.Handler {
	var level slog.Level
	// The setting allows only names that slog knows.
	_ = level.UnmarshalText([]byte(cfg.Level))
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}
