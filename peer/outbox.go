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

// laneID names a run of seqs (protocol.md §5).
type laneID struct {
	to             wire.Key
	epoch, toEpoch uint64
}

type partID struct {
	to  wire.Key
	seq uint64
}

// lane is the way to one recipient. Parts are in it by seq.
type lane struct {
	laneID
	parts  []*part
	past   []uint64 // epochs of the recipient's that are over: an acknowledgement that names one is old
	byMail bool     // one part missed its direct deadline and is not delivered yet: later ones take the mailbox too
	misses int      // in a row
	down   time.Time
	rtt    wire.RTT
	voided time.Time
}

// part is one datagram's worth of a text.
type part struct {
	text    *text
	t       wire.Text
	state   state
	extra   bool // the one further direct copy was sent
	saves   int  // commits that are awaited: more than one when it was renumbered meanwhile
	skipped bool // a post that came to the server before the one that it follows
}

// state is where a part is on its road.
type state uint8

const (
	saving     state = iota // its commit is awaited
	queued                  // on disk; nothing was sent for this run
	direct                  // copies go to the recipient
	depositing              // goes to the server
	stored                  // the server has it
	kept                    // the server does not take it for now
	done                    // delivered; it stays until its whole text is
)

// text is one typed line: its parts share its fate, and the user hears of it once.
type text struct {
	to     wire.Key
	parts  []*part
	typed  bool // in this run: the user waits for it
	missed bool
	turns  int  // the contact's, when it missed: tells whether it stayed
	told   bool // Stored or Kept was told
}

// accept takes a typed text into the outbox: identity and text are on disk before its first datagram (protocol.md §5).
func (c *Core) accept(now time.Time, to wire.Key, toEpoch uint64, typed string) {
	if !c.fit(typed) {
		return
	}
	l := c.lane(to, toEpoch)
	x := &text{to: to, typed: true}
	bodies := wire.Split(typed)
	change := store.Accept{}
	for i, body := range bodies {
		l.add(x, wire.Text{Epoch: l.epoch, ToEpoch: l.toEpoch, Seq: c.outbox.next(l.laneID), Part: uint16(i), Parts: uint16(len(bodies)),
			Size: uint32(len(typed)), Time: now.UnixMicro(), Body: body})
		change.Items = append(change.Items, store.Outgoing{To: store.Key(to), Text: store.Text(x.parts[i].t)})
	}
	c.inbox.lines++
	first := x.parts[0].t
	change.Lane = c.outbox.record(l.laneID)
	change.Line = store.Line{Order: c.inbox.lines, Peer: store.Key(to), Epoch: l.epoch, First: first.Seq, Last: first.Seq + uint64(first.Parts) - 1,
		Time: first.Time, Arrived: first.Time, Out: true, Post: to == wire.Channel, Text: typed}
	c.commitParts(change, l, slices.Clone(x.parts))
}

// commitParts lets parts go once they are on disk.
func (c *Core) commitParts(change store.ProfileChange, l *lane, parts []*part) {
	for _, p := range parts {
		p.saves++
	}
	c.commit(change, func(now time.Time) {
		for _, p := range parts {
			if p.saves--; p.saves == 0 {
				p.state = queued
			}
		}
		c.pump(now, l)
	})
}

// lane gives the way to a recipient, for the epoch that it has now.
func (c *Core) lane(to wire.Key, toEpoch uint64) *lane {
	l := c.outbox.lanes[to]
	if l == nil {
		l = &lane{laneID: laneID{to, c.epoch, toEpoch}}
		c.outbox.lanes[to] = l
		c.outbox.order = append(c.outbox.order, l)
	}
	if l.toEpoch != toEpoch || l.epoch != c.epoch {
		c.renumber(l, toEpoch)
	}
	return l
}

func (l *lane) add(x *text, t wire.Text) {
	p := &part{text: x, t: t}
	x.parts = append(x.parts, p)
	l.parts = append(l.parts, p)
}

// next counts a lane on.
func (o *outbox) next(id laneID) uint64 {
	o.last[id]++
	return o.last[id]
}

func (o *outbox) record(id laneID) store.Lane {
	return store.Lane{To: store.Key(id.to), Epoch: id.epoch, ToEpoch: id.toEpoch, Last: o.last[id]}
}

// find gives the unsettled part with that seq.
func (l *lane) find(seq uint64) *part {
	i, ok := slices.BinarySearchFunc(l.parts, seq, func(p *part, seq uint64) int {
		switch {
		case p.t.Seq < seq:
			return -1
		case p.t.Seq > seq:
			return 1
		}
		return 0
	})
	if !ok {
		return nil
	}
	return l.parts[i]
}

func (o *outbox) part(id partID) (*lane, *part) {
	l := o.lanes[id.to]
	if l == nil {
		return nil, nil
	}
	return l, l.find(id.seq)
}

// settle ends the parts that had names: they are delivered. Texts of which all parts are leave the outbox, and whole is told of
// those that are no void; until then their parts stay, since a recipient that loses its state needs all of them again.
func (c *Core) settle(now time.Time, l *lane, had func(p *part) bool, whole func(x *text)) {
	var texts []*text
	room := 0
	for _, p := range l.parts {
		if p.state == saving || p.state == done || !had(p) {
			continue
		}
		room++
		p.state = done
		c.outbox.direct.Drop(partID{l.to, p.t.Seq})
		c.outbox.deposits.Drop(partID{l.to, p.t.Seq})
		if p.text.all(done) {
			texts = append(texts, p.text)
		}
	}
	if len(texts) > 0 {
		c.remove(l)
	}
	for _, x := range texts {
		if x.parts[0].t.Flags&wire.FlagVoid == 0 {
			whole(x)
		}
	}
	if l.byMail && !slices.ContainsFunc(l.parts, func(p *part) bool { return p.state >= depositing && p.state < done }) {
		l.byMail = false // protocol.md §7: the direct way is tried again
	}
	c.retry(now, l, room)
	c.pump(now, l)
	c.leaveWhenDecided(now)
}

// retry offers some of what the server had no room for again: there is reason to believe that it has now.
func (c *Core) retry(now time.Time, l *lane, parts int) {
	for _, p := range l.parts {
		if p.state == kept && parts > 0 {
			c.outbox.deposits.Hasten(now, partID{l.to, p.t.Seq})
			parts--
		}
	}
}

// remove takes the texts that are delivered out of the outbox.
func (c *Core) remove(l *lane) {
	change := store.Settle{To: store.Key(l.to), Epoch: l.epoch, ToEpoch: l.toEpoch}
	l.parts = slices.DeleteFunc(l.parts, func(p *part) bool {
		if !p.text.all(done) {
			return false
		}
		change.Seqs = append(change.Seqs, p.t.Seq)
		return true
	})
	c.commit(change, func(time.Time) {})
}

// all tells whether every part is in that state.
func (x *text) all(s state) bool {
	return !slices.ContainsFunc(x.parts, func(p *part) bool { return p.state != s })
}

// pump sends what waits in a lane, as far as its window allows, by the way that its recipient can be expected to hear.
func (c *Core) pump(now time.Time, l *lane) {
	if c.phase != ready {
		return
	}
	room := laneWindow
	for _, p := range l.parts {
		if p.state == direct || p.state == depositing {
			room--
		}
	}
	mail := c.mailOnly(now, l)
	for _, p := range l.parts {
		if room <= 0 {
			return
		}
		switch {
		case p.state != queued:
			continue
		case mail:
			c.depositPart(now, l, p)
		default:
			c.directPart(now, l, p)
		}
		room--
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
		for _, p := range l.parts {
			if p.state == direct || p.state == depositing || p.state == kept {
				p.state = queued
				o.direct.Drop(partID{l.to, p.t.Seq})
				o.deposits.Drop(partID{l.to, p.t.Seq})
			}
		}
	}
}

// forgetStored puts back what another store had taken.
func (o *outbox) forgetStored() {
	for _, l := range o.order {
		for _, p := range l.parts {
			if p.state == stored {
				p.state = queued
			}
		}
	}
}

// open counts the texts that are neither stored nor kept nor delivered: a drain waits for them.
func (o *outbox) open() int { return o.count(func(s state) bool { return s < stored }) }

// undecided counts the texts that only this client has.
func (o *outbox) undecided() int {
	return o.count(func(s state) bool { return s < stored || s == kept })
}

func (o *outbox) count(match func(s state) bool) int {
	n := 0
	for _, l := range o.order {
		var last *text
		for _, p := range l.parts {
			if p.text != last && match(p.state) {
				n, last = n+1, p.text
			}
		}
	}
	return n
}
