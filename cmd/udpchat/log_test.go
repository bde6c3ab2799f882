package main

import (
	"errors"
	"strings"
	"testing"
	"unicode"
)

// unfit tells whether a line has what no terminal should get: controls, line breaks, changes of the reading direction.
func unfit(line string) bool {
	return strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) })
}

// What others chose, names first of all, is harmless in a log of either format.
func TestLogIsPlain(t *testing.T) {
	const evil = "eve\x1b]0;title\x07\u202e\u009b31m\r\nlevel=ERROR\u2028\xff"
	for _, format := range []string{"text", "json"} {
		var out strings.Builder
		log := (&logSettings{"debug", format}).logger(&out)
		log.Info("registered", "name", evil, "err", errors.New(evil), evil, 1)
		line, rest, _ := strings.Cut(out.String(), "\n")
		if unfit(line) || rest != "" || !strings.Contains(line, "registered") || !strings.Contains(line, "title") {
			t.Errorf("%s: %q", format, out.String())
		}
	}
}
