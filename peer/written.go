package peer

import "sync"

// written counts the commits that were submitted and answered, so that who reads the profile can wait for those that what was told
// came with. While some of them wait for room on the disk, which may be for ever, nobody waits. The zero value is ready. Safe for
// concurrent use.
type written struct {
	mu                  sync.Mutex
	submitted, answered uint64
	crowded             bool
	waiting             []waiting
}

type waiting struct {
	until uint64 // so many answers
	done  chan struct{}
}

func (w *written) submit() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.submitted++
}

func (w *written) answer() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answered++
	for len(w.waiting) > 0 && w.waiting[0].until <= w.answered {
		close(w.waiting[0].done)
		w.waiting = w.waiting[1:]
	}
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
	}
}

// all is closed when as many commits are answered as are submitted now, or when some wait for room.
func (w *written) all() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	done := make(chan struct{})
	if w.crowded || w.answered == w.submitted {
		close(done)
	} else {
		w.waiting = append(w.waiting, waiting{w.submitted, done})
	}
	return done
}
