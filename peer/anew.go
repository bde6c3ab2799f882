package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// sealAnew: the recipient can't open mail of this client's, since it has lost the key that it is sealed to. It is sealed to the key
// that the recipient has now (protocol.md §14.2).
func (c *Core) sealAnew(now time.Time, l *lane, p *part, m *wire.Stored) {
	switch {
	case p == nil && l != nil && m.Seq > *l.last: // the server makes it up: that seq is for a text to come
	case p == nil:
		c.endUnreadable(now, m)
	case p.state != stored:
	case p.anew: // that was no help: with patience
		c.book.entry(m.To).fresh = time.Time{}
		c.keep(now, l, p, m.Verdict)
		c.closeBelow(now, l)
		c.lookup(now, m.To)
	default:
		c.book.entry(m.To).fresh = time.Time{}
		p.anew = true
		l.queue(p)
		c.pump(now, l.way)
	}
}

// closeBelow closes what is over for this client, below all that it has of a lane (protocol.md §5.6): a recipient whose older copy came back may lack so
// much of it that what follows is too far ahead.
func (c *Core) closeBelow(now time.Time, l *lane) {
	if first := l.parts[0].t.From(); first > 1 {
		c.voidHole(now, l, store.Marks{}, first-1, false)
	}
}

// endUnreadable closes, as void, mail that this client does not have any more (protocol.md §5.6): with a card that was looked up just now, and
// so many pieces with each. The server asks again for the others, and for one whose answer was lost.
func (c *Core) endUnreadable(now time.Time, m *wire.Stored) {
	u := unread{m.Epoch, m.ToEpoch, m.Seq}
	if e := c.book.entry(m.To); now.Sub(e.fresh) >= endPause {
		e.unread = &u
		c.lookup(now, m.To)
	} else if len(e.ended) < maxEnded && !slices.Contains(e.ended, u) {
		c.closeUnreadable(now, m.To, u)
	}
}

// unread names mail that its recipient can't open.
type unread struct{ epoch, toEpoch, seq uint64 }

func (c *Core) closeUnreadable(now time.Time, to wire.Key, u unread) {
	l := &lane{way: &way{}, laneID: laneID{to, u.epoch, u.toEpoch}}
	if t, ok := c.cover(now, l, &part{lane: l, t: wire.Void(u.epoch, u.toEpoch, u.seq, u.seq)}); ok {
		e := c.book.entry(to)
		e.ended = append(e.ended, u)
		c.toServer(&wire.Deposit{To: to, Try: 1, Text: t})
	}
}
