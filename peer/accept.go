package peer

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// accept takes a typed text into the outbox: identity and text are on disk before its first datagram (protocol.md §5).
func (c *Core) accept(now time.Time, ref uint64, to wire.Key, toEpoch uint64, typed string) {
	if !c.fit(ref, typed) {
		return
	}
	l := c.lane(to, toEpoch)
	c.inbox.lines++
	x := &text{to: to, typed: true, awaited: true, line: c.inbox.lines, fresh: fresh{ref, typed}}
	c.cut(l, x, typed, c.cfg.Wall(now).UnixMicro())
	first := x.parts[0].t
	a := c.acceptance(x)
	a.change.Lane = l.record()
	a.change.Line = store.Line{Order: x.line, Peer: store.Key(to), Epoch: l.epoch, First: first.Seq, Last: first.Seq + uint64(first.Parts) - 1,
		Time: first.Time, Arrived: first.Time, Out: true, Post: to == wire.Channel, End: store.EndOpen, Text: typed}
	c.commitFor(&a.change, a)
	awaitSave(x.parts)
	c.press()
}

// acceptance is a text that is being committed. It is used again.
type acceptance struct {
	text   *text
	change store.Accept
}

func (c *Core) acceptance(x *text) *acceptance {
	a := spare(&c.acceptances)
	a.text = x
	for _, p := range x.parts {
		a.change.Items = append(a.change.Items, store.Outgoing{To: store.Key(x.to), Text: store.Text(p.t), Line: x.line})
	}
	return a
}

// over leaves an acceptance to be used again.
func (a *acceptance) over(c *Core) *text {
	x, items := a.text, a.change.Items
	clear(items)
	*a = acceptance{change: store.Accept{Items: items[:0]}}
	keep(&c.acceptances, a)
	return x
}

// cut makes the parts of a text, with the next seqs.
func (c *Core) cut(l *lane, x *text, typed string, written int64) {
	var room [1][]byte
	bodies := wire.Split(room[:0], typed)
	for i, body := range bodies {
		l.add(x, wire.Text{Epoch: l.epoch, ToEpoch: l.toEpoch, Seq: l.next(), Part: uint16(i), Parts: uint16(len(bodies)),
			Size: uint32(len(typed)), Time: written, Body: body})
	}
}

// durable lets a text that was typed go.
func (a *acceptance) durable(c *Core, _ time.Time) { c.saved(a.over(c).parts) }

func (a *acceptance) refused(c *Core, now time.Time) {
	x := a.over(c)
	c.unaccepted(now, x.parts[0].lane, x.parts)
}

// commitParts lets parts go once they are on disk.
func (c *Core) commitParts(change store.ProfileChange, parts []*part) {
	awaitSave(parts)
	c.commit(change, func(time.Time) { c.saved(parts) })
}

func awaitSave(parts []*part) {
	for _, p := range parts {
		p.saves++
	}
}

// saved lets parts go. They leave with the next Tick, with what is on disk until then.
func (c *Core) saved(parts []*part) {
	for _, p := range parts {
		if p.saves--; p.saves == 0 {
			p.lane.queue(p)
			c.tellAccepted(p.text)
		}
	}
	c.pumpSoon(parts[0].lane.way)
}

// tellAccepted tells of a typed text that it is on disk: all its parts are with the first.
func (c *Core) tellAccepted(x *text) {
	if x.fresh.typed != "" {
		c.tell(Accepted{Ref: x.fresh.ref, Line: x.line, To: c.roster.name(x.to), Text: x.fresh.typed})
		x.fresh = fresh{}
	}
}
