package peer

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// mailOnly tells whether a lane goes by the mailbox: the channel always, and oneself, since nobody makes a session with oneself; a
// recipient who is away; one who missed a message that is not delivered yet, so that order is kept on one path; and for a while one
// who missed several in a row, or who may have no room yet for what comes behind all that the server has for it.
func (c *Core) mailOnly(now time.Time, l *lane) bool {
	if l.to == wire.Channel || l.to == c.me || l.byMail || now.Before(l.down) || l.count[stored] > 0 && l.wide() {
		return true
	}
	contact := c.roster.contacts[l.to]
	return contact == nil || !contact.online || !contact.addr.IsValid()
}

// directPart sends a part to its recipient: up to three copies within the ack timeout, spaced by the measured round trip
// (protocol.md §7).
func (c *Core) directPart(now time.Time, l *lane, p *part) {
	l.move(p, direct)
	c.outbox.direct.Track(now, p, wire.Policy{First: l.rtt.PTO(), Factor: 2, Tries: directTries, Deadline: c.cfg.AckTimeout})
	if path, ok := c.directPath(l.to); ok {
		p.sent = wire.Direct{Try: 1, Text: p.t}
		c.send(path, l.to, &p.sent)
	}
}

// sendAgain sends a further copy: the first one may not have left yet.
func (c *Core) sendAgain(p *part, try uint8) {
	if path, ok := c.directPath(p.lane.to); ok {
		c.send(path, p.lane.to, &wire.Direct{Try: try, Text: p.t})
	}
}

// directPath is where someone is, if sessions can be made with them.
func (c *Core) directPath(to wire.Key) (link.Path, bool) {
	contact := c.roster.contacts[to]
	if contact == nil || !contact.addr.IsValid() || !c.trust(to) {
		return link.Path{}, false
	}
	return pathTo(contact.addr), true
}

// direct takes a text that its sender brought itself. It is acknowledged when it is on disk, and again whenever it comes again
// (protocol.md §6).
func (c *Core) direct(now time.Time, p link.Path, from wire.Key, m *wire.Direct) {
	if !c.listening() || m.Text.Flags&wire.FlagCovered != 0 {
		return
	}
	if w := c.outbox.ways[from]; w != nil {
		w.misses, w.down = 0, time.Time{} // it is there
	}
	seq, try := m.Text.Seq, m.Try
	if m.Text.ToEpoch != c.epoch {
		c.send(p, from, &wire.Ack{Marks: c.present(from, m.Text), Seq: seq, Try: try})
		return
	}
	s := c.source(from, m.Text.Epoch)
	c.receive(now, m.Text, reply{source: s, seq: seq, try: try, path: p})
	if s.kept() {
		c.book.entry(from).met = true
	}
}

// missed: the recipient did not answer in time. The same identity goes to the mailbox, and so does what follows.
func (c *Core) missed(now time.Time, p *part) {
	l := p.lane
	if !p.text.missed {
		p.text.missed = true
		if contact := c.roster.contacts[l.to]; contact != nil {
			p.text.turns = contact.turns
		}
		if p.text.awaited {
			c.tell(NoAck{Line: p.text.line, To: c.roster.name(l.to)})
		}
		l.misses++
	}
	if l.misses >= downAfter {
		l.down = now.Add(min(downFirst<<min(l.misses-downAfter, 8), downCap))
	}
	if p.long() { // it has no other way: it is tried again after a while
		l.down = now.Add(downFirst)
	} else {
		l.byMail = true
	}
	if c.cfg.Broken == FreshID {
		c.renamed(l, p)
	}
	c.depositPart(now, l, p)
	c.pump(now, l.way)
}

// acked: a recipient says what it has of this client's texts.
func (c *Core) acked(now time.Time, from wire.Key, m *wire.Ack) {
	if c.reached(now, from, m) {
		return
	}
	l := c.outbox.lane(from, m.Marks.Epoch)
	if l == nil || c.nameless() {
		return // the first table has names for people: it comes again
	}
	if !c.current(now, l, m.Marks) {
		return
	}
	if storeMarks(m.Marks).Has(m.Seq) { // else it answers a try for the recipient's epoch before, and this one goes on
		if p := l.find(m.Seq); p != nil {
			if rtt, sampled, _ := c.outbox.direct.Ack(now, p, m.Try); sampled {
				l.rtt.Sample(rtt)
			}
		}
	}
	l.misses, l.down = 0, time.Time{}
	c.have(now, l, m.Marks, false)
}

// receipt: the server passes on what a recipient says it has (protocol.md §10).
func (c *Core) receipt(now time.Time, m *wire.Receipt) {
	if c.phase != ready {
		return // it comes again, when the table has names for people
	}
	c.toServer(&wire.ReceiptAck{To: m.To, Marks: m.Marks})
	if l := c.outbox.lane(m.To, m.Marks.Epoch); l != nil && c.current(now, l, m.Marks) {
		c.have(now, l, m.Marks, true)
	}
}

// have settles what the recipient's marks cover.
func (c *Core) have(now time.Time, l *lane, m wire.Marks, receipt bool) {
	marks, contact, to := storeMarks(m), c.roster.contacts[l.to], c.roster.name(l.to)
	parts := l.covered(c.outbox.answered[:0], marks)
	c.settle(now, l, parts, func(x *text) {
		// protocol.md §10: it did not hear this client, but took the text from the server without having been away.
		if receipt && x.missed && contact != nil && contact.online && contact.turns == x.turns {
			c.tell(Exists{Line: x.line, To: to})
		}
		c.tell(Delivered{Line: x.line, To: to})
	})
	clear(parts)
	c.outbox.answered = parts
	c.closeHoles(now, l, marks, receipt)
}

// closeHoles: the recipient lacks seqs that this client no longer has. They were delivered to a state of it that is gone (an older
// copy was restored). Each is ended as void, so that no hole stays (protocol.md §5).
func (c *Core) closeHoles(now time.Time, l *lane, marks store.Marks, mail bool) {
	held := *l.last
	if len(l.parts) > 0 {
		held = l.parts[0].t.Seq - 1
	}
	if marks.Through < held {
		c.voidHole(now, l, marks, held, mail)
	}
}

// voidHole ends the first run of seqs up to last that are not marked: the next answer asks for more.
func (c *Core) voidHole(now time.Time, l *lane, marks store.Marks, last uint64, mail bool) {
	if now.Sub(l.voided) < c.cfg.AckTimeout || c.cfg.Broken == OpenHoles {
		return
	}
	l.voided = now
	if len(marks.Ranges) > 0 {
		last = min(last, marks.Ranges[0].Lo-1)
	}
	void := wire.Void(l.epoch, l.toEpoch, marks.Through+1, last)
	contact := c.roster.contacts[l.to]
	if !mail && contact != nil && contact.addr.IsValid() && c.trust(l.to) {
		c.send(pathTo(contact.addr), l.to, &wire.Direct{Try: 1, Text: void})
	} else if sealed, ok := c.cover(now, l, &part{lane: l, t: void}); ok {
		c.toServer(&wire.Deposit{To: l.to, Try: 1, Text: sealed})
	}
}
