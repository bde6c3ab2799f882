package main

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"udpchat/wire"
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

// A program that reads the log finds in JSON what a person reads in the text.
func TestLogSaysTheSameInBothFormats(t *testing.T) {
	var text, json strings.Builder
	for format, out := range map[string]*strings.Builder{"text": &text, "json": &json} {
		log := (&logSettings{"debug", format}).logger(out)
		log.Info("refused", "client", wire.Key{1, 2, 3, 4}, "addr", netip.MustParseAddrPort("192.0.2.1:9999"), "why", wire.NameTaken)
	}
	for _, said := range []string{wire.Key{1, 2, 3, 4}.String(), "192.0.2.1:9999", wire.NameTaken.String()} {
		if !strings.Contains(text.String(), said) || !strings.Contains(json.String(), `"`+said+`"`) {
			t.Errorf("%q is not in both: %s%s", said, text.String(), json.String())
		}
	}
}
