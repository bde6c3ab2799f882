package link

import "sync"

// Queue carries things from one goroutine to another without ever making the first wait, so that two loops that serve
// each other can't lock each other up. What is in it is bounded by what its user has under way. Make it with NewQueue.
type Queue[T any] struct {
	// Ready holds a token while there is something to take.
	Ready chan struct{}

	mu    sync.Mutex
	items []T
}

// NewQueue makes an empty queue.
func NewQueue[T any]() *Queue[T] { return &Queue[T]{Ready: make(chan struct{}, 1)} }

// Put appends one thing.
func (q *Queue[T]) Put(item T) {
	q.mu.Lock()
	q.items = append(q.items, item)
	q.mu.Unlock()
	select {
	case q.Ready <- struct{}{}:
	default:
	}
}

// Take gives everything that has come, in order.
func (q *Queue[T]) Take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}
