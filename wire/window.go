package wire

import (
	"math"
	"slices"
	"sort"
)

// Window is what a recipient has of a run of numbers that counts from 1: everything through a watermark, and ranges
// above it. It is what tells a duplicate from a text (§6). The zero value has nothing and is ready; it is owned by the
// loop, or by the transaction that stores it.
//
// It is used in two steps. First ask: Has says duplicate (acknowledge it again), Fits says whether there is room (if not,
// stay silent, and the sender waits). Mark, and acknowledge, only when the piece was accepted and is durable: a number
// that is marked too early is lost when the acceptance fails. The watermark moves over what is had and over nothing
// else: a watermark at the largest number seen loses all that is still on its way.
//
// A window of seqs is bounded by distance: nothing beyond MaxSparse above the watermark (Fits, Mark, MarkRange). A window
// of receipt orders, which have gaps of any width, is bounded by the number of its ranges, MaxSpans (FitsSpan, MarkSpan).
type Window struct {
	through uint64
	ranges  []Range // ascending, with a gap between any two and above the watermark
}

// LoadWindow is the window of a watermark and of ranges above it, as Through and Ranges gave them. Ranges that are not
// ascending, disjoint and above through+1 are an error that wraps ErrMalformed.
func LoadWindow(through uint64, ranges []Range) (Window, error) {
	if err := checkAscending(through, ranges); err != nil {
		return Window{}, err
	}
	w := Window{through: through}
	for _, r := range ranges {
		w.add(r.Lo, r.Hi)
	}
	return w, nil
}

// Through is the watermark: every number up to it is had.
func (w *Window) Through() uint64 { return w.through }

// Ranges is a copy of the ranges above the watermark, ascending.
func (w *Window) Ranges() []Range { return slices.Clone(w.ranges) }

// Has reports whether seq is had. 0, which is no seq, always is.
func (w *Window) Has(seq uint64) bool {
	if seq <= w.through {
		return true
	}
	_, ok := w.holder(seq)
	return ok
}

// HasRange reports whether everything from lo to hi is had.
func (w *Window) HasRange(lo, hi uint64) bool {
	if hi <= w.through {
		return true
	}
	i, ok := w.holder(hi)
	return ok && w.ranges[i].Lo <= max(lo, w.through+1)
}

// holder is the index of the range that holds seq.
func (w *Window) holder(seq uint64) (int, bool) {
	i := sort.Search(len(w.ranges), func(i int) bool { return w.ranges[i].Hi >= seq })
	return i, i < len(w.ranges) && w.ranges[i].Lo <= seq
}

// FitsRange reports whether MarkRange has room for everything from lo to hi.
func (w *Window) FitsRange(lo, hi uint64) bool {
	return lo > 0 && lo-1 <= w.through || w.Fits(hi)
}

// Fits reports whether seq is near enough to the watermark to be marked.
func (w *Window) Fits(seq uint64) bool {
	return seq <= w.through || seq-w.through <= MaxSparse
}

// Mark says that seq is had. It reports whether the window has it now: false when it does not fit, and nothing changed.
func (w *Window) Mark(seq uint64) bool {
	return w.MarkRange(seq, seq)
}

// MarkRange says that everything from lo to hi is had. It reports whether the window has it now: false when hi does not
// fit, and nothing changed. What follows the watermark without a hole always fits.
func (w *Window) MarkRange(lo, hi uint64) bool {
	if hi < lo {
		return false
	}
	if lo > 0 && !w.FitsRange(lo, hi) {
		return false
	}
	w.add(lo, hi)
	return true
}

// FitsSpan reports whether MarkSpan has room for prev and order.
func (w *Window) FitsSpan(prev, order uint64) bool {
	if prev <= w.through || len(w.ranges) < MaxSpans {
		return true
	}
	i, j := w.touched(prev+1, order) // prev is below order, so there is a number above it
	return i < j
}

// MarkSpan says that order is had and that nothing else waits between prev and it, so that everything above prev
// through order counts as had. It reports whether the window has it now: false, and nothing changed, when prev is not
// below order, or when the span would be one range more than MaxSpans.
func (w *Window) MarkSpan(prev, order uint64) bool {
	if prev >= order || !w.FitsSpan(prev, order) {
		return false
	}
	w.add(prev+1, order)
	return true
}

// Marks is what an acknowledgement says above the watermark: at most limit ranges, the lowest first, and among them the
// one that holds near, the number that is being answered.
func (w *Window) Marks(limit int, near uint64) []Range {
	n := min(limit, len(w.ranges))
	if n <= 0 {
		return nil
	}
	marks := slices.Clone(w.ranges[:n])
	if i, ok := w.holder(near); ok && i >= n {
		marks[n-1] = w.ranges[i]
	}
	return marks
}

// add unites the window with lo to hi.
func (w *Window) add(lo, hi uint64) {
	if lo == 0 || lo-1 <= w.through {
		w.through = max(w.through, hi)
		w.absorb()
		return
	}
	i, j := w.touched(lo, hi)
	if i < j {
		lo = min(lo, w.ranges[i].Lo)
		hi = max(hi, w.ranges[j-1].Hi)
	}
	w.ranges = slices.Replace(w.ranges, i, j, Range{Lo: lo, Hi: hi})
}

// touched is the run of ranges, from i to before j, that overlap lo to hi or lie right beside it; lo is at least 1.
func (w *Window) touched(lo, hi uint64) (i, j int) {
	i = sort.Search(len(w.ranges), func(i int) bool { return w.ranges[i].Hi >= lo-1 })
	j = sort.Search(len(w.ranges), func(j int) bool { return hi < math.MaxUint64 && w.ranges[j].Lo > hi+1 })
	return i, j
}

// absorb moves the watermark over the ranges that it has reached.
func (w *Window) absorb() {
	n := 0
	for n < len(w.ranges) && w.ranges[n].Lo-1 <= w.through {
		w.through = max(w.through, w.ranges[n].Hi)
		n++
	}
	w.ranges = slices.Delete(w.ranges, 0, n)
}
