package tui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// measure says how a terminal counts columns. Its zero value is a terminal that counts character by character, as most did and
// many do; true one that counts what a reader sees as one (it says so itself, by mode 2027).
type measure bool

// cell is what a reader sees as one character.
type cell struct {
	text  string
	width int // columns
}

// cells takes a text of one line apart. What terminals would count differently is drawn in the form that all of them count alike.
func (m measure) cells(s string) []cell {
	out := make([]cell, 0, len(s))
	for g := graphemes.FromString(s); g.Next(); {
		c := m.cell(g.Value())
		switch {
		case c.width > 0:
			out = append(out, c)
		case len(out) > 0: // a mark without a character to stand on
			out[len(out)-1].text += c.text
		}
	}
	return out
}

// ascii: it is as wide as it is long.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func (m measure) cell(cluster string) cell {
	if len(cluster) == 1 {
		return cell{cluster, 1}
	}
	if m {
		return cell{cluster, ansi.GraphemeWidth.StringWidth(cluster)}
	}
	shown := apart(cluster)
	return cell{shown, ansi.WcWidth.StringWidth(shown)}
}

func (m measure) wide(s string) int {
	if ascii(s) {
		return len(s)
	}
	n := 0
	for _, c := range m.cells(s) {
		n += c.width
	}
	return n
}

// apart gives an emoji in the form that every terminal counts alike: one that is joined of several as those several (the form that
// Unicode has for who can't join them, UTS 51 §2.3), without skin tone and without the request for colour.
func apart(cluster string) string {
	const joiner, emojiStyle = '\u200d', '\ufe0f'
	if !strings.ContainsFunc(cluster, func(r rune) bool { return r == emojiStyle || tone(r) || r == joiner }) {
		return cluster
	}
	first := true
	return strings.Map(func(r rune) rune {
		was := first
		first = false
		if r == emojiStyle || tone(r) && !was || r == joiner && !strings.ContainsFunc(cluster, unicode.IsLetter) {
			return -1
		}
		return r
	}, cluster)
}

func tone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// span is a piece of a row in one style.
type span struct {
	text  string
	style style
}

// row is a line of the screen, from left to right.
type row []span

// fit makes a row exactly so wide: cut, with an ellipsis, or filled up with blanks.
func (m measure) fit(r row, width int) row {
	if width <= 0 {
		return nil
	}
	left := width
	var out row
	for i, s := range r {
		if n := len(s.text); n < left && ascii(s.text) {
			out = append(out, s)
			left -= n
			continue
		}
		cells := m.cells(s.text)
		used := columns(cells)
		if used < left || used == left && empty(r[i+1:]) {
			out = append(out, span{join(cells), s.style})
			left -= used
			continue
		}
		kept := 0
		for kept < len(cells) && cells[kept].width < left { // room for the ellipsis stays
			left -= cells[kept].width
			kept++
		}
		out = append(out, span{join(cells[:kept]) + "…", s.style})
		left--
		break
	}
	if left > 0 {
		out = append(out, span{strings.Repeat(" ", left), plainStyle})
	}
	return out
}

func empty(r row) bool {
	for _, s := range r {
		if s.text != "" {
			return false
		}
	}
	return true
}

func columns(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}

func join(cells []cell) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(c.text)
	}
	return b.String()
}
