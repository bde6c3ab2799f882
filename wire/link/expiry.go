package link

import (
	"container/heap"
	"time"
)

// expiry holds the sessions by when they end.
type expiry []*session

func (x expiry) Len() int           { return len(x) }
func (x expiry) Less(i, j int) bool { return x[i].due.Before(x[j].due) }

func (x expiry) Swap(i, j int) {
	x[i], x[j] = x[j], x[i]
	x[i].at, x[j].at = i, j
}

func (x *expiry) Push(v any) {
	s := v.(*session)
	s.at = len(*x)
	*x = append(*x, s)
}

func (x *expiry) Pop() any {
	last := len(*x) - 1
	s := (*x)[last]
	(*x)[last] = nil
	*x = (*x)[:last]
	return s
}

// put adds a session that ends at due.
func (x *expiry) put(s *session, due time.Time) {
	s.due = due
	heap.Push(x, s)
}

// move changes when a session ends.
func (x *expiry) move(s *session, due time.Time) {
	s.due = due
	heap.Fix(x, s.at)
}

func (x *expiry) remove(s *session) { heap.Remove(x, s.at) }
