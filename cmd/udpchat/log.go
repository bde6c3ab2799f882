package main

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/exp/slog"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/plain"
)

// logSettings are the flags of a log. A message's text is never in it.
type logSettings struct{ level, format string }

func (l *logSettings) register(f *config.Flags, level string) {
	f.Choice(&l.level, "", "log-level", level, "how much to log to standard error", "debug", "info", "warn", "error")
	f.Choice(&l.format, "", "log-format", "text", "how to write log lines", "text", "json")
}

// logger writes lines that are fit for a terminal, whoever chose the names in them.
func (l *logSettings) logger(w io.Writer) *slog.Logger {
	w = plainLines{w}
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.level)); err != nil {
		level = slog.LevelInfo // the flag allows no such value
	}
	options := &slog.HandlerOptions{Level: level}
	if l.format == "json" {
		options.ReplaceAttr = inWords
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// inWords has JSON say what the text says: the short form of a key, and the reason for a refusal, not the bytes and the number.
func inWords(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindAny {
		if v, ok := a.Value.Any().(fmt.Stringer); ok {
			a.Value = slog.StringValue(v.String())
		}
	}
	return a
}

// plainLines passes on what is written to it, a line at a time, without what could steer a terminal: the JSON handler escapes
// only what JSON must.
type plainLines struct{ to io.Writer }

func (p plainLines) Write(b []byte) (int, error) {
	if _, err := io.WriteString(p.to, plain.Name(strings.TrimSuffix(string(b), "\n"))+"\n"); err != nil {
		return 0, err
	}
	return len(b), nil
}
