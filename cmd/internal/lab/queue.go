package lab

import (
	"container/heap"
	"time"
)

// event is something that happens at a time; events of one time happen in the order in which they were put.
type event struct {
	at    time.Duration
	order int
	do    func()
}

// queue is a heap of them, the next one on top.
type queue []event

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].order < q[j].order
}
func (q *queue) Push(x any) { *q = append(*q, x.(event)) }
func (q *queue) Pop() any {
	old := *q
	e := old[len(old)-1]
	*q = old[:len(old)-1]
	return e
}

// after lets something happen later.
func (w *world) after(d time.Duration, do func()) {
	w.order++
	heap.Push(&w.queue, event{w.at + d, w.order, do})
}

// until lets everything happen that happens before or at t.
func (w *world) until(t time.Duration) {
	for len(w.queue) > 0 && w.queue[0].at <= t {
		e := heap.Pop(&w.queue).(event)
		w.at = e.at
		e.do()
	}
	w.at = t
}
