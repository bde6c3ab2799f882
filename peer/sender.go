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
	s.sender = w
}

// oldest is the source that was seen first.
func (w *sender) oldest() *source {
	return slices.MinFunc(w.sources, func(a, b *source) int { return cmp.Compare(a.age, b.age) })
}

// sequence shows a line, or lets it wait for what its sender wrote before.
func (c *Core) sequence(now time.Time, s *source, a arrival, arrived time.Time) {
	if late, ok := c.straight(s, a.line.First-1, a.line.Last); ok {
		c.passed(now, s, a, late)
	} else {
		c.line(now, s, held{after: a.line.First - 1, at: a.line.Last, since: arrived}, a)
	}
	c.release(now, s)
}

// straight passes a source's gate if neither this source nor an earlier one of the same sender has something waiting.
func (c *Core) straight(s *source, after, at uint64) (late, ok bool) {
	for _, o := range s.sender.sources {
		if o.epoch < s.epoch && o.lines > 0 {
			return false, false
		}
	}
	return s.gate.straight(after, at, s.had.Through())
}

// line lets a line of a source's wait for what its sender wrote before.
func (c *Core) line(now time.Time, s *source, h held, a arrival) {
	h.pass = func(now time.Time, late bool) { c.passed(now, s, a, late) }
	c.hold(now, &s.gate, h)
}

// passed shows a line that waits for nothing any more.
func (c *Core) passed(now time.Time, s *source, a arrival, late bool) {
	s.lines--
	w := s.sender
	a.late = late || s.epoch < w.shown
	w.shown = max(w.shown, s.epoch)
	c.show(now, a)
}

// release shows what waits for nothing any more, of this epoch of a sender's and then of those after it.
func (c *Core) release(now time.Time, s *source) {
	sources := s.sender.sources
	if len(sources) > 1 {
		sources = slices.Clone(sources)
	}
	for _, o := range sources {
		if o.epoch >= s.epoch {
			o.gate.release(now, o.had.Through())
		}
		if o.lines > 0 {
			return
		}
	}
}
