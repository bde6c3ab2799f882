package noise

import "slices"

// Window tells counters that were seen from those that were not, in any order of arrival (RFC 6479: blocks of bits, so that moving it
// costs no shifting). Blocks of which all was seen are not kept, but for the newest: where nothing is lost, that is all there is. The
// zero value has seen nothing.
//
// Invariant: next is one above the highest counter seen; what is below next and in no block was seen, or is out of reach; the bits of the
// newest block from next on are zero.
type Window struct {
	next   uint64
	newest uint64    // the block of next-1
	older  *[]uint64 // those right before it, from the first that is not full; mostly nil, and a server has many windows
}

// Reach is how far below the highest counter seen one may come: what is older counts as seen.
const Reach = 1024

const (
	blockBits = 64
	full      = 1<<blockBits - 1
)

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
	b := w.block(counter)
	return b != nil && *b>>(counter%blockBits)&1 == 0
}

// Mark notes a Fresh counter as seen, and reports whether it is the highest so far.
func (w *Window) Mark(counter uint64) (newest bool) {
	if newest = counter >= w.next; newest {
		w.advance(counter/blockBits - w.number())
		w.next = counter + 1
	}
	if b := w.block(counter); b != nil {
		*b |= 1 << (counter % blockBits)
	}
	if w.older != nil {
		w.drop()
	}
	return newest
}

// drop forgets the older blocks up to the first that is not full.
func (w *Window) drop() {
	n := 0
	for n < len(*w.older) && (*w.older)[n] == full {
		n++
	}
	if *w.older = slices.Delete(*w.older, 0, n); len(*w.older) == 0 {
		w.older = nil
	}
}

// number is that of the newest block.
func (w *Window) number() uint64 { return (max(w.next, 1) - 1) / blockBits }

// block holds the bit of a counter below next; nil when it is not kept.
func (w *Window) block(counter uint64) *uint64 {
	back := w.number() - counter/blockBits
	switch {
	case back == 0:
		return &w.newest
	case w.older == nil || back > uint64(len(*w.older)):
		return nil
	}
	return &(*w.older)[uint64(len(*w.older))-back]
}

// advance begins so many blocks.
func (w *Window) advance(blocks uint64) {
	const most = Reach / blockBits // and the newest: it is filled while the oldest still counts
	for range min(blocks, most+1) {
		if w.older == nil && w.newest != full {
			w.older = new([]uint64)
		}
		if w.older != nil {
			if len(*w.older) == most {
				*w.older = slices.Delete(*w.older, 0, 1)
			}
			*w.older = append(*w.older, w.newest)
		}
		w.newest = 0
	}
}

// Next is one above the highest counter seen.
func (w *Window) Next() uint64 { return w.next }
