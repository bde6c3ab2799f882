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
// It breaks between characters: what is written stays where it was written.
func (in *input) rows(m measure, width int) (rows []inputRow, x, y int) {
	if l := in.laid; l == nil || l.measure != m || l.width != width {
		in.laid = &laidOut{measure: m, width: width}
		in.laid.rows, in.laid.x, in.laid.y = in.lay(m, max(width, 3))
	}
	return in.laid.rows, in.laid.x, in.laid.y
}

func (in *input) lay(m measure, width int) (rows []inputRow, x, y int) {
	at, column := 0, 0
	rows = []inputRow{{}}
	for i, c := range slices.Concat(in.before, in.after) {
		shown := m.inputCell(c)
		if column+shown.width >= width && c != lineBreak {
			rows, column = append(rows, inputRow{from: i}), 0
		}
		if i == len(in.before) {
			x, y, at = column, len(rows)-1, i
		}
		if c == lineBreak {
			rows, column = append(rows, inputRow{from: i + 1}), 0
			continue
		}
		last := &rows[len(rows)-1]
		last.cells = append(last.cells, shown)
		column += shown.width
	}
	if at != len(in.before) || len(in.after) == 0 {
		x, y = column, len(rows)-1
	}
	return rows, x, y
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
