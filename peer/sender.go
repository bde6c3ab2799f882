package peer

import (
	"cmp"
	"slices"
	"time"

	"udpchat/wire"
)

// sender is who sources are from. One run of it gives way to the next: it writes under a new epoch only when all before is here, or waits
// on the server. So what is here of an earlier epoch is shown first (protocol.md §6.5).
type sender struct {
	sources []*source // by epoch: those of later runs are higher
	shown   uint64    // the highest epoch of which something is on the screen
}

// sender finds who a source is from.
func (b *inbox) sender(k wire.Key) *sender {
	w := b.senders[k]
	if w == nil {
		w = &sender{}
		b.senders[k] = w
	}
	return w
}

func (w *sender) add(s *source) {
	i, _ := slices.BinarySearchFunc(w.sources, s.epoch, func(o *source, epoch uint64) int { return cmp.Compare(o.epoch, epoch) })
	w.sources = slices.Insert(w.sources, i, s)
}

// oldest is the source that was seen first.
func (w *sender) oldest() *source {
	return slices.MinFunc(w.sources, func(a, b *source) int { return cmp.Compare(a.age, b.age) })
}

// line lets a line of a source's wait for what its sender wrote before.
func (c *Core) line(now time.Time, s *source, h held, a arrival) {
	h.pass = func(now time.Time, late bool) {
		s.lines--
		w := c.inbox.sender(s.from)
		a.late = late || s.epoch < w.shown
		w.shown = max(w.shown, s.epoch)
		c.show(now, a)
	}
	c.hold(now, &s.gate, h)
}

// release shows what waits for nothing any more, of this epoch of a sender's and then of those after it.
func (c *Core) release(now time.Time, s *source) {
	for _, o := range slices.Clone(c.inbox.sender(s.from).sources) {
		if o.epoch >= s.epoch {
			o.gate.release(now, o.had.Through())
		}
		if o.lines > 0 {
			return
		}
	}
}
