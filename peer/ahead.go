package peer

import (
	"math"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// How far a text may be ahead of what its recipient lacks (protocol.md §6.2, §7.4): a recipient takes what is at most wire.MaxSparse above its
// watermark, and mail in the server's order. What waits there for a text that stands behind it would wait for ever.

// wide tells whether a lane holds more than a recipient takes ahead of what it lacks.
func (l *lane) wide() bool {
	n := len(l.parts)
	return n > 0 && l.parts[n-1].t.Seq-l.parts[0].t.From() >= wire.MaxSparse
}

// limit is the first seq of a lane that is not offered yet: wire.MaxSparse above the lowest that is neither delivered nor stored.
func (l *lane) limit() uint64 {
	if l.wide() {
		if p := l.lowest(); p != nil {
			return p.t.From() + wire.MaxSparse
		}
	}
	return math.MaxUint64
}

// lowest is the first part that is neither delivered nor stored; nil when all are.
func (l *lane) lowest() *part {
	i, _ := l.place(l.low)
	for _, p := range l.parts[i:] {
		if p.state != stored && p.state != done {
			l.low = p.t.From()
			return p
		}
	}
	return nil
}

// beyond tells whether a part waits for what is below the limit. A void that begins with the lowest seq closes that itself.
func (p *part) beyond(limit uint64) bool {
	return p.t.Seq >= limit && p.t.From()+wire.MaxSparse > limit
}

// ahead answers a text that is too far ahead to be taken (protocol.md §6.2). One that its sender brought is answered by what is here: its sender may not have
// the rest any more, and closes that then. Mail is refused when nothing that stands before it at the server is missing: what it waits for stands behind
// it, if anywhere. So that comes, and so does what others wrote.
func (c *Core) ahead(now time.Time, r reply) {
	s, at := r.source, r.at
	switch {
	case c.cfg.Broken == FarAhead || at != nil && at.prev > at.taken.Through():
	case at == nil:
		c.answer(r.path, s.from, s, r.seq, r.try)
	case s.fresh:
		c.remember(r)
	default:
		c.putOff(now, r)
	}
	if !s.kept() {
		c.forget(s) // anyone can make up epochs without end
	}
}

// remember puts off mail of an epoch of which nothing was taken, once that epoch is on disk: else the place in the server's order would tell, when it comes
// again, that it was taken and its epoch forgotten since (protocol.md §6.4).
func (c *Core) remember(r reply) {
	s, at := r.source, r.at
	gone, keeps := c.makeRoom(s), s.record()
	at.taken.MarkSpan(at.prev, at.order)
	c.commit(&store.Receive{Drop: gone, Source: &keeps, Stream: at.record(c.store)}, func(now time.Time) { c.putOff(now, r) })
}

// putOff lets the server's stream go on without a mail, which its sender deposits anew, or which is pushed again in the next session (protocol.md §14.2).
func (c *Core) putOff(now time.Time, r reply) {
	s, at := r.source, r.at
	c.cfg.Log.Info("mail is too far ahead of what has not come", "from", s.from, "order", at.order, "seq", r.seq)
	c.toServer(&wire.Taken{From: s.from, Marks: s.marks(r.seq), Order: at.order, Try: r.try, Refusal: wire.Anew})
	c.pass(now, at)
}

// record is what is stored of a source.
func (s *source) record() store.Source {
	return store.Source{From: store.Key(s.from), Age: s.age,
		Marks: store.Marks{Epoch: s.epoch, ToEpoch: s.toEpoch, Through: s.taken.Through(), Ranges: ranges(s.taken.Ranges())}}
}
