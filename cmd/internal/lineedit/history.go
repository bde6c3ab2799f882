package lineedit

import "slices"

// historyLength is how many lines Up can reach back.
const historyLength = 500

// history is the list of entered lines and the place in it that Up and Down
// have reached. It lives in memory: who wants to keep it has the lines from
// ReadLine. The zero value is empty.
type history struct {
	lines []string
	back  int    // how far up one has gone; 0 is the line in progress
	draft string // the line in progress, kept while one is further up
}

// add appends an entered line, and the next Up starts from it. Empty lines
// and repetitions of the last one are not worth a keystroke.
func (h *history) add(line string) {
	h.leave()
	if n := len(h.lines); line == "" || n > 0 && h.lines[n-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	if len(h.lines) > historyLength {
		h.lines = h.lines[1:]
	}
}

// before puts older lines before those that were entered.
func (h *history) before(lines []string) {
	h.lines = slices.Concat(lines, h.lines)
	h.lines = h.lines[max(0, len(h.lines)-historyLength):]
	h.back = min(h.back, len(h.lines))
}

// leave forgets the place reached and the draft.
func (h *history) leave() { h.back, h.draft = 0, "" }

// up returns the line before; current is what is being edited now. Without an
// older line it reports false.
func (h *history) up(current string) (string, bool) {
	if h.back == len(h.lines) {
		return "", false
	}
	if h.back == 0 {
		h.draft = current
	}
	h.back++
	return h.lines[len(h.lines)-h.back], true
}

// down returns the line after, which at the end is the draft. At the draft it
// reports false.
func (h *history) down() (string, bool) {
	if h.back == 0 {
		return "", false
	}
	h.back--
	if h.back == 0 {
		return h.draft, true
	}
	return h.lines[len(h.lines)-h.back], true
}
