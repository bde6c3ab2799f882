package tui

import (
	"strings"
	"testing"
)

// Keys act on what a reader sees as characters.
func TestInputKeys(t *testing.T) {
	const family, flag = "👨‍👩‍👧‍👦", "🇩🇪"
	for _, tt := range []struct {
		what, text, keys, want string
		before                 int
	}{
		{"typing", "abc", "", "abc", 3},
		{"backspace takes a whole family", "a" + family, "backspace", "a", 1},
		{"backspace takes a whole flag", flag + flag, "backspace", flag, 1},
		{"delete takes an accented letter", "e\u0301x", "home delete", "x", 0},
		{"left and right", "日本" + family, "left left right", "日本" + family, 2},
		{"home and end in a line", "one\ntwo\nthree", "up home", "one\ntwo\nthree", 4},
		{"end in a line", "one\ntwo\nthree", "up up home end", "one\ntwo\nthree", 3},
		{"a new line", "ab", "left alt+enter", "a\nb", 2},
		{"words", "one two  three", "alt+b alt+b", "one two  three", 4},
		{"a word on", "one two", "home alt+f", "one two", 3},
		{"cut a word", "one two ", "ctrl+w", "one ", 4},
		{"cut a word on", "one two", "home alt+d", " two", 0},
		{"cut to the start of the line", "one\ntwo", "left ctrl+u", "one\no", 4},
		{"cut to the end of the line", "one\ntwo", "home ctrl+k", "one\n", 4},
		{"nothing to cut", "", "ctrl+w ctrl+u ctrl+k alt+d backspace delete", "", 0},
		{"up and down keep the column", "long line\nx\nlong line", "up up", "long line\nx\nlong line", 1},
	} {
		t.Run(tt.what, func(t *testing.T) {
			w := here(t)
			in := &w.talks.open.input
			in.insert(tt.text)
			w.press(strings.Fields(tt.keys)...)
			if got := in.text(); got != tt.want || len(in.before) != tt.before {
				t.Errorf("got %q with %d before the cursor, want %q with %d", got, len(in.before), tt.want, tt.before)
			}
		})
	}
}

// A pasted block is part of one message, whatever its lines end with.
func TestPaste(t *testing.T) {
	w := here(t, "bob")
	w.press("tab")
	w.types("see: ")
	w.paste("one\r\ntwo\rthree\x1b[31m")
	if len(w.done) > 0 {
		t.Fatal("a paste was sent by itself")
	}
	w.press("enter")
	if got := w.done[0]; got != "send 1 bob: see: one\ntwo\nthree[31m" {
		t.Errorf("%q", got)
	}
}

// Up brings back what was sent, Down what was being written.
func TestRecall(t *testing.T) {
	w := newWorld(t)
	w.past = []Past{{Line: 1, Text: "earlier", Time: noon}, {Line: 2, Text: "of someone else", From: "bob", Time: noon}}
	w.begins()
	in := &w.talks.open.input
	for _, text := range []string{"//one", "two\nlines"} {
		in.insert(text)
		w.press("enter")
	}
	w.types("draft")
	for _, want := range []string{"up two\nlines", "up two\nlines", "up //one", "up earlier", "up earlier", "down //one", "down two\nlines", "down draft",
		"down draft"} {
		key, text, _ := strings.Cut(want, " ")
		if w.press(key); in.text() != text {
			t.Errorf("%s gave %q, not %q", key, in.text(), text)
		}
	}
}

// Every talk keeps what is being written in it.
func TestDrafts(t *testing.T) {
	w := here(t, "bob", "carol")
	w.open(w.talks.get("bob"))
	w.types("for bob")
	w.press("shift+tab")
	w.hides("for bob")
	if got := w.rows()[w.shows("● bob")]; !strings.Contains(got, "draft │") {
		t.Error(got)
	}
	w.press("tab")
	w.shows("› for bob")
}

// The cursor stands where the next character goes, and the row that it is in is in view.
func TestCursor(t *testing.T) {
	for _, tt := range []struct {
		text, keys string
		x, y       int
	}{
		{"", "", 3, 8},
		{"abc", "", 6, 8},
		{"日本", "", 7, 8},
		{"日本", "left", 5, 8},
		{"a\nb", "", 4, 8},
		{"a\nb", "home", 3, 8},
		{strings.Repeat("x", 35), "", 3 + 35, 8},
		{strings.Repeat("x", 36), "", 4, 8},
		{strings.Repeat("日", 18), "", 5, 8},
		{"a\nb\nc\nd", "", 4, 8},
		{"a\nb\nc\nd", "up up up", 4, 7},
	} {
		w := here(t)
		w.size(40, 10)
		w.talks.open.input.insert(tt.text)
		w.press(strings.Fields(tt.keys)...)
		if c := w.View().Cursor; c.X != tt.x || c.Y != tt.y {
			t.Errorf("%q %s: the cursor is at %d,%d, not %d,%d\n%s", tt.text, tt.keys, c.X, c.Y, tt.x, tt.y, strings.Join(w.rows(), "\n"))
		}
	}
}

func FuzzInput(f *testing.F) {
	for _, text := range hostile {
		f.Add(text, text, uint8(3), uint8(20))
	}
	f.Fuzz(func(t *testing.T, one, two string, at, width uint8) {
		for _, m := range []measure{false, true} {
			var in input
			in.insert(one)
			in.seek(int(at))
			in.insert(two)
			rows, x, y := in.rows(m, int(width))
			if y < 0 || y >= len(rows) || x < 0 || x > max(int(width), 3)+8 {
				t.Fatalf("the cursor is at %d,%d of %d rows", x, y, len(rows))
			}
			n := 0
			for i, r := range rows {
				if r.from < n {
					t.Fatalf("row %d begins at %d, after %d", i, r.from, n)
				}
				n = r.from + len(r.cells)
			}
			if all := len(in.before) + len(in.after); n > all || n < all-strings.Count(in.text(), "\n") {
				t.Fatalf("%d of %d characters are drawn", n, all)
			}
			for !in.empty() {
				was := len(in.before) + len(in.after)
				in.backspace()
				in.delete()
				if len(in.before)+len(in.after) >= was {
					t.Fatal("a key did nothing")
				}
			}
		}
	})
}
