package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/name"
)

// cardLife is how long a card that was looked up is used for mail: after that its prekey may have a successor.
const cardLife = 24 * time.Hour

// book is what this client knows of others' keys: whom a name means here, and how to make sessions with them and seal mail to
// them (protocol.md §14). A name is pinned to the first key that it was met with.
type book struct {
	entries map[wire.Key]*entry
	pinned  map[string]wire.Key // by folded name
	lookups wire.Tracker[wire.Key]
}

type entry struct {
	store.Contact
	card    Card
	known   bool      // card is the key's own
	met     bool      // it made a session, which can carry answers
	fresh   time.Time // when it was looked up in this run; zero: not yet
	ended   time.Time // when mail that it can't open was last closed
	came    bool      // its row changed while it was looked up
	absent  bool      // the server has none: its owner was not there since cards came into use
	urgent  bool      // someone waits for the look-up on its way
	trusted bool      // sessions were told
	warned  bool      // KeyChanged was told
}

// reachable tells whether there is a direct way: with the static key of its card, or back through the session that it made.
func (e *entry) reachable() bool { return e.known || e.met }

func (b *book) entry(k wire.Key) *entry {
	e := b.entries[k]
	if e == nil {
		e = &entry{Contact: store.Contact{Key: store.Key(k)}}
		b.entries[k] = e
	}
	return e
}

func (c *Core) loadBook(contacts []store.Contact) {
	c.book.entries, c.book.pinned = map[wire.Key]*entry{}, map[string]wire.Key{}
	for _, contact := range contacts {
		k := wire.Key(contact.Key)
		e := c.book.entry(k)
		e.Contact = contact
		if contact.Name != "" {
			c.book.pinned[name.Same(contact.Name)] = k
		}
		if contact.Card != "" { // it was verified before it was stored
			card, err := c.keys.Check(k, []byte(contact.Card))
			e.card, e.known = card, err == nil
		}
	}
}

// other is the key that a contact's name was first met with, when that is not the contact's.
func (b *book) other(k *contact) (old wire.Key, changed bool) {
	old, pinned := b.pinned[k.folded]
	return old, pinned && old != k.key
}

// meet pins a contact's name to its key, when either is met for the first time. A key that comes with another name keeps the one that
// it has here: else the server could rename it, and give its name away.
func (c *Core) meet(k *contact) {
	e := c.book.entries[k.key]
	if _, pinned := c.book.pinned[k.folded]; !pinned && k.key != c.me && (e == nil || e.Name == "") {
		c.pin(k)
	}
}

// pin ties a contact's name to its key, in the place of any other.
func (c *Core) pin(to *contact) {
	var change store.Meet
	f, k := to.folded, to.key
	if old, changed := c.book.other(to); changed {
		e := c.book.entry(old)
		e.Name, e.Verified = "", false
		change.Contacts = append(change.Contacts, e.Contact)
	}
	e := c.book.entry(k)
	if before := name.Same(e.Name); e.Name != "" && before != f && c.book.pinned[before] == k {
		delete(c.book.pinned, before)
	}
	c.book.pinned[f], e.Name = k, to.name
	change.Contacts = append(change.Contacts, e.Contact)
	c.commit(change, func(time.Time) {})
}

// equipped tells whether what waits in a lane can be sent: by mail with the recipient's prekey of today, directly with its static
// key. If it can't, the server is asked.
func (c *Core) equipped(now time.Time, l *lane, mail bool) bool {
	if l.to == wire.Channel {
		return true
	}
	e := c.book.entry(l.to)
	fresh := !e.fresh.IsZero() && now.Sub(e.fresh) < cardLife
	switch {
	case e.absent:
		c.holdBack(l, func(*part) bool { return true })
		return false
	case !e.known || !fresh:
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
	if asking && e.urgent {
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
			slices.ContainsFunc(l.parts, func(p *part) bool { return p.state == queued && !p.held && p.text.typed })
	})
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

// appeared: the server told of a client's row. Whoever registers has a card by now: answers that say otherwise are from before.
func (b *book) appeared(k wire.Key, online bool) (changed bool) {
	e := b.entries[k]
	if e != nil {
		e.came = online && b.lookups.Has(k)
	}
	if e == nil || !e.absent {
		return false
	}
	e.absent = false
	return true
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
		e.absent = !e.known
		c.tell(Distrust{From: c.roster.name(m.Key), Why: ForgedKey})
	case !e.known || card.Prekey.ID > e.card.Prekey.ID:
		if w != nil && e.known {
			w.forgetStored() // what is sealed to the old one may be refused; the same identity again costs nothing
		}
		e.card, e.known, e.absent, e.Card = card, true, false, string(m.Card)
		c.commit(store.Meet{Contacts: []store.Contact{e.Contact}}, func(time.Time) {})
	}
	c.book.lookups.Drop(m.Key)
	e.fresh, e.came = now, false
	c.requests.Hasten(now, reaching) // it may have waited for that
	if w != nil {
		c.pump(now, w)
		c.leaveWhenDecided(now)
	}
}

// trust makes sessions with someone possible; false when the key is not known.
func (c *Core) trust(k wire.Key) bool {
	e := c.book.entry(k)
	if !e.known {
		return e.met
	}
	if !e.trusted {
		e.trusted = true
		c.fx.Trusts = append(c.fx.Trusts, Trust{k, e.card.Static})
	}
	return true
}

// Verify tells the keys of a name, to be compared.
func (c *Core) Verify(now time.Time, n string) {
	c.do(now, func(now time.Time) {
		c.knowing(now, n, func(_ time.Time, of *contact) {
			if of == nil {
				c.tell(UnknownPeer{Name: n})
				return
			}
			told := Identity{Name: n, Key: of.key}
			if old, changed := c.book.other(of); changed {
				told.Old = old
			} else if e := c.book.entries[of.key]; e != nil {
				told.Verified = e.Verified
			}
			c.tell(told)
		})
	})
}

// Trust accepts the key that a name has now.
func (c *Core) Trust(now time.Time, n string) {
	c.do(now, func(now time.Time) {
		c.knowing(now, n, func(_ time.Time, of *contact) {
			if of == nil {
				c.tell(UnknownPeer{Name: n})
				return
			}
			c.book.entry(of.key).Verified = true
			c.pin(of)
			c.tell(Trusted{Name: n, Key: of.key})
		})
	})
}
