package tui

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// input is a text that is being written: any number of lines, kept as what a reader sees as characters, so that no key leaves half
// of one behind. The two halves meet at the cursor. The zero value is empty.
type input struct {
	before []string // left of the cursor, in order
	after  []string // right of it, in order

	laid *laidOut // how it was drawn last; nil when it has changed
}

const lineBreak = "\n"

func (in *input) empty() bool { return len(in.before)+len(in.after) == 0 }

func (in *input) text() string { return strings.Join(in.before, "") + strings.Join(in.after, "") }

func (in *input) set(text string) {
	*in = input{}
	in.insert(text)
}

// insert puts a text at the cursor. Its beginning may belong to the character before it, as an accent does.
func (in *input) insert(text string) {
	in.laid = nil
	text = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n"), "\r", "\n")
	if n := len(in.before); n > 0 {
		text = in.before[n-1] + text
		in.before = in.before[:n-1]
	}
	for g := graphemes.FromString(text); g.Next(); {
		if c := g.Value(); c == lineBreak || c == "\t" || !unicode.IsControl(first(c)) {
			in.before = append(in.before, c)
		}
	}
	in.heal()
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// heal joins what has become one character at the cursor.
func (in *input) heal() {
	n := len(in.before)
	if n == 0 || len(in.after) == 0 {
		return
	}
	joined := in.before[n-1] + in.after[0]
	if g := graphemes.FromString(joined); g.Next() && len(g.Value()) == len(joined) {
		in.before[n-1] = joined
		in.after = in.after[1:]
	}
}

func (in *input) backspace() {
	in.laid = nil
	if n := len(in.before); n > 0 {
		in.before = in.before[:n-1]
		in.heal()
	}
}

func (in *input) delete() {
	in.laid = nil
	if len(in.after) > 0 {
		in.after = in.after[1:]
		in.heal()
	}
}

// seek puts the cursor behind the first n characters.
func (in *input) seek(n int) {
	in.laid = nil
	all := slices.Concat(in.before, in.after)
	n = min(max(n, 0), len(all))
	in.before, in.after = slices.Clone(all[:n]), all[n:]
}

func (in *input) move(n int) { in.seek(len(in.before) + n) }

// home and end go to the ends of the line that the cursor is in.
func (in *input) home() { in.seek(in.lineStart()) }
func (in *input) end()  { in.move(in.lineRest()) }

func (in *input) lineStart() int {
	n := len(in.before)
	for n > 0 && in.before[n-1] != lineBreak {
		n--
	}
	return n
}

func (in *input) lineRest() int {
	if n := slices.Index(in.after, lineBreak); n >= 0 {
		return n
	}
	return len(in.after)
}

// wordLeft and wordRight are how far it is over the blanks and the word beside the cursor.
func (in *input) wordLeft() int {
	n := len(in.before)
	for n > 0 && spaced(in.before[n-1]) {
		n--
	}
	for n > 0 && !spaced(in.before[n-1]) {
		n--
	}
	return len(in.before) - n
}

func (in *input) wordRight() int {
	n := 0
	for n < len(in.after) && spaced(in.after[n]) {
		n++
	}
	for n < len(in.after) && !spaced(in.after[n]) {
		n++
	}
	return n
}

func spaced(c string) bool { return unicode.IsSpace(first(c)) }

func (in *input) cutLeft(n int) {
	in.laid = nil
	in.before = in.before[:len(in.before)-n]
	in.heal()
}

func (in *input) cutRight(n int) {
	in.laid = nil
	in.after = in.after[n:]
	in.heal()
}
