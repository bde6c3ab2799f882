package noise

// Window tells counters that were seen from those that were not, in any order of arrival (RFC 6479: blocks of bits in a
// ring, so that moving it costs no shifting). The zero value has seen nothing.
//
// Invariant: next is one above the highest counter seen; the bits of all counters in [next-Reach, next) are right, and
// those of the newest block above next-1 are zero.
type Window struct {
	next   uint64
	blocks [Reach/64 + 1]uint64 // one more than the reach: the newest block is filled while the oldest still counts
}

// Reach is how far below the highest counter seen one may come: what is older counts as seen.
const Reach = 1024

// Fresh reports whether the counter was not seen, as far as can be told. It changes nothing: a counter counts as seen when
// what came with it is proved (protocol.md §13.5).
func (w *Window) Fresh(counter uint64) bool {
	switch {
	case counter > MaxCounter:
		return false
	case counter >= w.next:
		return true
	case w.next-counter > Reach:
		return false
	}
	return w.blocks[counter/64%uint64(len(w.blocks))]>>(counter%64)&1 == 0
}

// Mark notes a Fresh counter as seen, and reports whether it is the highest so far.
func (w *Window) Mark(counter uint64) (newest bool) {
	n := uint64(len(w.blocks))
	if newest = counter >= w.next; newest {
		if w.next > 0 {
			last := (w.next - 1) / 64
			for i := range min(counter/64-last, n) {
				w.blocks[(last+1+i)%n] = 0
			}
		}
		w.next = counter + 1
	}
	w.blocks[counter/64%n] |= 1 << (counter % 64)
	return newest
}

// Next is one above the highest counter seen.
func (w *Window) Next() uint64 { return w.next }
