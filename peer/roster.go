package peer

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"time"

	"udpchat/wire"
	"udpchat/wire/name"
)

// roster is the client table as this client has it.
type roster struct {
	crowd    wire.Crowd // how many there are, when most of them are not here; zero: all are
	revision uint64
	before   uint64 // what the last page built on
	contacts map[wire.Key]*contact
	byName   map[string]*contact
	changed  map[wire.Key]bool // rows that a user would see changed, since they were last shown

	shown []Contact       // all rows as they were last shown, by name; whoever was shown them has them too
	stale map[string]bool // names under which they are no longer so
}

func newRoster() roster {
	return roster{contacts: map[wire.Key]*contact{}, byName: map[string]*contact{}, changed: map[wire.Key]bool{}, stale: map[string]bool{}}
}

type contact struct {
	key    wire.Key
	name   string
	epoch  uint64
	addr   netip.AddrPort
	online bool
	folded string // its name as names are compared
	turns  int    // how often it came or went: tells whether it stayed
}

func (r *roster) named(name string) *contact { return r.byName[name] }

// tablePage takes one page of changes and says how far the table has come (protocol.md §8).
func (c *Core) tablePage(now time.Time, m *wire.Table) {
	if c.phase != ready && c.phase != loading {
		return
	}
	since, ok := c.roster.follows(c.store, m.Base)
	if !ok {
		if c.strayed.allows(now) {
			c.ping() // it says what is here, and the answer which store the server has
		}
		return
	}
	c.strayed.ease()
	c.roster.before = since
	if until := since + m.Span; until > c.roster.revision {
		for _, row := range m.Rows {
			c.roster.apply(now, c, row, true)
		}
		c.roster.revision = until
	}
	c.toServer(&wire.TableAck{Store: c.store, Revision: c.roster.revision})
	if m.More {
		return
	}
	if c.phase == loading {
		c.loaded(now)
		return
	}
	if len(c.roster.changed) > 0 {
		c.tell(c.roster.table(c.cfg.Server.Remote, false))
	}
	c.inbox.release(now, c) // who was unknown may be known now
}

// follows is the revision of the store's table that a page builds on, if it is one that was here: this one, the one that the last page built
// on, since what said that it came may have been lost, or none.
func (r *roster) follows(store uint64, base uint32) (since uint64, ok bool) {
	for _, since := range []uint64{r.revision, r.before, 0} {
		if wire.TableBase(store, since) == base {
			return since, true
		}
	}
	return 0, false
}

// apply takes a row: news from the table, or what is known, in an answer.
func (r *roster) apply(now time.Time, c *Core, row wire.Row, news bool) {
	old := r.contacts[row.Key]
	next := &contact{key: row.Key, name: row.Name, epoch: row.Epoch, addr: row.Addr, online: row.State == wire.Online}
	if old != nil && old.name == row.Name {
		next.folded = old.folded
	} else {
		next.folded = name.Same(row.Name)
	}
	if old != nil {
		next.turns = old.turns
		if old.name != next.name && r.byName[old.name] == old {
			delete(r.byName, old.name)
			r.stale[old.name] = true
		}
		if old.online != next.online {
			next.turns++
		}
	}
	if before := r.byName[row.Name]; before != nil && before.key != row.Key {
		delete(r.contacts, before.key) // the name was free again
		delete(r.changed, before.key)
	}
	r.contacts[row.Key], r.byName[row.Name], r.stale[row.Name] = next, next, true
	c.inbox.screen.named = c.inbox.screen.named || old == nil
	c.doubt(next)
	if old == nil || old.name != next.name || old.addr != next.addr || old.online != next.online {
		r.changed[row.Key] = true
	}
	if news && c.book.appeared(now, row.Key, next.online) || old == nil || *old != *next {
		c.contactChanged(now, old, next)
	}
}

// doubt tells, once, that a name has another key than the one that it was first met with.
func (c *Core) doubt(k *contact) {
	old, changed := c.book.other(k)
	if !changed {
		return
	}
	if e := c.book.entry(k.key); !e.warned {
		e.warned = true
		c.tell(KeyChanged{Name: k.name, Old: old, New: k.key})
	}
}

// forget takes everyone for offline until the server's store, which is another one now, says otherwise.
func (r *roster) forget() {
	r.revision, r.before = 0, 0
	for _, k := range r.contacts {
		r.away(k)
	}
}

// away takes someone for offline without a word of the server's.
func (r *roster) away(k *contact) {
	k.online = false
	r.stale[k.name] = true
}

// name is what a key is called, for people.
func (r *roster) name(k wire.Key) string {
	if k == wire.Channel {
		return ""
	}
	if contact := r.contacts[k]; contact != nil {
		return contact.name
	}
	return "key:" + k.String()
}

// table lists the rows by name and forgets what changed.
func (r *roster) table(server netip.AddrPort, whole bool) Table {
	r.refresh()
	t := Table{Server: server, All: r.shown, Clients: int(r.crowd.Clients), Present: int(r.crowd.Present)}
	if whole {
		t.Changed = slices.Clone(r.shown)
	} else {
		for k := range r.changed {
			t.Changed = append(t.Changed, r.contacts[k].row())
		}
		slices.SortFunc(t.Changed, func(a, b Contact) int { return cmp.Compare(a.Name, b.Name) })
	}
	clear(r.changed)
	return t
}

func (k *contact) row() Contact {
	return Contact{Key: k.key, Name: k.name, Addr: k.addr, Online: k.online}
}

// refresh makes a new list of all rows out of the last one and what changed: to sort them all for each change would cost each of many
// clients the more, the more there are.
func (r *roster) refresh() {
	if len(r.stale) == 0 {
		return
	}
	rows, rest := make([]Contact, 0, len(r.byName)), r.shown
	for _, name := range slices.Sorted(maps.Keys(r.stale)) {
		at, found := slices.BinarySearchFunc(rest, name, func(row Contact, name string) int { return cmp.Compare(row.Name, name) })
		rows, rest = append(rows, rest[:at]...), rest[at:]
		if found {
			rest = rest[1:]
		}
		if k := r.byName[name]; k != nil {
			rows = append(rows, k.row())
		}
	}
	r.shown = append(rows, rest...)
	clear(r.stale)
}

// nameless tells whether the first table, which has names for people, is still to come.
func (c *Core) nameless() bool { return c.roster.revision == 0 && c.cfg.Mode != wire.Sender }
