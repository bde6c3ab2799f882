package peer

import (
	"cmp"
	"slices"
	"time"
)

// gate lets things pass in their order: each one when all that stands before it has come, or when it has waited too long
// (protocol.md §6). The zero value is open and ready.
type gate struct {
	held   []held // by at
	passed uint64 // the highest number that went through
	listed bool   // in inbox.holding
}

// held waits until everything through after has come; then numbers after+1 through at are passed.
type held struct {
	after, at uint64
	since     time.Time
	pass      func(now time.Time, late bool)
}

// enter takes something in. It passes with the next release or expire that allows it.
func (g *gate) enter(h held) {
	i, _ := slices.BinarySearchFunc(g.held, h.at, func(x held, at uint64) int {
		return cmp.Compare(x.at, at)
	})
	g.held = slices.Insert(g.held, i, h)
}

// straight passes something without taking it in, when nothing is held and all that stands before it has come.
func (g *gate) straight(after, at, through uint64) (late, ok bool) {
	if len(g.held) > 0 || after > through {
		return false, false
	}
	late = at < g.passed
	g.passed = max(g.passed, at)
	return late, true
}

// release lets pass what everything before has come for, through being how far it has.
func (g *gate) release(now time.Time, through uint64) {
	n := 0
	for n < len(g.held) && g.held[n].after <= through {
		n++
	}
	g.pass(now, n)
}

// expire lets pass what has waited since limit or longer, and all that stands before it.
func (g *gate) expire(now, limit time.Time) {
	n := 0
	for i, h := range g.held {
		if !h.since.After(limit) {
			n = i + 1
		}
	}
	g.pass(now, n)
}

func (g *gate) pass(now time.Time, n int) {
	if n == 0 {
		return
	}
	passing := slices.Clone(g.held[:n])
	g.held = slices.Delete(g.held, 0, n)
	for _, h := range passing {
		late := h.at < g.passed
		g.passed = max(g.passed, h.at)
		h.pass(now, late)
	}
}

// next is when the first that waits has waited for hold.
func (g *gate) next(hold time.Duration) (time.Time, bool) {
	if len(g.held) == 0 {
		return time.Time{}, false
	}
	first := g.held[0].since
	for _, h := range g.held[1:] {
		if h.since.Before(first) {
			first = h.since
		}
	}
	return first.Add(hold), true
}
