package memory

import (
	"cmp"
	"iter"
	"slices"

	"udpchat/store"
)

const (
	// keptLines is how many lines of history are kept, at least; and all that were not shown.
	keptLines = 10_000
	// pageLines is how many lines a page has, but for the first and the last one, and those that a line came into between others.
	pageLines = 256
	keptPages = keptLines/pageLines + 3
)

// lines is the history, by order, in pages none of which is empty: one list would copy all of itself whenever it grows. Orders follow each other
// nearly without gaps, and a new line is nearly always the last one.
type lines struct {
	pages [][]line
	spare []line // the room of a page that went
}

type line struct {
	store.Line
	unshown bool
}

// place is where the line with that order is, or would be: a page, and where in it.
func (h *lines) place(order uint64) (page, at int, found bool) {
	if len(h.pages) == 0 {
		return 0, 0, false
	}
	for page = len(h.pages) - 1; page > 0 && order < h.pages[page][0].Order; page-- {
	}
	list := h.pages[page]
	switch first, last := list[0].Order, list[len(list)-1].Order; {
	case order > last:
		return page, len(list), false
	case order >= first && order-first < uint64(len(list)) && list[order-first].Order == order: // there are no gaps before it
		return page, int(order - first), true
	}
	at, found = slices.BinarySearchFunc(list, order, func(a line, o uint64) int { return cmp.Compare(a.Order, o) })
	return page, at, found
}

// find gives the line with that order, nil when there is none.
func (h *lines) find(order uint64) *line {
	if page, at, found := h.place(order); found {
		return &h.pages[page][at]
	}
	return nil
}

// last is the highest order, 0 when there is no line.
func (h *lines) last() uint64 {
	if len(h.pages) == 0 {
		return 0
	}
	list := h.pages[len(h.pages)-1]
	return list[len(list)-1].Order
}

// after gives the lines above an order, by order.
func (h *lines) after(order uint64) iter.Seq[*line] {
	return func(yield func(*line) bool) {
		page, at, found := h.place(order)
		if found {
			at++
		}
		for ; page < len(h.pages); page, at = page+1, 0 {
			for list := h.pages[page]; at < len(list); at++ {
				if !yield(&list[at]) {
					return
				}
			}
		}
	}
}

// before gives the lines below an order, the last one first.
func (h *lines) before(order uint64) iter.Seq[*line] {
	return func(yield func(*line) bool) {
		for page, at, _ := h.place(order); page >= 0; page-- {
			for at--; at >= 0; at-- {
				if !yield(&h.pages[page][at]) {
					return
				}
			}
			if page > 0 {
				at = len(h.pages[page-1])
			}
		}
	}
}

// end notes what became of lines.
func (h *lines) end(ends []store.Ended) {
	for _, e := range ends {
		if l := h.find(e.Line); l != nil && l.End != store.EndUnnoted {
			l.End = e.End
		}
	}
}

// shown notes that lines are on the screen.
func (h *lines) shown(orders []uint64) {
	for _, o := range orders {
		if l := h.find(o); l != nil {
			l.unshown = false
		}
	}
}

func (h *lines) keep(l store.Line) {
	kept := line{l, !l.Out}
	page, at, found := h.place(l.Order)
	switch {
	case found:
		h.pages[page][at] = kept
	case len(h.pages) == 0:
		h.pages = [][]line{{kept}} // it grows: many have no more than a few
	case page == len(h.pages)-1 && at >= pageLines:
		if len(h.pages) == keptPages {
			h.trim()
		}
		if h.spare == nil {
			h.spare = make([]line, 0, pageLines)
		}
		h.pages, h.spare = append(h.pages, append(h.spare, kept)), nil
	default:
		h.pages[page] = slices.Insert(h.pages[page], at, kept)
	}
}

// trim forgets what was shown of the two oldest pages: what stays is the first page.
func (h *lines) trim() {
	var stay []line
	for _, list := range h.pages[:2] {
		for _, l := range list {
			if l.unshown {
				stay = append(stay, l)
			}
		}
	}
	h.spare = h.pages[1]
	clear(h.spare)
	h.spare = h.spare[:0]
	h.pages = slices.Delete(h.pages, 0, 2)
	if len(stay) > 0 {
		h.pages = slices.Insert(h.pages, 0, stay)
	}
}
