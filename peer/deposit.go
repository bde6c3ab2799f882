package peer

import (
	"net/netip"
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

func pathTo(addr netip.AddrPort) link.Path { return link.Path{Remote: addr} }

// depositPart hands a part to the server, under the identity that it has.
func (c *Core) depositPart(now time.Time, l *lane, p *part) {
	if l.to != wire.Channel && (p.long() || !c.equipped(now, l, true)) {
		c.outbox.deposits.Drop(p)
		l.queue(p) // it goes when the keys are there, or the recipient
		return
	}
	l.move(p, depositing)
	policy := c.background()
	if p.text.awaited {
		policy = c.urgent()
	}
	c.outbox.deposits.Track(now, p, policy)
	c.sendDeposit(now, p, 1)
}

// deposit is a Deposit that has its place among what is sent, and not yet its text.
type deposit struct {
	at   int // in Effects.Sends
	part *part
	try  uint8
	now  time.Time
}

// sendDeposit lets a part go to the server with what else goes in this turn: so parts that go together are sealed, or signed, together.
func (c *Core) sendDeposit(now time.Time, p *part, try uint8) {
	c.deposits = append(c.deposits, deposit{len(c.fx.Sends), p, try, now})
	c.toServer(nil)
}

// fillDeposits gives the deposits their texts, as they are now. What does not go any more, or is not on disk under another name yet, leaves
// no deposit.
func (c *Core) fillDeposits() {
	empty := 0
	for _, d := range c.deposits {
		if p, l := d.part, d.part.lane; p.state == depositing || p.state == kept {
			if t, ok := c.cover(d.now, l, p); ok {
				c.fx.Sends[d.at].Msg = &wire.Deposit{To: l.to, Try: d.try, Base: l.base(), Text: t}
				c.outbox.flight.Sent(l.id(p), d.try)
				continue
			}
		}
		empty++
	}
	clear(c.deposits)
	c.deposits = c.deposits[:0]
	if empty > 0 {
		c.fx.Sends = slices.DeleteFunc(c.fx.Sends, func(s Send) bool { return s.Msg == nil })
	}
}

// base is the first post of a lane that is not over: the server need not wait for what stood before it (protocol.md §11.1). Mail has none.
func (l *lane) base() uint64 {
	if l.to == wire.Channel {
		for _, p := range l.parts {
			if p.state != done {
				return p.t.Seq
			}
		}
	}
	return 0
}

// retryLong tries a part that can't go by the mailbox directly again, if it waits for that.
func (c *Core) retryLong(now time.Time, p *part) bool {
	l := p.lane
	if !p.held || !p.long() {
		return false
	}
	c.outbox.deposits.Drop(p)
	l.down = time.Time{}
	if !l.way.mailed() {
		l.byMail = false
	}
	c.pump(now, l.way)
	return true
}

// depositFailed: a text that the user waits for got no answer from the server.
func (c *Core) depositFailed(now time.Time, p *part) {
	if c.silent(now) && c.phase == ready {
		c.giveUp()
		return
	}
	c.depositPart(now, p.lane, p)
}

// deposited: the server answers a deposit.
func (c *Core) deposited(now time.Time, m *wire.Stored) {
	if !c.gave(m.Order) {
		return
	}
	l, p := c.outbox.part(m.To, m.Epoch, m.Seq)
	c.counts(now, m.Order)
	c.stored = max(c.stored, m.Order)
	for _, lost := range c.outbox.flight.Answered(partID{m.To, m.Epoch, m.Seq}, m.Try) {
		if _, p := c.outbox.part(lost.to, lost.epoch, lost.seq); p != nil {
			c.outbox.deposits.Hasten(now, p) // protocol.md §7.4
		}
	}
	if m.Verdict == wire.Unreadable {
		c.sealAnew(now, l, p, m)
		return
	}
	if l != nil && m.Verdict == wire.Skipped {
		c.skipped(now, l, m)
		return
	}
	if p == nil || c.nameless() || m.ToEpoch != l.toEpoch || p.state == saving || p.state == done {
		return
	}
	if p.state == kept && m.Verdict != wire.Accepted && m.Verdict != wire.Delivered && m.Verdict != wire.TooLong {
		if m.State == wire.Online {
			c.sendAgain(p, directTries+1) // a full mailbox must not stand between two who are there
		}
		return // still refused: its tries run on
	}
	if m.Verdict == wire.TooLong && p.t.Flags&wire.FlagVoid != 0 {
		return // so was another part of the text that was given up: its void is on its way
	}
	if m.Verdict == wire.Accepted && l.to == wire.Channel && len(p.text.parts) > 1 && c.stray(now, m.Order) {
		return // protocol.md §9.2: the present copy may have other parts of it and not this one, whose tries run on
	}
	c.outbox.deposits.Drop(p)
	switch m.Verdict {
	case wire.Accepted:
		c.storedPart(now, l, p, m)
	case wire.Delivered:
		c.settle(now, l, []*part{p}, func(x *text) { c.tell(Delivered{Line: x.line, To: c.roster.name(l.to)}) })
	case wire.TooLong:
		line := p.text.line
		c.void(l, p.text)
		c.tell(Failed{Line: line, To: c.roster.name(l.to), Why: m.Verdict})
	default:
		c.keep(now, l, p, m.Verdict)
	}
	c.pump(now, l.way)
	c.leaveWhenDecided(now)
}

// skipped: the server lacks posts before this one, which are on their way. It follows them.
func (c *Core) skipped(now time.Time, l *lane, m *wire.Stored) {
	if m.ToEpoch != l.toEpoch {
		return
	}
	if p := l.find(m.Seq); p != nil {
		p.skipped = true
		if p.state == depositing && l.count[kept] > 0 && l.refused == wire.FullDisk {
			c.outbox.deposits.Drop(p)
			c.keep(now, l, p, wire.FullDisk) // it waits with the one before it
			c.leaveWhenDecided(now)
			return
		}
	}
	c.hastenLane(now, l, directTries)
}

// storedPart: the server has it on disk. A post ends with that; mail is held here on until it is delivered.
func (c *Core) storedPart(now time.Time, l *lane, p *part, m *wire.Stored) {
	if l.to == wire.Channel {
		c.settle(now, l, []*part{p}, func(x *text) { c.tell(Stored{Line: x.line}) })
		c.follow(now, l)
		return
	}
	tried, onWay := p.text.missed, l.way.onWay()
	l.move(p, stored)
	p.stray = c.stray(now, m.Order)
	l.congestion.Acked(onWay-l.way.onWay(), onWay) // protocol.md §7.4: the server's answer is one
	c.outbox.direct.Drop(p)
	if x := p.text; !x.told && !slices.ContainsFunc(x.parts, func(q *part) bool { return q.state != stored && q.state != done }) {
		x.told = true
		c.tell(Stored{Line: x.line, To: c.roster.name(l.to), Again: !x.typed && m.Again})
	}
	// protocol.md §10: at most one further direct copy, to where the server says that the recipient is now.
	contact := c.roster.contacts[l.to]
	if tried && !p.extra && m.State == wire.Online && m.Addr.IsValid() && contact != nil && contact.addr != m.Addr && c.trust(l.to) {
		p.extra = true
		c.send(pathTo(m.Addr), l.to, &wire.Direct{Try: directTries + 1, Text: p.t})
	}
}

// keep: the server does not take it for now. It stays in the outbox and is tried again, ever more rarely.
func (c *Core) keep(now time.Time, l *lane, p *part, why wire.Verdict) {
	l.move(p, kept)
	l.refused = why
	if x := p.text; !x.kept {
		x.kept = true
		c.tell(Kept{Line: x.line, To: c.roster.name(l.to), Why: why})
	}
	p.text.awaited = false
	policy := wire.Policy{First: time.Second, Factor: 2, Cap: backoffCap, Jitter: 0.25}
	if why == wire.FullDisk {
		policy.Cap = fullCap
	}
	c.outbox.deposits.Track(now, p, policy)
}

// void gives a text up: its seqs travel on, empty, so that no hole stays (protocol.md §5).
func (c *Core) void(l *lane, x *text) {
	l.drop(func(p *part) bool { return p.text == x && p.state == done })
	if c.cfg.Broken == OpenHoles {
		for _, p := range x.parts {
			c.outbox.untrack(p)
		}
		l.drop(func(p *part) bool { return p.text == x })
		c.commit(c.rewrite(l), func(time.Time) {})
		return
	}
	c.blank(l, x)
	change := c.rewrite(l)
	if x.line != 0 {
		change.Ends = []store.Ended{{Line: x.line, End: store.EndGivenUp}}
	}
	var parts []*part // with those whose own commit is awaited: they are in this change too
	for _, p := range l.parts {
		if p.state == saving {
			parts = append(parts, p)
		}
	}
	c.commitParts(change, parts)
}

// blank makes voids of what is left of a text.
func (c *Core) blank(l *lane, x *text) {
	end := &text{to: l.to, told: true, kept: true}
	for _, p := range x.parts {
		if p.state == done {
			continue
		}
		c.outbox.deposits.Drop(p)
		p.t = wire.Void(p.t.Epoch, p.t.ToEpoch, p.t.Seq, p.t.Seq)
		p.text = end
		l.move(p, saving)
		end.parts = append(end.parts, p)
	}
	if len(end.parts) > 0 { // what follows a post has another past now
		i, _ := l.place(end.parts[0].t.Seq)
		l.uncover(i)
	}
}

// rewrite is the change that replaces a lane's items by those of today.
func (c *Core) rewrite(l *lane) store.Renumber {
	record := l.record()
	return store.Renumber{Old: []store.Lane{record}, New: record, Items: l.items()}
}

// items are the lane's parts as they are stored.
func (l *lane) items() (all []store.Outgoing) {
	for _, p := range l.parts {
		all = append(all, store.Outgoing{To: store.Key(l.to), Text: store.Text(p.t), Line: p.text.line})
	}
	return all
}

func storeMarks(m wire.Marks) store.Marks {
	ranges := make([]store.Range, len(m.Ranges))
	for i, r := range m.Ranges {
		ranges[i] = store.Range(r)
	}
	return store.Marks{Epoch: m.Epoch, ToEpoch: m.ToEpoch, Through: m.Through, Ranges: ranges}
}
