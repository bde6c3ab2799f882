package lineedit

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxListed bounds the words that one Tab lists.
const maxListed = 60

// Completer proposes words for the one before the cursor. before is the line
// up to the cursor and from where that word begins in it, in bytes. It is
// called while the Editor is locked: it must not wait, or call the Editor.
type Completer func(before string) (from int, words []string)

// SetCompleter says what Tab does. One word that fits is put in place, with a
// space; of several, as much as they share; when that is there already they
// are listed above the row. Without a completer Tab does nothing.
func (e *Editor) SetCompleter(c Completer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.completer = c
}

// complete does what Tab says. The caller holds mu.
func (e *Editor) complete(above *strings.Builder) {
	if e.completer == nil {
		return
	}
	before := strings.Join(e.buf.before, "")
	from, words := e.completer(before)
	if from < 0 || from > len(before) || len(words) == 0 {
		return
	}
	after, listed := Completed(before, from, words)
	if after != before {
		e.buf.replace(after)
	}
	if listed {
		above.WriteString(listing(words) + "\r\n")
	}
}

// Completed is what Tab makes of the text before the cursor, whose last word begins at from and is one of words, of which there is at
// least one. listed: they are to be shown, as the text has all that they share.
func Completed(before string, from int, words []string) (after string, listed bool) {
	if len(words) == 1 {
		return before[:from] + words[0] + " ", false
	}
	if shared := sharedStart(words); utf8.RuneCountInString(shared) > utf8.RuneCountInString(before[from:]) {
		return before[:from] + shared, false
	}
	return before, true
}

// replace puts text in the place of what is left of the cursor.
func (b *buffer) replace(text string) {
	b.before = nil
	b.insert(text)
}

// sharedStart is what all words begin with.
func sharedStart(words []string) string {
	shared := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, shared) {
			_, size := utf8.DecodeLastRuneInString(shared)
			shared = shared[:len(shared)-size]
		}
	}
	return shared
}

// listing is the words side by side; the terminal wraps it.
func listing(words []string) string {
	words = slices.Clone(words)
	more := len(words) - maxListed
	if more > 0 {
		words = append(words[:maxListed], fmt.Sprintf("… and %d more", more))
	}
	return visible(strings.Join(words, "  "))
}

// Remember puts lines, the oldest first, before those that Up reaches.
func (e *Editor) Remember(lines []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.past.before(lines)
}

// Forget leaves Up nothing to reach.
func (e *Editor) Forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.past = history{}
}
