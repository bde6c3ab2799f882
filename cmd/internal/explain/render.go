package explain

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	perRow  = 8                // bytes of a value in one row
	maxRows = 5                // of one value; what is behind them is counted
	wide    = 2*(3+perRow) + 1 // of the bytes: the head of a bin, a blank, and a row
	named   = 20               // of the names
	textCol = 6 + 2 + wide + 2 + named + 2
	legible = textCol + 24 // the least width that a meaning needs
)

// Render writes lines as a table for a terminal of so many columns, and where it ends when there is a fault.
func Render(lines []Line, fault error, width int) string {
	var b strings.Builder
	row(&b, "offset", "bytes", "field", "meaning")
	for _, l := range lines {
		l.render(&b, max(width, legible))
	}
	if f, ok := fault.(*Fault); ok {
		for i, text := range wrap(f.Why, max(width, legible)-textCol) {
			if i == 0 {
				row(&b, fmt.Sprint(f.At), "^", "wrong", text)
			} else {
				row(&b, "", "", "", text)
			}
		}
	}
	return b.String()
}

func row(b *strings.Builder, offset, bytes, name, text string) {
	line := fmt.Sprintf("%6s  %-*s  %s%s  %s", offset, wide, bytes, name, blanks(named-utf8.RuneCountInString(name)), text)
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

func (l Line) render(b *strings.Builder, width int) {
	bytes, text := l.rows(), wrap(l.Text, width-textCol)
	for i := range max(len(bytes), len(text), 1) {
		offset, name, hex, say := "", "", "", ""
		if i == 0 {
			offset, name = fmt.Sprint(l.At), strings.Repeat("  ", l.Depth)+l.Name
		}
		if i < len(bytes) {
			hex = bytes[i]
		}
		if i < len(text) {
			say = text[i]
		}
		row(b, offset, hex, name, say)
	}
}

// rows are the bytes in hex: the head, and eight of the rest in a row.
func (l Line) rows() (rows []string) {
	head, rest := hex.EncodeToString(l.Bytes[:l.Head]), l.Bytes[l.Head:]
	if head != "" && len(rest) > 0 {
		head += " "
	}
	indent := ""
	for len(rest) > 0 || head != "" {
		if len(rows) == maxRows-1 && len(rest) > perRow {
			return append(rows, fmt.Sprintf("%s… %d more", indent, len(rest)))
		}
		n := min(perRow, len(rest))
		rows = append(rows, indent+head+hex.EncodeToString(rest[:n]))
		if indent == "" {
			indent = blanks(len(head))
		}
		head, rest = "", rest[n:]
	}
	return rows
}

// wrap breaks a text into lines of a width.
func wrap(s string, width int) (lines []string) {
	line, n := "", 0
	for word := range strings.FieldsSeq(s) {
		k := utf8.RuneCountInString(word)
		if n > 0 && n+1+k > width {
			lines = append(lines, line)
			line, n = "", 0
		}
		if n > 0 {
			line, n = line+" ", n+1
		}
		line, n = line+word, n+k
	}
	if n > 0 {
		lines = append(lines, line)
	}
	return lines
}
