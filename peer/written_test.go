package peer

import "testing"

func TestWrittenIsWhatWasSubmitted(t *testing.T) {
	var w written
	closed := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	if !closed(w.all()) {
		t.Error("nothing is awaited")
	}
	w.submit()
	w.submit()
	two := w.all()
	w.submit()
	three := w.all()
	w.answer()
	if closed(two) || closed(three) {
		t.Error("one answer is enough")
	}
	w.answer()
	if !closed(two) || closed(three) {
		t.Error("two answers are not enough for two, or enough for three")
	}
	w.answer()
	if !closed(three) || !closed(w.all()) || len(w.waiting) != 0 {
		t.Error("three answers are not enough for three")
	}
}
