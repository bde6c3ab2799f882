package peer

import (
	"net/netip"
	"sort"
	"time"

	"udpchat/wire"
	"udpchat/wire/name"
)

// roster is the client table as this client has it.
type roster struct {
	revision uint64
	contacts map[wire.Key]*contact
	byName   map[string]*contact
	changed  map[wire.Key]bool // rows that a user would see changed, since they were last shown
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
	if m.Store != c.store {
		c.registerAgain(now)
		return
	}
	if m.Since > c.roster.revision {
		c.ping() // it says which revision is here
		return
	}
	if m.Until > c.roster.revision {
		for _, row := range m.Rows {
			c.roster.apply(now, c, row)
		}
		c.roster.revision = m.Until
	}
	c.toServer(&wire.TableAck{Store: c.store, Revision: c.roster.revision})
	if m.Until < m.Head {
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

func (r *roster) apply(now time.Time, c *Core, row wire.Row) {
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
		}
		if old.online != next.online {
			next.turns++
		}
	}
	if before := r.byName[row.Name]; before != nil && before.key != row.Key {
		delete(r.contacts, before.key) // the name was free again
		delete(r.changed, before.key)
	}
	r.contacts[row.Key], r.byName[row.Name] = next, next
	c.doubt(next)
	if old == nil || old.name != next.name || old.addr != next.addr || old.online != next.online {
		r.changed[row.Key] = true
	}
	if c.book.appeared(row.Key, next.online) || old == nil || *old != *next {
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
	r.revision = 0
	for _, k := range r.contacts {
		k.online = false
	}
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
	t := Table{Server: server}
	for _, k := range r.contacts {
		row := Contact{Key: k.key, Name: k.name, Addr: k.addr, Online: k.online}
		t.All = append(t.All, row)
		if whole || r.changed[k.key] {
			t.Changed = append(t.Changed, row)
		}
	}
	byName := func(rows []Contact) {
		sort.Slice(rows, func(i, j int) bool { return rows[i].Name < rows[j].Name })
	}
	byName(t.All)
	byName(t.Changed)
	clear(r.changed)
	return t
}

// nameless tells whether the first table, which has names for people, is still to come.
func (c *Core) nameless() bool { return c.roster.revision == 0 && c.cfg.Mode != wire.Sender }
