package lineedit

import "strings"

// search looks for a line that was entered, while its text is typed (Ctrl-R).
// What is found stands in the row, to be entered or edited.
type search struct {
	text  buffer  // what the line has in it, in capitals or not
	lost  bool    // no line has it
	draft string  // what stood in the row before,
	from  history // and the place that Up had reached
}

// prompt stands before what was found.
func (s *search) prompt() string {
	if s.lost {
		return "(not found) " + s.text.text() + ": "
	}
	return "(search) " + s.text.text() + ": "
}

// searching does what a key says while one searches. Any other key than
// those that are its own ends it, with what was found in the row, and is
// then done as usual: false.
func (e *Editor) searching(ev event) bool {
	s := e.search
	switch ev.key {
	case keyText, keyPaste:
		s.text.insert(ev.text)
		e.seek(e.past.back)
	case keyBackspace:
		s.text.backspace()
		e.seek(0)
	case keySearch: // the next older one
		e.seek(e.past.back + 1)
	case keyInterrupt, keyAbort:
		e.past.back, e.past.draft = s.from.back, s.from.draft
		e.buf.set(s.draft)
		e.search = nil
	default:
		e.search = nil
		return false
	}
	return true
}

// seek shows the newest line that has the text in it, from a place of the
// history on. Without one what was found before stays.
func (e *Editor) seek(from int) {
	s := e.search
	back, ok := e.past.find(s.text.text(), from)
	if s.lost = !ok && !s.text.empty(); !ok {
		return
	}
	if e.past.back == 0 {
		e.past.draft = s.draft // Down leads back to it
	}
	e.past.back = back
	e.buf.set(e.past.lines[len(e.past.lines)-back])
}

// find gives the place of the newest line that has the text in it, from a
// place on; an empty text is in none.
func (h *history) find(text string, from int) (back int, ok bool) {
	text = strings.ToLower(text)
	for back = max(from, 1); back <= len(h.lines) && text != ""; back++ {
		if strings.Contains(strings.ToLower(h.lines[len(h.lines)-back]), text) {
			return back, true
		}
	}
	return 0, false
}
