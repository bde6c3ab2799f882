package tui

import (
	"strings"
)

// wrap breaks a text into rows of at most so many columns: at its line breaks, at blanks, and within a word only when the word is
// longer than a row. Blanks at the place of a break are not drawn. An empty line is one empty row.
func (m measure) wrap(text string, width int) [][]cell {
	var rows [][]cell
	for line := range strings.SplitSeq(text, "\n") {
		rows = append(rows, breakLine(m.cells(line), max(width, 2))...)
	}
	return rows
}

func breakLine(cells []cell, width int) [][]cell {
	var rows [][]cell
	for {
		n := fitting(cells, width)
		if n == len(cells) {
			return append(rows, cells)
		}
		end := n
		if cells[n].text != " " {
			for end > 0 && cells[end-1].text != " " {
				end--
			}
		}
		next := end
		if blank(cells[:end]) { // one long word
			end, next = n, n
		}
		for end > 0 && cells[end-1].text == " " {
			end--
		}
		rows = append(rows, cells[:end])
		for next < len(cells) && cells[next].text == " " {
			next++
		}
		cells = cells[next:]
		if len(cells) == 0 {
			return rows
		}
	}
}

// fitting is how many cells fit into the width: at least one.
func fitting(cells []cell, width int) int {
	for i, c := range cells {
		if width -= c.width; width < 0 {
			return max(i, 1)
		}
	}
	return len(cells)
}

func blank(cells []cell) bool {
	for _, c := range cells {
		if c.text != " " {
			return false
		}
	}
	return true
}
