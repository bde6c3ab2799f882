package peer

import (
	"udpchat/wire"
	"udpchat/wire/link"
)

// answer acknowledges a text. Marks say again all that they said before (protocol.md §6.1): so of a row of acknowledgements one goes for
// them all, unless ranges had to be left out. It names the text that came last, by its first try: the other ones waited less.
func (c *Core) answer(p link.Path, to wire.Key, s *source, seq uint64, try uint8) {
	marks := s.marks(seq)
	before, ok := c.lastSend(p, to).(*wire.Ack)
	if !ok || before.Marks.Epoch != marks.Epoch || before.Marks.ToEpoch != marks.ToEpoch || len(marks.Ranges) == wire.MaxRanges {
		c.send(p, to, &wire.Ack{Marks: marks, Seq: seq, Try: try})
		return
	}
	if before.Seq == seq {
		try = before.Try
	}
	*before = wire.Ack{Marks: marks, Seq: seq, Try: try}
}

// seen acknowledges a post, and a row of posts in the same way.
func (c *Core) seen(st *stream, order uint64, try uint8) {
	through, ranges := st.had.Through(), st.had.Marks(wire.MaxRanges, order)
	before, ok := c.lastSend(c.cfg.Server, wire.ServerKey).(*wire.Seen)
	if !ok || before.Store != st.id || len(ranges) == wire.MaxRanges {
		c.toServer(&wire.Seen{Store: st.id, Through: through, Ranges: ranges, Order: order, Try: try})
		return
	}
	if before.Order == order {
		try = before.Try
	}
	*before = wire.Seen{Store: st.id, Through: through, Ranges: ranges, Order: order, Try: try}
}

// lastSend is the message that leaves right before the next one, if it goes the same way; else nil. It may still be changed.
func (c *Core) lastSend(p link.Path, to wire.Key) wire.Message {
	n := len(c.fx.Sends)
	if n == 0 || c.fx.Sends[n-1].To != to || c.fx.Sends[n-1].Path != p {
		return nil
	}
	return c.fx.Sends[n-1].Msg
}
