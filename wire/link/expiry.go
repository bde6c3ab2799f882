package link

import "container/heap"

// expiry holds the sessions by when they end.
type expiry []*session

func (x expiry) Len() int           { return len(x) }
func (x expiry) Less(i, j int) bool { return x[i].due < x[j].due }

func (x expiry) Swap(i, j int) {
	x[i], x[j] = x[j], x[i]
	x[i].at, x[j].at = int32(i), int32(j)
}

func (x *expiry) Push(v any) {
	s := v.(*session)
	s.at = int32(len(*x))
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
func (x *expiry) put(s *session, due instant) {
	s.due = due
	heap.Push(x, s)
}

// move changes when a session ends.
func (x *expiry) move(s *session, due instant) {
	s.due = due
	heap.Fix(x, int(s.at))
}

func (x *expiry) remove(s *session) { heap.Remove(x, int(s.at)) }
