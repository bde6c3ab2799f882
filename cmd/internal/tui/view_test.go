package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"udpchat/peer"
)

// hostile is what others may write to do harm, or what only looks so.
var hostile = []string{
	"\x1b[2J\x1b[H", "\x1b]0;title\x07", "\u202ereversed", "\u009b31m", "a\r\nb\rc", "\x00\x7f", "tab\tstop", "\n\n\n", " leading", "trailing   ",
	strings.Repeat("x", 500), strings.Repeat("日本語", 90), strings.Repeat("👨‍👩‍👧‍👦", 40), "e\u0301\u0301\u0301\u0301\u0301\u0301", "שלום עולם", "مرحبا",
	"नमस्ते", "🇩🇪🇫🇷", "1️⃣ ❤️ ⚠️", "👍🏽👩🏽‍🚀🏳️‍🌈", "\u0301first", "\xff\xfe", "ｆｕｌｌ", "한국어", "\u3000wide\u3000", "w o r d s " + strings.Repeat("word ", 60),
}

// At every size the screen is exactly so many rows of exactly so many columns, and nothing in it but text and colours.
func TestEverySize(t *testing.T) {
	for _, counts := range []measure{false, true} {
		w := talking(t)
		w.measure = counts
		for i, text := range hostile {
			w.arrives([]string{"bob", "#carol", "evil" + text}[i%3], text)
			w.told(peer.Noted{}, text)
		}
		w.paste(strings.Join(hostile, "\n"))
		overlays := []func(){func() { w.over = nil }, func() { w.over = &overlay{rows: help(w.page())} }, func() { w.openFinder(peopleFinder) }, func() { w.openFinder(textFinder); w.typeInto("e") }}
		for width := minWidth; width <= 200; width += 9 {
			for height := minHeight; height <= 60; height += 5 {
				w.width, w.height = width, height
				overlays[(width+height)%len(overlays)]()
				w.checkView()
			}
		}
	}
}

func (w *world) checkView() {
	w.t.Helper()
	v := w.View()
	rows := strings.Split(ansi.Strip(v.Content), "\n")
	if len(rows) != w.height {
		w.t.Fatalf("%d×%d: %d rows", w.width, w.height, len(rows))
	}
	counted := ansi.WcWidth
	if w.measure {
		counted = ansi.GraphemeWidth
	}
	for y, r := range rows {
		if n := counted.StringWidth(r); n != w.width {
			w.t.Fatalf("%d×%d: row %d has %d columns: %+q", w.width, w.height, y, n, r)
		}
		if i := strings.IndexFunc(r, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); i >= 0 {
			w.t.Fatalf("%d×%d: row %d steers the terminal: %q", w.width, w.height, y, r)
		}
	}
	for _, seq := range strings.Split(v.Content, "\x1b")[1:] {
		if !strings.HasPrefix(seq, "[") || strings.IndexFunc(seq[1:], func(r rune) bool { return r != ';' && (r < '0' || r > '9') }) != strings.IndexByte(seq, 'm')-1 {
			w.t.Fatalf("the sequence %q colours nothing", seq)
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.X >= w.width || c.Y < 0 || c.Y >= w.height) {
		w.t.Fatalf("%d×%d: the cursor is at %d,%d", w.width, w.height, c.X, c.Y)
	}
}

// Below a size at which nothing can be drawn, that is said.
func TestTooSmall(t *testing.T) {
	w := here(t)
	for _, s := range [][2]int{{0, 0}, {1, 1}, {19, 10}, {40, 4}} {
		w.size(s[0], s[1])
		if got := w.View().Content; got != fmt.Sprintf("%d×%d is too small", s[0], s[1]) {
			t.Error(got)
		}
		w.press("x", "backspace", "pgup", "tab", "up", "down")
	}
}

// The list of talks gives way below a width, and comes back above it.
func TestListGivesWay(t *testing.T) {
	w := here(t, "bob")
	w.size(listFrom, 24)
	w.shows("│")
	w.size(listFrom-1, 24)
	w.hides("│")
	w.press("tab")
	w.shows("● bob  online")
	w.size(listFrom, 24)
	w.shows("│")
}

// Random keys, sizes and news: whatever comes, the screen is whole.
func TestRandomUse(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	keys := []string{"enter", "tab", "shift+tab", "up", "down", "left", "right", "backspace", "delete", "home", "end", "pgup", "pgdown", "esc", "f1",
		"ctrl+t", "ctrl+f", "alt+a", "alt+enter", "ctrl+w", "ctrl+u", "ctrl+k", "alt+1", "alt+5", "ctrl+home", "ctrl+end", "shift+up", "shift+down", "alt+b", "alt+f"}
	w := here(t, "bob", "carol", "-dave")
	for i := range int64(200) {
		w.past = append(w.past, Past{Line: uint64(i + 1), Talk: []string{"bob", "", "carol"}[i%3], From: "bob", Text: hostile[i%int64(len(hostile))], Time: noon})
	}
	for range 800 {
		switch r.IntN(8) {
		case 0:
			w.size(minWidth+r.IntN(100), minHeight+r.IntN(40))
		case 1:
			w.arrives([]string{"bob", "#bob", "carol", "new" + fmt.Sprint(r.IntN(20))}[r.IntN(4)], hostile[r.IntN(len(hostile))])
		case 2:
			w.types(hostile[r.IntN(len(hostile))])
		case 3:
			w.sees(tea.MouseClickMsg{X: r.IntN(w.width), Y: r.IntN(w.height), Button: tea.MouseLeft})
		case 4:
			w.sees(tea.MouseWheelMsg{X: r.IntN(w.width), Y: r.IntN(w.height), Button: []tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown}[r.IntN(2)]})
		default:
			w.press(keys[r.IntN(len(keys))])
		}
		w.checkView()
	}
}

func BenchmarkView(b *testing.B) {
	w := newWorld(nil)
	w.begins()
	w.table("bob")
	w.open(w.talks.get("bob"))
	for i := range 10_000 {
		w.arrives("bob", fmt.Sprintf("message %d, with some words in it that make it a little longer than a row of the screen is wide", i))
	}
	w.size(200, 50)
	b.ReportAllocs()
	for b.Loop() {
		w.View()
	}
}
