package lineedit

import (
	"strings"
	"testing"
)

func drawnText(cells []cell) string {
	var s strings.Builder
	for _, c := range cells {
		s.WriteString(c.text)
	}
	return s.String()
}

func TestView(t *testing.T) {
	tests := []struct {
		name   string
		prompt string
		text   string
		width  int
		want   string
		column int
	}{
		{"empty row", ">>> ", "|", 20, ">>>  ", 4},
		{"short text", ">>> ", "ab|", 20, ">>> ab ", 6},
		{"cursor inside", ">>> ", "a|b", 20, ">>> ab", 5},
		{"wide characters count two", "> ", "日本|", 20, "> 日本 ", 6},
		{"an accent counts nothing", "> ", "e\u0301x|", 20, "> e\u0301x ", 4},
		{"a family counts two", "> ", family + "|x", 20, "> " + family + "x", 4},
		{"newline and tab are shown", "> ", "a\nb\tc|", 20, "> a⏎b c ", 7},
		{"controls are hidden", "> ", "\x1b[2J\x07|", 20, "> ·[2J· ", 7},
		{"direction overrides are hidden", "> ", "\u202ea|", 20, "> ·a ", 4},
		{"a lone mark is hidden", "> ", "\u0301|", 20, "> · ", 3},
		{"long text, cursor at the end", "> ", "abcdefghijklmnop|", 12, "> ijklmnop ", 10},
		{"long text, cursor at the start", "> ", "|abcdefghijklmnop", 12, "> abcdefghi", 2},
		{"long text, cursor in the middle", "> ", "abcdefgh|ijklmnop", 12, "> cdefghijk", 8},
		{"a wide character that does not fit", "> ", "日本語日本語|", 12, "> 語日本語 ", 10},
		{"a long prompt keeps its end", "[a long prompt] >>> ", "x|", 20, "mpt] >>> x ", 10},
		{"a terminal of one column", ">>> ", "abc|", 1, ">> abc ", 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := view(cellsOf(tt.prompt), bufferOf(tt.text), tt.width)
			got := drawnText(r.cells)
			if columns(r.cells) > max(tt.width, minWidth)-1 {
				t.Errorf("%q is too wide", got)
			}
			if got != tt.want || r.column() != tt.column {
				t.Errorf("got %q, cursor at %d; want %q, %d", got, r.column(), tt.want, tt.column)
			}
		})
	}
}

func TestViewKeepsTheCursorInSight(t *testing.T) {
	text := strings.Repeat("ab日"+family+"\n", 20)
	for width := 1; width < 90; width++ {
		b := bufferOf("|" + text)
		for i := 0; ; i++ {
			r := view(cellsOf("[室] >>> "), b, width)
			if r.cursor >= len(r.cells) || columns(r.cells) > max(width, minWidth)-1 {
				t.Fatalf("width %d, position %d: cell %d of %d, %d columns",
					width, i, r.cursor, len(r.cells), columns(r.cells))
			}
			if len(b.after) == 0 {
				break
			}
			b.move(1)
		}
	}
}

func TestOversizedClusterIsCutBetweenRunes(t *testing.T) {
	c := cellOf("e" + strings.Repeat("\u0301", 1000))
	if len(c.text) > maxDrawn || !strings.HasSuffix(c.text, "\u0301") || c.width != 1 {
		t.Errorf("drawn as %d bytes, %d columns", len(c.text), c.width)
	}
}
