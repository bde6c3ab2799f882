package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// equipped tells whether what waits in a lane can be sent: by mail with the recipient's prekey of today, directly with its static
// key. If it can't, the server is asked.
func (c *Core) equipped(now time.Time, l *lane, mail bool) bool {
	if l.to == wire.Channel {
		return true
	}
	e := c.book.entry(l.to)
	switch {
	case e.absent:
		c.holdBack(l, func(*part) bool { return true })
		if c.cfg.Broken != AskedOnce {
			c.lookup(now, l.to)
		}
		return false
	case !e.known || e.stale(now):
		c.lookup(now, l.to)
		return e.reachable() && !mail
	}
	return true
}

// holdBack leaves parts for their recipient's return, and tells of their texts.
func (c *Core) holdBack(l *lane, which func(p *part) bool) {
	for _, p := range l.parts {
		if p.state != queued || p.held || !which(p) {
			continue
		}
		l.hold(p, true)
		if x := p.text; !x.kept && p.t.Flags&wire.FlagVoid == 0 {
			x.kept = true
			c.tell(Kept{Line: x.line, To: c.roster.name(l.to), NoKeys: true})
		}
	}
}

// lookup asks the server for the card of a recipient, more urgently when what the user waits for can't go without it.
func (c *Core) lookup(now time.Time, to wire.Key) {
	e, asking := c.book.entry(to), c.book.lookups.Has(to)
	if asking && e.urgent || e.forged {
		return
	}
	e.urgent = c.cardAwaited(now, to)
	if asking && !e.urgent {
		return
	}
	policy := c.background()
	if e.urgent {
		policy = c.urgent()
	}
	c.book.lookups.Drop(to)
	c.book.lookups.Track(now, to, policy)
	c.toServer(&wire.Lookup{Key: to})
}

// cardAwaited tells whether something that the user waits for can't go without the recipient's card.
func (c *Core) cardAwaited(now time.Time, to wire.Key) bool {
	w := c.outbox.ways[to]
	return w != nil && slices.ContainsFunc(w.lanes, func(l *lane) bool {
		return (!c.book.entry(to).reachable() || c.mailOnly(now, l)) &&
			slices.ContainsFunc(l.parts, func(p *part) bool { return p.state == queued && !p.held && p.text.awaited })
	})
}

// askAnew has the server tell of everyone for whom something waits here: in a crowd it tells a new session of nobody by itself
// (protocol.md §8.12).
func (c *Core) askAnew(now time.Time) {
	if c.cfg.Broken == AskedOnce {
		return
	}
	for _, l := range c.outbox.order {
		if l.lanes[0] == l && l.to != wire.Channel && l.to != c.me && l.waits() {
			c.book.lookups.Hasten(now, l.to)
			c.lookup(now, l.to)
		}
	}
}

// wanting tells whether the server's word of someone is awaited although it has answered: it has no card for what waits here, or the row
// has not come, which in a crowd comes with the answer (protocol.md §8.12).
func (c *Core) wanting(k wire.Key) bool {
	e, w := c.book.entry(k), c.outbox.ways[k]
	waits := w != nil && w.waits()
	if c.roster.contacts[k] == nil {
		return !e.forged && (waits || c.inbox.screen.awaits(k))
	}
	return waits && e.absent && !e.forged && c.cfg.Broken != AskedOnce
}

// askOn asks for a card again, unless it is there and the row that was awaited too.
func (c *Core) askOn(now time.Time, k wire.Key) {
	switch e := c.book.entry(k); {
	case c.phase != ready:
	case !e.known || e.stale(now) || c.wanting(k):
		c.toServer(&wire.Lookup{Key: k})
	default:
		c.book.lookups.Drop(k)
	}
}

// lookupFailed: it was asked as often as someone waits for.
func (c *Core) lookupFailed(now time.Time, k wire.Key) {
	if c.phase != ready {
		return
	}
	if c.silent(now) && c.book.entry(k).urgent {
		c.giveUp()
		return
	}
	c.book.entry(k).urgent = false
	if c.outbox.ways[k] != nil {
		c.lookup(now, k)
	}
}

// appeared: the server told of news in a client's row. Whoever registers has a card by now: answers that say otherwise are from before.
func (b *book) appeared(now time.Time, k wire.Key, online bool) (changed bool) {
	e := b.entries[k]
	if e == nil {
		return false
	}
	e.came = online && b.lookups.Has(k)
	changed = e.absent
	e.absent, e.forged = false, false
	if changed {
		b.lookups.Hasten(now, k)
	}
	return changed
}

// found takes a card. What its key did not sign is not one; neither is an older one in the place of the one that is known, since
// its prekey may have been stolen by now (protocol.md §14.2).
func (c *Core) found(now time.Time, m *wire.Found) {
	if m.Key == c.me && wire.CardPrekey(m.Card) > c.prekeys.newest() {
		c.foundOwn(now, m)
		return
	}
	if !c.book.lookups.Has(m.Key) {
		return
	}
	e, w := c.book.entry(m.Key), c.outbox.ways[m.Key]
	card, err := c.keys.Check(m.Key, m.Card)
	switch {
	case len(m.Card) == 0 && e.came:
		return // the look-up goes on
	case len(m.Card) == 0:
		e.absent = !e.known
	case err != nil:
		e.absent, e.forged = !e.known, !e.known
		c.tell(Distrust{From: c.roster.name(m.Key), Why: ForgedKey})
	case !e.known || card.Prekey.ID > e.card.Prekey.ID:
		if w != nil && e.known {
			w.forgetStored() // what is sealed to the old one may be refused; the same identity again costs nothing
		}
		e.card, e.known, e.absent, e.Card = card, true, false, string(m.Card)
		c.commit(store.Meet{Contacts: []store.Contact{e.Contact}}, func(time.Time) {})
	}
	e.fresh, e.came, e.ended = now, false, nil
	switch {
	case !c.wanting(m.Key):
		c.book.lookups.Drop(m.Key)
	case e.urgent:
		e.urgent = false
		c.book.lookups.Track(now, m.Key, c.background())
	}
	if e.unread != nil {
		c.closeUnreadable(now, m.Key, *e.unread)
		e.unread = nil
	}
	c.requests.Hasten(now, reaching) // it may have waited for that
	if w != nil {
		c.pump(now, w)
		c.leaveWhenDecided(now)
	}
}
