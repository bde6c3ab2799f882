package link

import "sync"

// Queue carries things from one goroutine to another without ever making the first wait, so that two loops that serve
// each other can't lock each other up. What is in it is bounded by what its user has under way. Make it with NewQueue.
type Queue[T any] struct {
	// Ready holds a token while there is something to take.
	Ready chan struct{}

	mu      sync.Mutex
	items   []T
	spare   []T  // an emptied one
	taken   int  // how many were taken last: it may be as many again
	serving bool // somebody takes and will look again: no token is needed
}

// NewQueue makes an empty queue.
func NewQueue[T any]() *Queue[T] { return &Queue[T]{Ready: make(chan struct{}, 1)} }

// Put appends things. It keeps nothing of the slice.
func (q *Queue[T]) Put(items ...T) {
	if q.add(items...) {
		return
	}
	select {
	case q.Ready <- struct{}{}:
	default:
	}
}

// add is Put without a token. It reports whether somebody serves, who will look again.
func (q *Queue[T]) add(items ...T) (serving bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.items == nil {
		q.items = make([]T, 0, max(q.taken, len(items)))
	}
	q.items = append(q.items, items...)
	return q.serving
}

// Take gives everything that has come, in order.
func (q *Queue[T]) Take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items, q.taken = nil, len(items)
	return items
}

// maxSpare is for how many things room is kept that is not in use.
const maxSpare = 1024

// serve calls f with everything that has come, and again with what comes meanwhile, until there is nothing; f is called at least once, and
// keeps nothing of what it gets. Between the calls nobody is woken for what is put. One goroutine serves at a time.
func (q *Queue[T]) serve(f func(items []T)) {
	for first := true; ; first = false {
		q.mu.Lock()
		items := q.items
		if q.serving = first || len(items) > 0; !q.serving {
			q.mu.Unlock()
			return
		}
		q.items, q.spare = q.spare, nil
		q.mu.Unlock()
		f(items)
		clear(items)
		if cap(items) > maxSpare && len(items) < cap(items)/4 {
			continue // the room of a burst that is over
		}
		q.mu.Lock()
		q.spare = items[:0]
		q.mu.Unlock()
	}
}
