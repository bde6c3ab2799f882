package lineedit

import (
	"strconv"
	"strings"
)

// Control sequences. "Erase to the end of the screen" is not among them: with
// the cursor at the top left, tmux takes it for a cleared screen and pushes
// what was there, the old prompt included, into the scrollback.
const (
	eraseToEnd = "\x1b[K"
	wrapOff    = "\x1b[?7l"
	wrapOn     = "\x1b[?7h"
	pasteOn    = "\x1b[?2004h"
	pasteOff   = "\x1b[?2004l"
	topLeft    = "\x1b[H"
)

// screen knows which row was drawn last and turns the next one into the bytes
// to send. The cursor is always left on the row's cursor cell. It does no
// output itself: one frame is one write, so that nothing flickers.
type screen struct {
	drawn row
}

// frame replaces the drawn row by above, which is text that ends with CR LF
// or is empty, and the row next. width is the present one of the terminal;
// the drawn row may come from another width and have been wrapped since.
func (s *screen) frame(above string, next row, width int) string {
	var out strings.Builder
	s.erase(&out, width, above != "")
	out.WriteString(above)

	// Should the terminal take some emoji for wider than they were counted,
	// the row is cut at the edge instead of wrapping.
	out.WriteString(wrapOff)
	for _, c := range next.cells {
		out.WriteString(c.text)
	}
	out.WriteString(eraseToEnd + wrapOn + "\r")
	move(&out, next.column(), 'C')
	s.drawn = next
	return out.String()
}

// cleared is a frame that first moves all that stands above the row into the
// scrollback, leaving the row at the top. With height-1 line feeds the cursor
// first walks down to the last line and then scrolls by just as many lines as
// stood above it.
func (s *screen) cleared(next row, width, height int) string {
	var out strings.Builder
	s.erase(&out, width, true)
	out.WriteString(strings.Repeat("\n", max(height-1, 0)) + topLeft)
	s.drawn = row{}
	out.WriteString(s.frame("", next, width))
	return out.String()
}

// erase goes to the start of the drawn row. It clears what is on the way only
// if told so or if the row has been wrapped into several; otherwise the next
// row is written over it.
func (s *screen) erase(out *strings.Builder, width int, wipe bool) {
	rows, cursor := s.drawn.wrapped(width)
	move(out, cursor, 'A')
	out.WriteString("\r")
	if rows > 1 || wipe {
		out.WriteString(eraseToEnd)
	}
	for range rows - 1 {
		move(out, 1, 'B')
		out.WriteString(eraseToEnd)
	}
	move(out, rows-1, 'A')
}

// move writes a relative cursor movement; a count of 0 would mean 1.
func move(out *strings.Builder, n int, direction byte) {
	if n > 0 {
		out.WriteString("\x1b[")
		out.WriteString(strconv.Itoa(n))
		out.WriteByte(direction)
	}
}
