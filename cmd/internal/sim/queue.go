package sim

import "time"

// event is something that happens at a time, to one run of a program or to nobody in particular; events of one time happen in the order
// in which they were put.
type event struct {
	at    time.Duration
	order uint64
	to    *party
	run   int
	do    func()
}

// happen does it, if it is still awaited. A frozen program does it when it thaws.
func (e event) happen() {
	switch p := e.to; {
	case p == nil:
		e.do()
	case p.run != e.run || !p.alive:
	case p.frozen > p.w.at:
		p.missed = append(p.missed, e)
	default:
		e.do()
	}
}

func (e *event) before(o *event) bool { return e.at < o.at || e.at == o.at && e.order < o.order }

// queue is a heap of events.
type queue struct {
	heap  []event
	order uint64
}

// fan is how many events stand below each in the heap.
const fan = 4

func (q *queue) put(e event) {
	q.order++
	e.order = q.order
	q.heap = append(q.heap, event{})
	h := q.heap
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / fan
		if !e.before(&h[up]) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = e
}

// next takes the first event out; there is one.
func (q *queue) next() event {
	h := q.heap
	first, end := h[0], len(h)-1
	e := h[end]
	h[end] = event{}
	h = h[:end]
	q.heap = h
	i := 0
	for fan*i+1 < end {
		down, below := fan*i+1, min(fan*i+1+fan, end)
		for j := down + 1; j < below; j++ {
			if h[j].before(&h[down]) {
				down = j
			}
		}
		if !h[down].before(&e) {
			break
		}
		h[i] = h[down]
		i = down
	}
	if end > 0 {
		h[i] = e
	}
	return first
}
