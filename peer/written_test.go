package peer

import "testing"

func over(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestWrittenIsWhatWasSubmitted(t *testing.T) {
	var w written
	if !over(w.all()) {
		t.Error("nothing is awaited")
	}
	w.submit()
	w.submit()
	two := w.all()
	w.submit()
	three := w.all()
	w.answer()
	if over(two) || over(three) {
		t.Error("one answer is enough")
	}
	w.answer()
	if !over(two) || over(three) {
		t.Error("two answers are not enough for two, or enough for three")
	}
	w.answer()
	if !over(three) || !over(w.all()) || len(w.waiting) != 0 {
		t.Error("three answers are not enough for three")
	}
}

// Nobody waits for what waits for room.
func TestWrittenOnAFullDisk(t *testing.T) {
	var w written
	w.submit()
	before := w.all()
	w.crowd(true)
	if !over(before) || !over(w.all()) {
		t.Error("a full disk is waited for")
	}
	w.crowd(false)
	again := w.all()
	if over(again) {
		t.Error("what is submitted is not waited for")
	}
	if w.answer(); !over(again) || len(w.waiting) != 0 {
		t.Error("the answer is not enough")
	}
}
