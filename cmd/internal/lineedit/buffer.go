package lineedit

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// joiner glues two emoji into one. While it is the last thing typed, the
// other half is still to come from the keyboard.
const joiner = "\u200d"

// buffer is the text being edited and the cursor in it, counted in grapheme
// clusters. The two halves meet at the cursor, so that typing, erasing and
// stepping there cost the same in a line of ten characters and of 100,000.
// The zero value is an empty line.
type buffer struct {
	before []string // clusters left of the cursor, in order
	after  []string // clusters right of the cursor, the nearest one last
	killed string   // what the last kill removed, for yank
}

func (b *buffer) empty() bool { return len(b.before)+len(b.after) == 0 }

// text returns the whole line.
func (b *buffer) text() string {
	var s strings.Builder
	for _, c := range b.before {
		s.WriteString(c)
	}
	for _, c := range slices.Backward(b.after) {
		s.WriteString(c)
	}
	return s.String()
}

// set replaces the line and puts the cursor at its end.
func (b *buffer) set(text string) {
	b.before, b.after = nil, nil
	b.insert(text)
}

// insert puts text left of the cursor. Its first runes may belong to the
// cluster that already stands there (an accent typed after its letter), so
// that cluster is cut anew together with the text.
func (b *buffer) insert(text string) {
	if n := len(b.before); n > 0 {
		text = b.before[n-1] + text
		b.before = b.before[:n-1]
	}
	for g := graphemes.FromString(text); g.Next(); {
		b.before = append(b.before, g.Value())
	}
	if !strings.HasSuffix(text, joiner) {
		b.heal()
	}
}

// heal joins the clusters on both sides of the cursor if they have become
// one, as the terminal would draw them.
func (b *buffer) heal() {
	n, m := len(b.before), len(b.after)
	if n == 0 || m == 0 || b.after[m-1][0] < utf8.RuneSelf {
		return // ASCII never joins what stands before it
	}
	joined := b.before[n-1] + b.after[m-1]
	if g := graphemes.FromString(joined); g.Next() && g.End() == len(joined) {
		b.before[n-1] = joined
		b.after = b.after[:m-1]
	}
}

// backspace removes the whole cluster, however many runes it took to type:
// half a flag or a family without its joiner is nothing anybody wants.
func (b *buffer) backspace() {
	if n := len(b.before); n > 0 {
		b.before = b.before[:n-1]
		b.heal()
	}
}

func (b *buffer) delete() {
	if n := len(b.after); n > 0 {
		b.after = b.after[:n-1]
		b.heal()
	}
}

// move steps n clusters to the right, or to the left when n is negative, and
// stops at the ends of the line.
func (b *buffer) move(n int) {
	for ; n < 0 && len(b.before) > 0; n++ {
		last := len(b.before) - 1
		b.after = append(b.after, b.before[last])
		b.before = b.before[:last]
	}
	for ; n > 0 && len(b.after) > 0; n-- {
		last := len(b.after) - 1
		b.before = append(b.before, b.after[last])
		b.after = b.after[:last]
	}
}

func (b *buffer) home() { b.move(-len(b.before)) }
func (b *buffer) end()  { b.move(len(b.after)) }

// leftWord and rightWord step over letters and digits, as Alt-B and Alt-F do.
func (b *buffer) leftWord()  { b.move(-wordLength(b.before, wordlike)) }
func (b *buffer) rightWord() { b.move(wordLength(b.after, wordlike)) }

// killWord removes the word left of the cursor; only blanks end that one, so
// an address goes in one stroke.
func (b *buffer) killWord() {
	n := len(b.before) - wordLength(b.before, solid)
	b.kill(strings.Join(b.before[n:], ""))
	b.before = b.before[:n]
	b.heal()
}

// killToStart drops the array too; a line of megabytes must not stay behind.
func (b *buffer) killToStart() {
	b.kill(strings.Join(b.before, ""))
	b.before = nil
}

// killToEnd has to turn the half round, which is stored from the far end.
func (b *buffer) killToEnd() {
	slices.Reverse(b.after)
	b.kill(strings.Join(b.after, ""))
	b.after = nil
}

func (b *buffer) killAll() {
	b.end()
	b.killToStart()
}

// kill keeps what was removed. An empty kill keeps the one before.
func (b *buffer) kill(text string) {
	if text != "" {
		b.killed = text
	}
}

func (b *buffer) yank() { b.insert(b.killed) }

// wordLength counts, from the far end of clusters, the gap and the word
// behind it. Both halves of a buffer have the cursor at that end.
func wordLength(clusters []string, inWord func(string) bool) int {
	n := len(clusters)
	for n > 0 && !inWord(clusters[n-1]) {
		n--
	}
	for n > 0 && inWord(clusters[n-1]) {
		n--
	}
	return len(clusters) - n
}

func wordlike(cluster string) bool {
	r, _ := utf8.DecodeRuneInString(cluster)
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'
}

func solid(cluster string) bool {
	r, _ := utf8.DecodeRuneInString(cluster)
	return !unicode.IsSpace(r)
}
