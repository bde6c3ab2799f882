package tui

import (
	"slices"
	"unicode"
)

// inputRow is a row of an input as it is drawn. from is how many characters of the input stand before it.
type inputRow struct {
	cells []cell
	from  int
}

// laidOut is an input in rows, and where its cursor is.
type laidOut struct {
	measure
	width int
	rows  []inputRow
	x, y  int
}

// rows breaks an input into rows of at most so many columns, one of which stays free for the cursor, and says where the cursor is.
// It breaks between words, or within one that is longer than a row; no blank is left out.
func (in *input) rows(m measure, width int) (rows []inputRow, x, y int) {
	if l := in.laid; l == nil || l.measure != m || l.width != width {
		in.laid = &laidOut{measure: m, width: width}
		in.laid.rows, in.laid.x, in.laid.y = in.lay(m, max(width, 3))
	}
	return in.laid.rows, in.laid.x, in.laid.y
}

func (in *input) lay(m measure, width int) (rows []inputRow, x, y int) {
	rows = []inputRow{{}}
	column := 0
	for i, c := range slices.Concat(in.before, in.after) {
		if c == lineBreak {
			rows, column = append(rows, inputRow{from: i + 1}), 0
			continue
		}
		shown := m.inputCell(c)
		last := &rows[len(rows)-1]
		last.cells = append(last.cells, shown)
		if column += shown.width; column >= width {
			rows = last.broken(rows)
			column = columns(rows[len(rows)-1].cells)
		}
	}
	at := len(in.before)
	for y = len(rows) - 1; rows[y].from > at; {
		y--
	}
	return rows, columns(rows[y].cells[:at-rows[y].from]), y
}

// broken moves the end of the last row, which is full, into a new one: its last word, when it has others, or its last character.
func (r *inputRow) broken(rows []inputRow) []inputRow {
	n := len(r.cells) - 1
	for i := n; i > 0; i-- {
		if r.cells[i-1].text == " " && r.cells[i].text != " " {
			n = i
			break
		}
	}
	next := inputRow{slices.Clone(r.cells[n:]), r.from + n}
	r.cells = r.cells[:n]
	return append(rows, next)
}

// inputCell draws a character that is being written; nothing of it steers the terminal or turns the row around.
func (m measure) inputCell(c string) cell {
	shown := m.cell(c)
	switch r := first(c); {
	case c == "\t":
		return cell{" ", 1}
	case shown.width < 1, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		return cell{"·", 1}
	}
	return shown
}

// vertical moves the cursor a row up or down, to about the same column. It reports whether there is such a row.
func (in *input) vertical(m measure, width, by int) bool {
	rows, x, y := in.rows(m, width)
	if y+by < 0 || y+by >= len(rows) {
		return false
	}
	in.seek(at(rows[y+by], x))
	return true
}

// at is the place in an input of a column of one of its rows.
func at(r inputRow, x int) int {
	n := r.from
	for _, c := range r.cells {
		if x -= c.width; x < 0 {
			break
		}
		n++
	}
	return n
}
