package peer

import (
	"time"

	"udpchat/wire"
)

// sealAnew: the recipient can't open mail of this client's, since it has lost the key that it is sealed to. It is sealed to the key
// that the recipient has now (protocol.md §14.2).
func (c *Core) sealAnew(now time.Time, l *lane, p *part, m *wire.Stored) {
	switch {
	case p == nil && l != nil && m.Seq > c.outbox.last[l.laneID]: // the server makes it up: that seq is for a text to come
	case p == nil:
		c.endUnreadable(now, m)
	case p.state != stored:
	case p.anew: // that was no help: with patience
		c.book.entry(m.To).fresh = time.Time{}
		c.keep(now, l, p, m.Verdict)
		c.lookup(now, m.To)
	default:
		c.book.entry(m.To).fresh = time.Time{}
		p.anew = true
		l.queue(p)
		c.pump(now, l.way)
	}
}

// endUnreadable closes, as void, mail that this client does not have any more (protocol.md §5.6): one piece at a time, and with a card that
// was looked up just now.
func (c *Core) endUnreadable(now time.Time, m *wire.Stored) {
	e := c.book.entry(m.To)
	if now.Sub(e.fresh) >= endPause {
		c.lookup(now, m.To)
	}
	if now.Sub(e.fresh) >= endPause || now.Sub(e.ended) < endPause {
		return // the server asks again
	}
	l := &lane{way: &way{}, laneID: laneID{m.To, m.Epoch, m.ToEpoch}}
	if t, ok := c.cover(l, &part{lane: l, t: wire.Void(m.Epoch, m.ToEpoch, m.Seq, m.Seq)}); ok {
		e.ended = now
		c.toServer(&wire.Deposit{To: m.To, Try: 1, Text: t})
	}
}
