package lineedit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

const (
	newlineMark = "⏎" // stands for a newline inside a pasted block
	hiddenMark  = "·" // stands for whatever must not reach the terminal as it is

	// maxDrawn bounds the bytes drawn for one grapheme cluster. A family of
	// four with skin tones takes 41; more than 64 is a heap of stacked marks,
	// and each repaint would send it all.
	maxDrawn = 64
)

// cell is one grapheme cluster as the terminal shows it.
type cell struct {
	text  string
	width int // columns: 1 or 2
}

// blank is the cell under a cursor that stands behind the text.
var blank = cell{text: " ", width: 1}

// cellOf gives the form in which a cluster is drawn. What comes back is free
// of control characters and takes at least one column, so that a cursor can
// stand on every cluster and nothing in the row can steer the terminal.
func cellOf(cluster string) cell {
	first, _ := utf8.DecodeRuneInString(cluster)
	switch {
	case cluster == "\n":
		return cell{text: newlineMark, width: 1}
	case cluster == "\t":
		return blank
	case steers(first):
		return cell{text: hiddenMark, width: 1}
	}
	cluster = clip(cluster)
	width := displaywidth.String(cluster)
	if width < 1 {
		// A mark with nothing to sit on would hang itself on the cell before.
		return cell{text: hiddenMark, width: 1}
	}
	return cell{text: cluster, width: min(width, 2)}
}

// steers reports whether a rune moves, hides or turns text rather than being
// text: controls, line separators, bidirectional overrides, lone joiners.
func steers(r rune) bool {
	if r < utf8.RuneSelf {
		return r < 0x20 || r == 0x7f
	}
	if unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
		return false // format characters by category, but they have a glyph
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// clip cuts an oversized cluster between two runes.
func clip(cluster string) string {
	if len(cluster) <= maxDrawn {
		return cluster
	}
	end := maxDrawn
	for !utf8.RuneStart(cluster[end]) {
		end--
	}
	return cluster[:end]
}

// cellsOf splits a text into its cells.
func cellsOf(text string) []cell {
	var cells []cell
	for g := graphemes.FromString(text); g.Next(); {
		cells = append(cells, cellOf(g.Value()))
	}
	return cells
}

// visible gives the whole text in the form in which it is drawn.
func visible(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for g := graphemes.FromString(text); g.Next(); {
		b.WriteString(cellOf(g.Value()).text)
	}
	return b.String()
}

// columns adds up the widths of cells.
func columns(cells []cell) int {
	sum := 0
	for _, c := range cells {
		sum += c.width
	}
	return sum
}
