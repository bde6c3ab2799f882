//go:build unix

package main

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// terminal is a small model of a terminal: as much of one as a line editor uses.
type terminal struct {
	width, height int
	rows          []terminalRow // scrollback and screen
	row, col      int           // row counts from the first of all
	top           int           // the first row on the screen
	noWrap        bool
	bells         int    // rung
	colours       int    // sequences that change the colour
	partial       string // an unfinished sequence
	unknown       string // the first sequence that is not known
}

// terminalRow is one row of cells. A wrapped one goes on in the next. The second cell of a wide character is "".
type terminalRow struct {
	cells   []string
	wrapped bool
}

// write obeys output.
func (m *terminal) write(b []byte) {
	s := m.partial + string(b)
	for s != "" {
		n := m.step(s)
		if n == 0 {
			break
		}
		s = s[n:]
	}
	m.partial = s
}

// step obeys one character or sequence and gives its length; 0 when it is not whole.
func (m *terminal) step(s string) int {
	switch {
	case s[0] == '\r':
		m.col = 0
	case s[0] == '\n':
		m.down(true)
	case s[0] == '\a':
		m.bells++
	case s[0] == 0x1b:
		return m.sequence(s)
	case !utf8.FullRuneInString(s):
		return 0
	default:
		g := graphemes.FromString(s)
		g.Next()
		if c := g.Value(); len(c) < len(s) || c[0] < utf8.RuneSelf {
			m.put(c)
			return len(c)
		}
		return 0 // the rest of it may follow
	}
	return 1
}

func (m *terminal) sequence(s string) int {
	if len(s) < 3 {
		return 0
	}
	end := strings.IndexFunc(s[2:], func(r rune) bool { return r >= 0x40 && r <= 0x7e })
	if end < 0 {
		return 0
	}
	n, err := strconv.Atoi(s[2 : 2+end])
	if err != nil {
		n = 1
	}
	switch final := s[2+end]; {
	case final == 'A':
		m.row = max(m.row-n, m.top)
	case final == 'B':
		for range n {
			m.down(false)
		}
	case final == 'C':
		m.col = min(m.col+n, m.width-1)
	case final == 'D':
		m.col = max(m.col-n, 0)
	case final == 'G':
		m.col = n - 1
	case final == 'H':
		m.row, m.col = m.top, 0
	case final == 'K':
		l := m.at(m.row)
		l.cells, l.wrapped = l.cells[:min(m.col, len(l.cells))], false
	case final == 'J':
		m.at(m.row).cells = m.at(m.row).cells[:min(m.col, len(m.at(m.row).cells))]
		m.rows = m.rows[:m.row+1]
	case s[1:3+end] == "[?7l", s[1:3+end] == "[?7h":
		m.noWrap = final == 'l'
	case final == 'm':
		m.colours++
	case s[1:3+end] == "[?2004h", s[1:3+end] == "[?2004l":
	case m.unknown == "":
		m.unknown = s[:3+end]
	}
	return 3 + end
}

func (m *terminal) at(row int) *terminalRow {
	for len(m.rows) <= row {
		m.rows = append(m.rows, terminalRow{})
	}
	return &m.rows[row]
}

// down moves the cursor; from the last row of the screen it scrolls or stays.
func (m *terminal) down(scroll bool) {
	if m.row-m.top == m.height-1 {
		if !scroll {
			return
		}
		m.top++
	}
	m.row++
	m.at(m.row)
}

func (m *terminal) put(cluster string) {
	width := max(1, displaywidth.String(cluster))
	if m.col+width > m.width && m.noWrap {
		m.col = m.width - width
	}
	if m.col+width > m.width {
		m.at(m.row).wrapped = true
		m.down(true)
		m.col = 0
	}
	l := m.at(m.row)
	for len(l.cells) < m.col+width {
		l.cells = append(l.cells, " ")
	}
	l.cells[m.col] = cluster
	clear(l.cells[m.col+1 : m.col+width])
	m.col += width
}

// above gives the lines above the cursor's row, scrollback first, without blanks at their ends.
func (m *terminal) above() (lines []string) {
	line := ""
	for i := range min(m.row, len(m.rows)) {
		if line += strings.Join(m.rows[i].cells, ""); m.rows[i].wrapped {
			continue
		}
		lines = append(lines, strings.TrimRight(line, " "))
		line = ""
	}
	return lines
}

// current is the row of the cursor up to the cursor, and what is right of it.
func (m *terminal) current() (before, after string) {
	cells := m.at(m.row).cells
	for len(cells) < m.col {
		cells = append(cells, " ")
	}
	return strings.Join(cells[:m.col], ""), strings.TrimRight(strings.Join(cells[m.col:], ""), " ")
}
