package tui

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		what, text string
		width      int
		want       string
	}{
		{"nothing", "", 10, ""},
		{"a row", "hello", 5, "hello"},
		{"at a blank", "hello there", 8, "hello|there"},
		{"at the last blank that fits", "a b c d e", 5, "a b c|d e"},
		{"blanks at a break go", "hello    there", 7, "hello|there"},
		{"a blank just behind", "hello there", 5, "hello|there"},
		{"a long word", "abcdefghij", 4, "abcd|efgh|ij"},
		{"a long word after a short one", "ab cdefghij", 4, "ab|cdef|ghij"},
		{"line breaks", "a\n\nb", 9, "a||b"},
		{"leading blanks stay", "  code", 9, "  code"},
		{"wide characters", "日本語", 5, "日本|語"},
		{"a wide one at the edge", "a日本", 2, "a|日|本"},
		{"only blanks", "      ", 3, ""},
	} {
		for _, m := range []measure{false, true} {
			var rows []string
			for _, cells := range m.wrap(tt.text, tt.width) {
				rows = append(rows, join(cells))
			}
			if got := strings.Join(rows, "|"); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
			}
		}
	}
}

// What terminals count differently is drawn so that they don't; one that says how it counts gets it as it is.
func TestCells(t *testing.T) {
	for _, tt := range []struct {
		cluster, apart string
		width, whole   int
	}{
		{"a", "a", 1, 1},
		{"日", "日", 2, 2},
		{"e\u0301", "e\u0301", 1, 1},
		{"👨‍👩‍👧‍👦", "👨👩👧👦", 8, 2},
		{"👍🏽", "👍", 2, 2},
		{"❤️", "❤", 1, 2},
		{"🇩🇪", "🇩🇪", 2, 2},
		{"🏳️‍🌈", "🏳🌈", 3, 2},
	} {
		if got := measure(false).cell(tt.cluster); got != (cell{tt.apart, tt.width}) {
			t.Errorf("%q apart: %v", tt.cluster, got)
		}
		if got := measure(true).cell(tt.cluster); got != (cell{tt.cluster, tt.whole}) {
			t.Errorf("%q whole: %v", tt.cluster, got)
		}
	}
	if got := measure(false).cell("श\u094d\u200dर"); !strings.Contains(got.text, "\u200d") {
		t.Errorf("a joiner between letters is gone: %v", got)
	}
}

func FuzzWrap(f *testing.F) {
	for _, text := range hostile {
		f.Add(text, uint8(10))
	}
	f.Fuzz(func(t *testing.T, text string, width uint8) {
		for _, m := range []measure{false, true} {
			text, all := lines(text), ""
			for _, cells := range m.wrap(text, int(width)) {
				if n := columns(cells); n > max(int(width), 2) && len(cells) > 1 {
					t.Fatalf("%d columns in %d: %v", n, width, cells)
				}
				all += join(cells)
			}
			without := strings.NewReplacer(" ", "", "\n", "")
			var want strings.Builder
			for line := range strings.SplitSeq(text, "\n") {
				want.WriteString(join(m.cells(line)))
			}
			if without.Replace(all) != without.Replace(want.String()) {
				t.Fatalf("%q became %q", text, all)
			}
		}
	})
}
