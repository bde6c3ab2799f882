package bolt

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// gate is a committer whose disk the test plays: its changes are numbers, and room says what becomes of a group.
func gate(t *testing.T, room func(group []int, tight bool) (fate, error)) *committer[int, error] {
	t.Helper()
	s := must(OpenServer(filepath.Join(t.TempDir(), "server.db"), Options{}))(t)
	s.committer.close() // only the file is wanted
	c := newCommitter(s.file, func(_ *bbolt.Tx, group []job[int, error], tight bool) error {
		var numbers []int
		for i := range group {
			numbers = append(numbers, group[i].change)
		}
		f, err := room(numbers, tight)
		for i := range group {
			if group[i].fate = f; f == isRefused {
				group[i].result = store.ErrFull
			}
		}
		return err
	}, func(int) int64 { return 0 })
	t.Cleanup(func() { c.close(); _ = s.file.close() })
	return c
}

// submitAll submits numbers in one group and waits for all answers.
func submitAll(t *testing.T, c *committer[int, error], numbers ...int) (answered []string) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	c.mu.Lock()
	for _, n := range numbers {
		all.Add(1)
		c.urgent++
		c.queue = append(c.queue, job[int, error]{change: n, done: func(refused, err error) {
			mu.Lock()
			defer mu.Unlock()
			answered = append(answered, fmt.Sprint(n, refused != nil, err != nil))
			all.Done()
		}})
	}
	c.nudge()
	c.mu.Unlock()
	all.Wait()
	return answered
}

// A change that waits is named by those behind it: they must not find the room that it did not find.
func TestWhatComesBehindAChangeThatWaits(t *testing.T) {
	var tights []string
	first := true
	c := gate(t, func(group []int, tight bool) (fate, error) {
		tights = append(tights, fmt.Sprint(group, tight))
		switch {
		case len(group) > 1 && first, group[0] == 1 && first && !tight:
			return isDone, fmt.Errorf("no room: %w", store.ErrFull)
		case tight:
			first = first && group[0] == 1 // from now on there is room
			return mustWait, nil
		}
		return isDone, nil
	})
	got := submitAll(t, c, 1, 2)
	want := []string{"[1 2] false", "[1] false", "[1] true", "[2] true", "[1 2] false"}
	if !slices.Equal(tights, want) || !slices.Equal(got, []string{"1 false false", "2 false false"}) {
		t.Errorf("tried %v, answered %v", tights, got)
	}
}

// Without the reserve nothing is written until there is room, and all is done in its order then; what is refused is told at once.
func TestNotEvenTheReserveIsLeft(t *testing.T) {
	begin := time.Now()
	var wrote []int
	var c *committer[int, error]
	c = gate(t, func(group []int, tight bool) (fate, error) {
		switch {
		case c.stuck && slices.Equal(group, []int{3}): // a rehearsal
			return isRefused, nil
		case c.stuck:
			return isDone, nil
		case time.Since(begin) < 2*roomPause:
			return isDone, fmt.Errorf("no room: %w", store.ErrFull)
		}
		wrote = append(wrote, group...)
		return isDone, nil
	})
	got := submitAll(t, c, 1, 3, 2, 4)
	want := []string{"3 true false", "1 false false", "2 false false", "4 false false"}
	if !slices.Equal(got, want) || !slices.Equal(wrote, []int{1, 2, 4}) {
		t.Errorf("answered %v, wrote %v", got, wrote)
	}
}

// What still waits at the end is answered, and named.
func TestWhatWaitsAtTheEnd(t *testing.T) {
	c := gate(t, func(_ []int, tight bool) (fate, error) {
		if !tight {
			return isDone, store.ErrFull
		}
		return mustWait, nil
	})
	answer := make(chan error, 1)
	c.submit(1, func(_, err error) { answer <- err })
	c.close()
	if err := <-answer; !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), c.file.path) {
		t.Errorf("answer %v", err)
	}
}
