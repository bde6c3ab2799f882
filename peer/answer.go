package peer

import (
	"time"

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

// seenDelay and seenRow are how long the acknowledgement of a post waits for more of them, and for how many. The sender of a post waits
// for none, and the server's probe timeout has room for it (protocol.md §7.1).
const (
	seenDelay = 10 * time.Millisecond
	seenRow   = 16
)

// owing is the acknowledgement of posts that waits for more.
type owing struct {
	stream *stream // nil: none
	posts  int
	order  uint64 // that it names, and its try
	try    uint8
	due    time.Time
}

// seen acknowledges a post: in a row with others, but at once when it came again, since an acknowledgement was lost then or came late.
func (c *Core) seen(now time.Time, st *stream, order uint64, try uint8) {
	o := &c.inbox.owing
	if o.stream != st {
		c.sendSeen()
		*o = owing{stream: st, due: now.Add(seenDelay)}
	}
	if o.order != order || o.posts == 0 {
		o.order, o.try = order, try
	}
	o.posts++
	full := len(st.had.Ranges()) >= wire.MaxRanges // the next one may leave this one out
	if _, ok := c.lastSeen(st); ok || full || try > 1 || o.posts >= seenRow {
		c.sendSeen()
	}
}

// sendSeen sends what waits. Of a row in one turn one goes for them all, unless ranges had to be left out.
func (c *Core) sendSeen() {
	o := c.inbox.owing
	if o.stream == nil {
		return
	}
	c.inbox.owing = owing{}
	st := o.stream
	m := wire.Seen{Store: st.id, Through: st.had.Through(), Ranges: st.had.Marks(wire.MaxRanges, o.order), Order: o.order, Try: o.try}
	before, ok := c.lastSeen(st)
	if !ok || len(m.Ranges) == wire.MaxRanges {
		c.toServer(&m)
		return
	}
	if before.Order == m.Order {
		m.Try = before.Try
	}
	*before = m
}

// answerBy says what is had by a Seen that names an order: of a row that was not taken, or through which posts are gone.
func (c *Core) answerBy(st *stream, order uint64) {
	c.sendSeen()
	c.toServer(&wire.Seen{Store: st.id, Through: st.had.Through(), Ranges: st.had.Marks(wire.MaxRanges, 0), Order: order, Try: 1})
}

// lastSeen is the acknowledgement of posts that leaves right before the next message, if that is what does.
func (c *Core) lastSeen(st *stream) (*wire.Seen, bool) {
	m, ok := c.lastSend(c.cfg.Server, wire.ServerKey).(*wire.Seen)
	return m, ok && m.Store == st.id
}

// Stop leaves what is still to be said when the program ends: what this run showed shall not come to the next one again.
func (c *Core) Stop() {
	c.sendSeen()
	c.endGone()
}

// seenDue sends the acknowledgement that has waited for long enough.
func (c *Core) seenDue(now time.Time) {
	if o := &c.inbox.owing; o.stream != nil && !now.Before(o.due) {
		c.sendSeen()
	}
}

// lastSend is the message that leaves right before the next one, if it goes the same way; else nil. It may still be changed.
func (c *Core) lastSend(p link.Path, to wire.Key) wire.Message {
	n := len(c.fx.Sends)
	if n == 0 || c.fx.Sends[n-1].To != to || c.fx.Sends[n-1].Path != p {
		return nil
	}
	return c.fx.Sends[n-1].Msg
}
