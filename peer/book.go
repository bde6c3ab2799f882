package peer

import (
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
	ended   []unread  // mail that it can't open and that was closed with the card as it is
	unread  *unread   // such mail, to be closed when the card is here
	came    bool      // its row changed while it was looked up
	absent  bool      // the server has none: its owner was not there since cards came into use, or not since the server lost its disk
	forged  bool      // what it has is not the key's own: it is not asked again until the row changes
	urgent  bool      // someone waits for the look-up on its way
	trusted bool      // sessions were told
	warned  bool      // KeyChanged was told
}

// reachable tells whether there is a direct way: with the static key of its card, or back through the session that it made.
func (e *entry) reachable() bool { return e.known || e.met }

// stale tells whether the card is to be looked up before it is used for mail.
func (e *entry) stale(now time.Time) bool { return e.fresh.IsZero() || now.Sub(e.fresh) >= cardLife }

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
// it has here: else the server could rename it, and give its name away. It reports whether the name was first met with another key.
func (c *Core) meet(k *contact) (doubt bool) {
	if old, pinned := c.book.pinned[k.folded]; pinned {
		return old != k.key
	}
	if e := c.book.entries[k.key]; k.key != c.me && (e == nil || e.Name == "") {
		c.pin(k)
	}
	return false
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
