package main

import (
	"math"
	"strings"
	"testing"

	"udpchat/peer"
	"udpchat/wire"
)

// luminance is the relative luminance of one of xterm's 256 colours (WCAG 2.2, definition of relative luminance).
func luminance(colour int) float64 {
	levels := []float64{0, 95, 135, 175, 215, 255}
	n := colour - 16
	sum := 0.0
	for i, share := range []float64{0.2126, 0.7152, 0.0722} {
		v := levels[[]int{n / 36, n / 6 % 6, n % 6}[i]] / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += share * v
	}
	return sum
}

func TestColoursStandOutOnBlackAndOnWhite(t *testing.T) {
	for _, c := range manyColours {
		l := luminance(c)
		if black, white := (l+0.05)/0.05, 1.05/(l+0.05); black < 3.6 || white < 3.6 {
			t.Errorf("colour %d: %.1f on black, %.1f on white", c, black, white)
		}
	}
}

func TestPaint(t *testing.T) {
	env := &environment{environ: []string{"TERM=xterm-256color"}}
	p := newPainter(env, "auto", true)
	a, b := wire.Key{0: 1}, wire.Key{0: 2}
	table := peer.Table{All: []peer.Contact{{Name: "ann", Key: a}, {Name: "bob", Key: b}}}
	got := p.paint(table, []string{"[Client table updated.]", "SERVER @ 1 is ONLINE", "ann @ 2 is ONLINE"})
	if got[0] != "[Client table updated.]" || got[1] != "SERVER @ 1 is ONLINE" || got[2] != "\x1b[38;5;166mann\x1b[0m @ 2 is ONLINE" {
		t.Errorf("painted %q", got)
	}
	line := p.paint(peer.Arrived{From: "bob"}, []string{"(late) [Channel_Message bob: ann: hi]"})[0]
	if line != "(late) [Channel_Message \x1b[38;5;100mbob\x1b[0m: ann: hi]" {
		t.Errorf("painted %q", line)
	}
	// Who takes bob's name over has another colour.
	p.paint(peer.Table{All: []peer.Contact{{Name: "bob", Key: a}}}, nil)
	if line := p.paint(peer.Arrived{From: "bob"}, []string{"bob: hi"})[0]; !strings.HasPrefix(line, "\x1b[38;5;166m") {
		t.Errorf("painted %q", line)
	}
	if line := p.paint(peer.Arrived{From: "cat"}, []string{"cat: hi"})[0]; line != "cat: hi" {
		t.Errorf("painted %q", line)
	}
}

func TestMarkInTheHistory(t *testing.T) {
	p := newPainter(&environment{environ: []string{"TERM=xterm"}}, "always", false)
	k := wire.Key{0: 1}
	for line, want := range map[string]string{
		"2026-03-04 05:06 bob: hi, bob: hi":    "2026-03-04 05:06 \x1b[32mbob\x1b[0m: hi, bob: hi",
		"2026-03-04 05:06 bob to all: hey":     "2026-03-04 05:06 \x1b[32mbob\x1b[0m to all: hey",
		"2026-03-04 05:06 you to bob: ho":      "2026-03-04 05:06 you to \x1b[32mbob\x1b[0m: ho",
		"2026-03-04 05:06 kabob: not the same": "2026-03-04 05:06 kabob: not the same",
	} {
		if got := p.mark(line, "bob", k); got != want {
			t.Errorf("%q: %q", line, got)
		}
	}
	if got := p.mark("2026-03-04 05:06 you to all: hi", "", k); strings.Contains(got, "\x1b") {
		t.Errorf("marked %q", got)
	}
}

func TestWhenToPaint(t *testing.T) {
	for _, c := range []struct {
		flag     string
		terminal bool
		environ  []string
		on, many bool
	}{
		{"auto", true, []string{"TERM=xterm-256color"}, true, true},
		{"auto", true, []string{"TERM=linux"}, true, false},
		{"auto", true, []string{"TERM=xterm", "COLORTERM=truecolor"}, true, true},
		{"auto", true, []string{"TERM=xterm", "NO_COLOR=1"}, false, false},
		{"auto", true, []string{"TERM=xterm", "NO_COLOR="}, true, false},
		{"auto", true, []string{"TERM=dumb"}, false, false},
		{"auto", false, []string{"TERM=xterm"}, false, false},
		{"always", false, []string{"TERM=xterm", "NO_COLOR=1"}, true, false},
		{"never", true, []string{"TERM=xterm"}, false, false},
	} {
		p := newPainter(&environment{environ: c.environ}, c.flag, c.terminal)
		if p.on != c.on || p.many != c.many {
			t.Errorf("%+v: %+v", c, p)
		}
	}
}
