package tui

import (
	"strings"

	"udpchat/cmd/internal/plain"
)

// recallBy goes back, or forth again, among one's own texts in the open talk.
func (m *Model) recallBy(by int) {
	to := m.recall + by
	text, ok := m.draft, true
	if to > 0 {
		text, ok = m.talks.open.typed(to)
	}
	if !ok || to < 0 {
		return
	}
	m.recallAt(to, text)
}

// recallAt puts what is so many steps back into the input; the first time what stood there becomes the draft.
func (m *Model) recallAt(back int, text string) {
	in := &m.talks.open.input
	if m.recall == 0 {
		m.draft = in.text()
	}
	m.recall = back
	in.set(text)
}

// typed gives one's own text that is so many before the end, from 1 on, as it was typed.
func (t *talk) typed(n int) (text string, ok bool) {
	if text, ok = t.own(n); strings.HasPrefix(text, "/") {
		text = "/" + text
	}
	return text, ok
}

// search looks for one of one's own texts in the open talk while a piece of it is typed (Ctrl-R), as at the prompt (lineedit). What
// is found stands in the input, to be sent or edited.
type search struct {
	piece input  // what the text has in it, in capitals or not
	lost  bool   // no text has it
	stood string // what stood in the input before,
	back  int    // the place that Up had reached,
	draft string // and the draft below that
}

func (m *Model) beginSearch() {
	m.search = &search{stood: m.talks.open.input.text(), back: m.recall, draft: m.draft}
}

// searchKey does what a key says while one searches. Any other key than those that are its own ends it, with what was found in
// the input, and is then done as usual: false.
func (m *Model) searchKey(name, text string) bool {
	s := m.search
	switch name {
	case "ctrl+r": // the next older one
		m.seek(m.recall + 1)
	case "backspace", "ctrl+h", "shift+backspace":
		s.piece.backspace()
		m.seek(1)
	case "ctrl+g", "ctrl+c":
		m.recall, m.draft, m.search = s.back, s.draft, nil
		m.talks.open.input.set(s.stood)
	case "enter", "tab":
		m.search = nil
		return false
	default:
		if text == "" {
			m.search = nil
			return false
		}
		m.searchText(text)
	}
	return true
}

// searchText adds to what is searched for. What was found and has the longer piece too stays.
func (m *Model) searchText(text string) {
	m.search.piece.insert(text)
	m.seek(max(m.recall, 1))
}

// seek shows the newest text that has the piece in it, from a place on. Without one what was found before stays.
func (m *Model) seek(from int) {
	s := m.search
	piece := strings.ToLower(s.piece.text())
	s.lost = false
	for back := from; piece != ""; back++ {
		text, ok := m.talks.open.typed(back)
		if !ok {
			s.lost = true
			return
		}
		if strings.Contains(strings.ToLower(text), piece) {
			m.recallAt(back, text)
			return
		}
	}
}

// prompt stands in the row that else says how things stand.
func (s *search) prompt() string {
	if s.lost {
		return "(not found) " + plain.Name(s.piece.text())
	}
	return "(search) " + plain.Name(s.piece.text())
}
