package peer

import (
	"sync"
	"sync/atomic"
)

// written counts the commits that were submitted and answered, so that who reads the profile can wait for those that what was told
// came with. While some of them wait for room on the disk, which may be for ever, nobody waits. The zero value is ready. Safe for
// concurrent use.
type written struct {
	submitted, answered atomic.Uint64
	awaited             atomic.Bool // somebody waits

	mu      sync.Mutex
	crowded bool
	waiting []waiting
}

type waiting struct {
	until uint64 // so many answers
	done  chan struct{}
}

func (w *written) submit() { w.submitted.Add(1) }

func (w *written) answer() {
	w.answered.Add(1)
	if !w.awaited.Load() { // who begins to wait now sees this answer
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting) > 0 && w.waiting[0].until <= w.answered.Load() {
		close(w.waiting[0].done)
		w.waiting = w.waiting[1:]
	}
	w.awaited.Store(len(w.waiting) > 0)
}

// crowd says whether some wait for room.
func (w *written) crowd(waits bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.crowded = waits; waits {
		for _, x := range w.waiting {
			close(x.done)
		}
		w.waiting = nil
		w.awaited.Store(false)
	}
}

// all is closed when as many commits are answered as are submitted now, or when some wait for room.
func (w *written) all() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.awaited.Store(true)
	done, until := make(chan struct{}), w.submitted.Load()
	if w.crowded || w.answered.Load() >= until {
		close(done)
		w.awaited.Store(len(w.waiting) > 0)
	} else {
		w.waiting = append(w.waiting, waiting{until, done})
	}
	return done
}
