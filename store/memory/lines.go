package memory

import (
	"cmp"
	"slices"

	"udpchat/store"
)

// keptLines is how many lines of history are kept, at least; and all that were not shown.
const keptLines = 10_000

// lines is the history, by order. Orders follow each other nearly without gaps, and a new line is nearly always the last one.
type lines struct{ list []line }

type line struct {
	store.Line
	unshown bool
}

// place is where the line with that order is, or would be.
func (h *lines) place(order uint64) (int, bool) {
	n := len(h.list)
	if n == 0 || h.list[n-1].Order < order {
		return n, false
	}
	if back := h.list[n-1].Order - order; back < uint64(n) && h.list[n-1-int(back)].Order == order { // there are no gaps behind it
		return n - 1 - int(back), true
	}
	return slices.BinarySearchFunc(h.list, order, func(a line, o uint64) int { return cmp.Compare(a.Order, o) })
}

// end notes what became of lines.
func (h *lines) end(ends []store.Ended) {
	for _, e := range ends {
		if at, found := h.place(e.Line); found && h.list[at].End != store.EndUnnoted {
			h.list[at].End = e.End
		}
	}
}

// shown notes that lines are on the screen.
func (h *lines) shown(orders []uint64) {
	for _, o := range orders {
		if at, found := h.place(o); found {
			h.list[at].unshown = false
		}
	}
}

func (h *lines) keep(l store.Line) {
	kept := line{l, !l.Out}
	if at, found := h.place(l.Order); found {
		h.list[at] = kept
	} else {
		h.list = slices.Insert(h.list, at, kept)
	}
	if len(h.list) > 2*keptLines {
		h.trim()
	}
}

// trim forgets the oldest lines. What stays moves down in the room that is there.
func (h *lines) trim() {
	stay := 0
	for i, l := range h.list {
		if i >= keptLines || l.unshown {
			h.list[stay] = l
			stay++
		}
	}
	clear(h.list[stay:])
	h.list = h.list[:stay]
}
