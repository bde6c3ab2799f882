package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// outbox is what this client sends and what is not yet delivered: a lane per recipient. Each part in it is on disk.
type outbox struct {
	lanes    map[wire.Key]*lane
	order    []*lane // by first use: lanes are served in a reproducible order
	last     map[laneID]uint64
	direct   wire.Tracker[partID]
	deposits wire.Tracker[partID]
}

// accept takes a typed text into the outbox: identity and text are on disk before its first datagram (protocol.md §5).
func (c *Core) accept(now time.Time, ref uint64, to wire.Key, toEpoch uint64, typed string) {
	if !c.fit(ref, typed) {
		return
	}
	l := c.lane(to, toEpoch)
	c.inbox.lines++
	x := &text{to: to, typed: true, line: c.inbox.lines, fresh: &fresh{ref, typed}}
	c.cut(l, x, typed, c.cfg.Wall(now).UnixMicro())
	change := store.Accept{}
	for _, p := range x.parts {
		change.Items = append(change.Items, store.Outgoing{To: store.Key(to), Text: store.Text(p.t), Line: x.line})
	}
	first := x.parts[0].t
	change.Lane = c.outbox.record(l.laneID)
	change.Line = store.Line{Order: x.line, Peer: store.Key(to), Epoch: l.epoch, First: first.Seq, Last: first.Seq + uint64(first.Parts) - 1,
		Time: first.Time, Arrived: first.Time, Out: true, Post: to == wire.Channel, End: store.EndOpen, Text: typed}
	parts := slices.Clone(x.parts)
	c.commitParts(change, l, parts)
	c.fx.Commits[len(c.fx.Commits)-1].Refused = func(now time.Time) { c.unaccepted(now, l, parts) }
}

// cut makes the parts of a text, with the next seqs.
func (c *Core) cut(l *lane, x *text, typed string, written int64) {
	bodies := wire.Split(typed)
	for i, body := range bodies {
		l.add(x, wire.Text{Epoch: l.epoch, ToEpoch: l.toEpoch, Seq: c.outbox.next(l.laneID), Part: uint16(i), Parts: uint16(len(bodies)),
			Size: uint32(len(typed)), Time: written, Body: body})
	}
}

// commitParts lets parts go once they are on disk.
func (c *Core) commitParts(change store.ProfileChange, l *lane, parts []*part) {
	for _, p := range parts {
		p.saves++
	}
	c.commit(change, func(now time.Time) {
		for _, p := range parts {
			if p.saves--; p.saves == 0 {
				l.move(p, queued)
				c.tellAccepted(p.text)
			}
		}
		i, _ := l.place(parts[0].t.Seq)
		l.first = min(l.first, i)
		c.pump(now, l)
	})
}

// tellAccepted tells of a typed text that it is on disk: all its parts are with the first.
func (c *Core) tellAccepted(x *text) {
	if x.fresh != nil {
		c.tell(Accepted{Ref: x.fresh.ref, Line: x.line, To: c.roster.name(x.to), Text: x.fresh.typed})
		x.fresh = nil
	}
}

// lane gives the way to a recipient, for the epoch that it has now.
func (c *Core) lane(to wire.Key, toEpoch uint64) *lane {
	l := c.outbox.lanes[to]
	if l == nil {
		l = &lane{laneID: laneID{to, c.epoch, toEpoch}}
		c.outbox.lanes[to] = l
		c.outbox.order = append(c.outbox.order, l)
	}
	if slices.Contains(l.past, toEpoch) {
		toEpoch = l.toEpoch // the table is behind what the recipient itself said
	}
	if l.toEpoch != toEpoch || l.epoch != c.epoch {
		c.renumber(l, toEpoch)
	}
	return l
}

// next counts a lane on.
func (o *outbox) next(id laneID) uint64 {
	o.last[id]++
	return o.last[id]
}

func (o *outbox) record(id laneID) store.Lane {
	return store.Lane{To: store.Key(id.to), Epoch: id.epoch, ToEpoch: id.toEpoch, Last: o.last[id]}
}

func (o *outbox) part(id partID) (*lane, *part) {
	l := o.lanes[id.to]
	if l == nil {
		return nil, nil
	}
	return l, l.find(id.seq)
}

// settle ends parts: they are delivered. Texts of which all parts are leave the outbox, and whole is told of those that are no
// void; until then their parts stay, since a recipient that loses its state needs all of them again.
func (c *Core) settle(now time.Time, l *lane, parts []*part, whole func(x *text)) {
	var texts []*text
	onWay, room := l.onWay(), 0
	for _, p := range parts {
		if p.state == saving || p.state == done {
			continue
		}
		room++
		l.move(p, done)
		c.outbox.direct.Drop(partID{l.to, p.t.Seq})
		c.outbox.deposits.Drop(partID{l.to, p.t.Seq})
		if p.text.all(done) {
			texts = append(texts, p.text)
		}
	}
	l.congestion.Acked(onWay-l.onWay(), onWay)
	if len(texts) > 0 {
		c.remove(l, texts)
	}
	for _, x := range texts {
		if x.parts[0].t.Flags&wire.FlagVoid == 0 {
			whole(x)
		}
	}
	if l.byMail && !l.mailed() {
		l.byMail = false // protocol.md §7: the direct way is tried again
	}
	c.retry(now, l, room)
	c.pump(now, l)
	c.leaveWhenDecided(now)
}

// retry offers some of what the server had no room for again: there is reason to believe that it has now.
func (c *Core) retry(now time.Time, l *lane, parts int) {
	for i := 0; i < len(l.parts) && min(parts, l.count[kept]) > 0; i++ {
		if p := l.parts[i]; p.state == kept {
			c.outbox.deposits.Hasten(now, partID{l.to, p.t.Seq})
			parts--
		}
	}
}

// remove takes the texts that are delivered out of the outbox.
func (c *Core) remove(l *lane, texts []*text) {
	change := store.Settle{To: store.Key(l.to), Epoch: l.epoch, ToEpoch: l.toEpoch, Chain: c.leave(l)}
	l.dropTexts(texts, func(p *part) {
		if change.Seqs = append(change.Seqs, p.t.Seq); p.text.line != 0 && p == p.text.parts[0] {
			change.Ends = append(change.Ends, store.Ended{Line: p.text.line, End: store.EndDelivered})
		}
	})
	c.commit(change, func(time.Time) {})
}

// pump sends what waits in a lane, as far as its window allows, by the way that its recipient can be expected to hear.
func (c *Core) pump(now time.Time, l *lane) {
	if c.phase != ready {
		return
	}
	room := l.room()
	mail := c.mailOnly(now, l)
	if l.count[queued] == 0 || !c.equipped(now, l, mail) {
		return
	}
	long := -1
	for ; room > 0 && l.count[queued] > 0 && l.first < len(l.parts); l.first++ {
		p := l.parts[l.first]
		switch {
		case p.state != queued:
			continue
		case mail && l.to != wire.Channel && p.long():
			if long < 0 {
				long = l.first
			}
			continue
		case mail:
			c.depositPart(now, l, p)
		default:
			c.directPart(now, l, p)
		}
		room--
	}
	if long >= 0 { // it goes when its recipient is there
		l.first = long
		c.holdBack(l, (*part).long)
		if id := (partID{l.to, l.parts[long].t.Seq}); !c.outbox.deposits.Has(id) {
			c.outbox.deposits.Track(now, id, wire.Policy{First: downFirst, Factor: 2, Cap: downCap, Jitter: 0.25})
		}
	}
	if l.blocked() {
		c.tellKept(l)
	}
}

// blocked: so much is refused that nothing further is offered (protocol.md §7).
func (l *lane) blocked() bool { return l.count[kept] >= laneWindow }

// tellKept tells of the texts that wait behind those.
func (c *Core) tellKept(l *lane) {
	for _, p := range l.parts[l.first:] {
		if x := p.text; p.state == queued && !x.kept {
			x.kept = true
			c.tell(Kept{Line: x.line, To: c.roster.name(l.to), Why: l.refused})
		}
	}
}

// urge makes what earlier runs left behind as pressing as what was typed in this one: the program waits for it.
func (c *Core) urge(now time.Time) {
	for _, l := range c.outbox.order {
		for _, p := range l.parts {
			p.text.typed = true
			if p.state == depositing {
				c.depositPart(now, l, p)
			}
		}
		if c.book.lookups.Has(l.to) {
			c.lookup(now, l)
		}
	}
}

func (c *Core) pumpAll(now time.Time) {
	for _, l := range c.outbox.order {
		c.pump(now, l)
	}
}

// pause stops all sending: what was on its way begins anew with the next registration.
func (o *outbox) pause() {
	for _, l := range o.order {
		l.first = 0
		for _, p := range l.parts {
			if p.state == direct || p.state == depositing || p.state == kept {
				l.move(p, queued)
				o.direct.Drop(partID{l.to, p.t.Seq})
				o.deposits.Drop(partID{l.to, p.t.Seq})
			}
		}
	}
}

// forgetStored puts back what another store had taken.
func (o *outbox) forgetStored() {
	for _, l := range o.order {
		l.forgetStored()
	}
}

func (l *lane) forgetStored() {
	l.first = 0
	for _, p := range l.parts {
		if p.state == stored {
			l.move(p, queued)
		}
	}
}

// open tells whether a text is neither stored nor kept nor delivered: a drain waits for it.
func (o *outbox) open() bool {
	return slices.ContainsFunc(o.order, func(l *lane) bool {
		return l.count[saving]+l.count[direct]+l.count[depositing] > 0 || l.count[queued] > l.held && !l.blocked()
	})
}

// undecided counts the texts that only this client has.
func (o *outbox) undecided() int {
	n := 0
	for _, l := range o.order {
		var last *text
		for _, p := range l.parts {
			if p.text != last && (p.state < stored || p.state == kept) {
				n, last = n+1, p.text
			}
		}
	}
	return n
}
