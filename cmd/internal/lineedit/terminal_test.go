package lineedit

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// terminal is a model of a terminal, as much of one as the editor uses:
// wrapping with the "about to wrap" state, a scrollback, wide characters that
// take two cells, and re-wrapping of long lines when the width changes. It
// refuses sequences it does not know.
type terminal struct {
	t             testing.TB
	width, height int
	lines         []line // scrollback and screen
	row, col      int    // row counts from the first line of all
	top           int    // the first line on the screen
	noWrap        bool
	pasteMode     bool
	partial       string // an unfinished sequence or cluster
}

// line is one row of cells. The second cell of a wide character is "".
type line struct {
	cells   []string
	wrapped bool // goes on in the next line
}

func newTerminal(t testing.TB, width, height int) *terminal {
	return &terminal{t: t, width: width, height: height, lines: make([]line, 1)}
}

// write obeys output.
func (m *terminal) write(s string) {
	s = m.partial + s
	m.partial = ""
	for s != "" {
		n := m.step(s)
		if n == 0 {
			m.partial = s
			return
		}
		s = s[n:]
	}
}

// step obeys one character or sequence and returns its length.
func (m *terminal) step(s string) int {
	switch {
	case s[0] == '\r':
		m.col = 0
		return 1
	case s[0] == '\n':
		m.down(1, true)
		return 1
	case s[0] == 0x1b:
		return m.sequence(s)
	case s[0] < 0x20 || s[0] == 0x7f:
		m.t.Errorf("raw control character %#x drawn", s[0])
		return 1
	}
	if !utf8.FullRuneInString(s) {
		return 0
	}
	g := graphemes.FromString(s)
	g.Next()
	m.put(g.Value())
	return len(g.Value())
}

func (m *terminal) sequence(s string) int {
	end := strings.IndexFunc(s[min(2, len(s)):], func(r rune) bool { return r >= 0x40 })
	if len(s) < 3 || end < 0 {
		return 0
	}
	body, final := s[2:2+end], s[2+end]
	n, err := strconv.Atoi(body)
	if err != nil {
		n = 1
	}
	switch seq := s[1 : 3+end]; {
	case final == 'A':
		m.row = max(m.row-n, m.top)
	case final == 'B':
		m.down(n, false)
	case final == 'C':
		m.col = min(m.col+n, m.width-1)
	case seq == "[K":
		l := m.at(m.row)
		l.cells = l.cells[:min(m.col, len(l.cells))]
		l.wrapped = false
	case seq == "[H":
		m.row, m.col = m.top, 0
	case seq == "[?7l", seq == "[?7h":
		m.noWrap = seq == "[?7l"
	case seq == "[?2004h", seq == "[?2004l":
		m.pasteMode = seq == "[?2004h"
	default:
		m.t.Errorf("unexpected sequence %q", seq)
	}
	return 3 + end
}

// at gives a line, made if it does not exist yet.
func (m *terminal) at(row int) *line {
	for len(m.lines) <= row {
		m.lines = append(m.lines, line{})
	}
	return &m.lines[row]
}

// down moves the cursor; at the last row of the screen it scrolls or stays.
func (m *terminal) down(n int, scroll bool) {
	for range n {
		if m.row-m.top == m.height-1 {
			if !scroll {
				return
			}
			m.top++
		}
		m.row++
	}
	m.at(m.row)
}

// put draws one cluster.
func (m *terminal) put(cluster string) {
	width := displaywidth.String(cluster)
	if m.col+width > m.width {
		if m.noWrap {
			m.col = m.width - width
		} else {
			m.at(m.row).wrapped = true
			m.down(1, true)
			m.col = 0
		}
	}
	l := m.at(m.row)
	for len(l.cells) < m.col+width {
		l.cells = append(l.cells, " ")
	}
	l.cells[m.col] = cluster
	if width == 2 {
		l.cells[m.col+1] = ""
	}
	m.col += width // one past the end is "about to wrap"
}

// resize re-wraps all lines as terminals with reflow do; the cursor stays on
// its cell.
func (m *terminal) resize(width int) {
	old, row, col := m.lines, m.row, m.col
	m.lines, m.width = nil, width
	for i := 0; i < len(old); i++ {
		var cells []string
		cursor := -1
		for {
			if i == row {
				cursor = len(cells) + col
			}
			cells = append(cells, old[i].cells...)
			if !old[i].wrapped {
				break
			}
			i++
		}
		m.rewrap(cells, cursor)
	}
	for len(m.lines) > m.row+1 && len(m.lines[len(m.lines)-1].cells) == 0 {
		m.lines = m.lines[:len(m.lines)-1] // empty lines below give way first
	}
	m.top = max(len(m.lines)-m.height, 0)
}

// rewrap appends one long line; cursor is the cell it is on, or -1.
func (m *terminal) rewrap(cells []string, cursor int) {
	m.lines = append(m.lines, line{})
	for i, c := range cells {
		l := &m.lines[len(m.lines)-1]
		wide := i+1 < len(cells) && cells[i+1] == ""
		if len(l.cells) == m.width || wide && len(l.cells) == m.width-1 {
			l.wrapped = true
			m.lines = append(m.lines, line{})
			l = &m.lines[len(m.lines)-1]
		}
		if i == cursor {
			m.row, m.col = len(m.lines)-1, len(l.cells)
		}
		l.cells = append(l.cells, c)
	}
	if cursor >= len(cells) {
		l := m.lines[len(m.lines)-1]
		m.row, m.col = len(m.lines)-1, min(len(l.cells)+cursor-len(cells), m.width-1)
	}
}

// text gives all lines, scrollback first, without blanks at their ends and
// without empty lines at the end.
func (m *terminal) text() []string {
	var all []string
	for _, l := range m.lines {
		all = append(all, strings.TrimRight(strings.Join(l.cells, ""), " "))
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// current is the row of the cursor and its column.
func (m *terminal) current() string {
	return fmt.Sprintf("%s @%d", strings.TrimRight(strings.Join(m.at(m.row).cells, ""), " "), m.col)
}
