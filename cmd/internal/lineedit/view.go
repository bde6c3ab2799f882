package lineedit

import "slices"

// row is the prompt row as it stands, or is to stand, in the terminal.
type row struct {
	cells  []cell
	cursor int // the cell the cursor is on; always one of cells
}

// minWidth is the narrowest terminal that is taken seriously. Below it the
// row is cut off by the terminal instead.
const minWidth = 8

// view cuts from prompt and text the part that fits in a terminal of the
// given width, with the cursor in sight.
//
// The last column stays free: a character there would leave the terminal in
// the "about to wrap" state, which terminals handle differently. The cursor
// always has a cell of its own to stand on, a blank one behind the text,
// because terminals that re-wrap a row keep the cursor with its cell but
// disagree about a cursor that stands on none.
func view(prompt []cell, b *buffer, width int) row {
	limit := max(width, minWidth) - 1
	prompt = tail(prompt, limit/2)
	room := limit - columns(prompt)

	// Up to a third of the room goes to what is right of the cursor, the
	// rest to what is left of it, and what the left does not need to the
	// right again. At the end of a line, the usual place, the left has all.
	var right, left []cell
	if len(b.after) == 0 {
		right = append(right, blank)
	}
	right = take(right, b.after, max(room/3, 2))
	left = take(left, b.before, room-columns(right))
	right = take(right, b.after, room-columns(left))

	slices.Reverse(left)
	cells := slices.Concat(prompt, left, right)
	return row{cells: cells, cursor: len(prompt) + len(left)}
}

// take appends to got the cells of clusters, from their far end, skipping
// those that got already holds, for as long as the total fits in room.
func take(got []cell, clusters []string, room int) []cell {
	used := columns(got)
	for i := len(clusters) - 1 - len(got); i >= 0; i-- {
		c := cellOf(clusters[i])
		if used += c.width; used > room {
			break
		}
		got = append(got, c)
	}
	return got
}

// tail keeps the end of a prompt that is too wide; its start says where one
// is, but its end says where one types.
func tail(prompt []cell, room int) []cell {
	excess := columns(prompt) - room
	for len(prompt) > 0 && excess > 0 {
		excess -= prompt[0].width
		prompt = prompt[1:]
	}
	return prompt
}

// wrapped computes how a terminal of the given width lays the row out: the
// number of rows it takes and the one that holds the cursor, from 0. A wide
// character that does not fit at the end of a row goes to the next one.
func (r row) wrapped(width int) (rows, cursor int) {
	column := 0
	for i, c := range r.cells {
		if column += c.width; column > max(width, 2) {
			rows++
			column = c.width
		}
		if i == r.cursor {
			cursor = rows
		}
	}
	return rows + 1, cursor
}

// column is the column of the cursor, from 0, where the row is not wrapped.
func (r row) column() int { return columns(r.cells[:min(r.cursor, len(r.cells))]) }
