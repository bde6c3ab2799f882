package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	rows, err := parse("\x1b[1m\x1b[38;2;92;200;192mudp\x1b[0m 日a\n\x1b[48;2;1;2;3mx\x1b[49my\n\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || len(rows[2]) != 0 {
		t.Fatalf("%d rows", len(rows))
	}
	if g := rows[0][2]; g != (glyph{"p", 2, 1, look{foreground: "#5cc8c0", bold: true}}) {
		t.Errorf("%+v", g)
	}
	if g := rows[0][5]; g.text != "a" || g.x != 6 || g.look != (look{}) {
		t.Errorf("after a wide character: %+v", g)
	}
	if rows[1][0].look.background != "#010203" || rows[1][1].look.background != "" {
		t.Errorf("%+v", rows[1])
	}
	for _, bad := range []string{"\x1b[2J", "\x1b]0;t\a", "\x1b[38;5;79m", "\x1b[38;2;1;2;300m", "\x1b[xm"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// A picture is well-formed, whatever is on the screen, and every run of text is as wide as its cells.
func TestDraw(t *testing.T) {
	rows, err := parse("▌\x1b[1m<a> & \"b\"\x1b[0m ──┬── 日本 ✓✓ 👍\n\x1b[48;2;1;2;3m bar \x1b[0m")
	if err != nil {
		t.Fatal(err)
	}
	svg := draw(rows, 40, `a "title"`)
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{`textLength="25.2" lengthAdjust="spacingAndGlyphs" fill="#d5dae2" font-weight="bold">&lt;a&gt;<`,
		`textLength="16.8" lengthAdjust="spacingAndGlyphs" fill="#d5dae2">日<`, `<path d="M106.4 23.0L123.2 23.0"`, `width="42.0" height="18.0" fill="#010203"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is not in\n%s", want, svg)
		}
	}
}
