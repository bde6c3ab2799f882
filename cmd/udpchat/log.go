package main

import (
	"io"

	"golang.org/x/exp/slog"

	"udpchat/cmd/internal/config"
)

// logSettings are the flags of a log. A message's text is never in it.
type logSettings struct{ level, format string }

func (l *logSettings) register(f *config.Flags, level string) {
	f.Choice(&l.level, "", "log-level", level, "how much to log to standard error", "debug", "info", "warn", "error")
	f.Choice(&l.format, "", "log-format", "text", "how to write log lines", "text", "json")
}

func (l *logSettings) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.level)); err != nil {
		level = slog.LevelInfo // the flag allows no such value
	}
	options := &slog.HandlerOptions{Level: level}
	if l.format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
