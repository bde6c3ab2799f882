package main

import (
	"errors"
	"slices"
	"testing"

	"udpchat/store"
	"udpchat/store/memory"
)

// slowFile is a file whose answers come when the test gives them.
type slowFile struct {
	store.Profile
	waiting []func(error)
}

func (f *slowFile) Submit(_ store.ProfileChange, done func(error)) {
	f.waiting = append(f.waiting, done)
}

// Nobody waits for the file but who has to: not the one who submits, and the answers keep their order.
func TestForgetfulAnswersInOrder(t *testing.T) {
	file := &slowFile{Profile: memory.NewProfile([32]byte{1}, 1)}
	f := newForgetful(file, store.Loaded{})
	var said []int
	failed := errors.New("disk")
	answer := func(n int, want error) func(error) {
		return func(err error) {
			said = append(said, n)
			if !errors.Is(err, want) {
				t.Errorf("answer %d: %v, want %v", n, err, want)
			}
		}
	}
	f.Submit(store.Shown{}, answer(1, nil))
	if !slices.Equal(said, []int{1}) {
		t.Errorf("what the file does not keep: answered %v", said)
	}
	f.Submit(store.Meet{}, answer(2, nil))
	f.Submit(store.Shown{}, answer(3, nil))
	f.Submit(store.Meet{}, answer(4, failed))
	if !slices.Equal(said, []int{1}) || len(file.waiting) != 2 {
		t.Fatalf("before the file's: answered %v, the file has %d", said, len(file.waiting))
	}
	file.waiting[1](failed)
	if !slices.Equal(said, []int{1}) {
		t.Errorf("before the file's first: answered %v", said)
	}
	file.waiting[0](nil)
	if !slices.Equal(said, []int{1, 2, 3, 4}) {
		t.Errorf("answered %v", said)
	}
}
