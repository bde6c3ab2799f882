package lineedit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// stage is a screen and a model of the terminal it draws on.
type stage struct {
	*terminal
	screen screen
}

func newStage(t *testing.T, width, height int) *stage {
	return &stage{terminal: newTerminal(t, width, height)}
}

func (s *stage) draw(above, markedText string) {
	r := view(cellsOf(">>> "), bufferOf(markedText), s.width)
	s.write(s.screen.frame(above, r, s.width))
}

func TestCursorStandsOnItsCell(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "ab|c", ">>> abc @6"},
		{"wide characters", "日本|語", ">>> 日本語 @8"},
		{"combining marks", "e\u0301e\u0301|x", ">>> e\u0301e\u0301x @6"},
		{"a family", family + "|x", ">>> " + family + "x @6"},
		{"scrolled sideways", strings.Repeat("日", 50) + "|", ">>> " + strings.Repeat("日", 7) + " @18"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, 20, 5)
			s.draw("", tt.text)
			if got := s.current(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPrintingLeavesTheRowIntact(t *testing.T) {
	s := newStage(t, 20, 5)
	s.draw("", "typed| text")
	want := make([]string, 0, 16)
	for i := range 12 {
		s.draw(fmt.Sprintf("message %d\r\n", i), "typed| text")
		want = append(want, fmt.Sprintf("message %d", i))
	}
	s.draw(strings.Repeat("x", 20)+"\r\n"+strings.Repeat("y", 25)+"\r\n", "typed| text")
	want = append(want, strings.Repeat("x", 20), strings.Repeat("y", 20), "yyyyy", ">>> typed text")
	if got := s.text(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.current(); got != ">>> typed text @9" {
		t.Errorf("row is %q", got)
	}
}

func TestResizeLeavesOnePromptRow(t *testing.T) {
	texts := map[string]string{
		"empty row":          "|",
		"short text":         "hello|",
		"long text":          strings.Repeat("abcdefghij", 7) + "|",
		"cursor at start":    "|" + strings.Repeat("abcdefghij", 7),
		"cursor in between":  strings.Repeat("abcdefghij", 5) + "|" + "rest of the text",
		"longer than a row":  strings.Repeat("abcdefghij", 50) + "|",
		"ends at a boundary": strings.Repeat("a", 36) + "|",
		"wide characters":    "x" + strings.Repeat("日本", 18) + "|",
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, 80, 10)
			s.draw("first\r\nsecond\r\n", text)
			for _, width := range []int{40, 120, 13, 80, 9, 41, 40, 39} {
				s.resize(width)
				s.draw("", text)
				got := s.text()
				if len(got) != 3 || got[0] != "first" || got[1] != "second" || !strings.HasPrefix(got[2], ">> ") && !strings.HasPrefix(got[2], ">>>") {
					t.Fatalf("at width %d: %q", width, got)
				}
			}
		})
	}
}

func TestResizeAtTheBottomOfTheScreen(t *testing.T) {
	s := newStage(t, 80, 4)
	for i := range 8 {
		s.draw(fmt.Sprintf("%d\r\n", i), strings.Repeat("abcdefghij", 7)+"|")
	}
	for _, width := range []int{40, 20, 120, 30} {
		s.resize(width)
		s.draw("", strings.Repeat("abcdefghij", 7)+"|")
		if got := s.text(); len(got) != 9 || got[7] != "7" {
			t.Fatalf("at width %d: %q", width, got)
		}
	}
}

func TestClearMovesEverythingIntoTheScrollback(t *testing.T) {
	s := newStage(t, 20, 5)
	s.draw("one\r\ntwo\r\n", "typed|")
	s.write(s.screen.cleared(view(cellsOf(">>> "), bufferOf("typed|"), 20), 20, 5))
	if got, want := s.text(), []string{"one", "two", ">>> typed"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if s.row != s.top || s.current() != ">>> typed @9" {
		t.Errorf("row %d of the screen: %q", s.row-s.top, s.current())
	}
}
