package server

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/name"
)

// register brings a client online (protocol.md §8). The answer goes out when the row is on disk and it is known whether anything
// waits. A retry of the request that made the present session gets the same answer again.
func (c *Core) register(now time.Time, p link.Path, from wire.Key, m *wire.Register) {
	cl := c.clients.Get(from)
	if cl != nil && cl.joining == m.Request {
		c.tellTime(now, p, from, 0)
		return
	}
	if cl != nil && cl.session != nil && cl.session.request == m.Request {
		c.heard(now, cl, p)
		if cl.session.answered {
			c.registered(cl)
			c.tellGone(cl)
		} else {
			c.tellTime(now, p, from, 0)
		}
		return
	}
	if c.crowdedOut(cl) {
		c.tellTime(now, p, from, 0) // it comes again
		return
	}
	if o := c.allowed(from, m.Name); o != wire.OK {
		c.cfg.Log.Info("registration refused", "client", from, "name", m.Name, "addr", p.Remote, "why", o)
		c.refuse(p, from, m.Request, o)
		return
	}
	c.recall(now, m.Store, m.Revision, max(m.Order, m.Seen))
	if cl == nil {
		cl = newClient(from)
		c.clients.Put(cl)
	}
	c.admit(now, p, cl, m)
}

// admit has the row that a registration asks for made durable, if it is another one, and begins the session then.
func (c *Core) admit(now time.Time, p link.Path, cl *client, m *wire.Register) {
	seen := c.seen(m)
	settled := cl.row == cl.published && cl.card == identify(string(m.Card))
	row := c.ask(now, cl, p, m)
	if m.Mode != wire.Present && settled && c.same(now, cl, row) {
		cl.row, cl.shown = cl.published, nil
		c.trust(cl.key(), string(m.Card))
		c.joinAsItIs(now, cl, p, m, seen)
		return
	}
	free := c.cfg.Wall(now).Add(-c.cfg.NameTTL).UnixMicro()
	c.commitFor(cl, store.PutClient{Client: row, Rewind: seen, FreeBefore: free}, func(now time.Time, r store.Result) {
		if r.Verdict != store.Accepted {
			c.unasked(cl, p, m, outcome(r.Verdict))
			return
		}
		c.freed(r.Freed, m.Name)
		c.names.claim(m.Name, cl)
		if cl.published.Revision == 0 {
			cl.submit(&row)
		}
		c.publish(now, cl, row, r.Revision)
		c.cfg.Log.Info("registered", "client", cl.key(), "name", m.Name, "addr", p.Remote)
		c.settleCard(now, cl, row.Card, m.Request, func(now time.Time) {
			if m.Mode == wire.Sender {
				c.join(now, cl, p, m)
				return
			}
			c.catchUp(now, seen, r.Cursor, cl, func(now time.Time) {
				if c.join(now, cl, p, m) {
					cl.session.gone = r.Gone
				}
			})
		})
	})
}

// settleCard has the server dial a client by the card that is kept. A client that came with an older one will be shown that.
func (c *Core) settleCard(now time.Time, cl *client, card string, request uint32, then func(now time.Time)) {
	if card != "" {
		cl.shown = nil
		c.trust(cl.key(), card)
		then(now)
		return
	}
	c.readCard(cl, cl.key(), func(now time.Time, kept string) {
		if cl.joining == request {
			cl.shown = &kept
			c.trust(cl.key(), kept)
			then(now)
		}
	})
}

// ask makes the row that a registration asks for. It is the client's from now on if the name is.
func (c *Core) ask(now time.Time, cl *client, p link.Path, m *wire.Register) store.Client {
	cl.joining = m.Request
	row := *cl.row
	row.Key, row.Name, row.Epoch = store.Key(cl.key()), m.Name, m.Epoch
	if row.State = shown(m.Mode); m.Mode == wire.Present {
		row.Addr, row.Local = p.Remote, p.Local
	}
	row.Registered, row.LastSeen = c.cfg.Wall(now).UnixMicro(), c.cfg.Wall(now).UnixMicro()
	if row.Card = string(m.Card); wire.CardPrekey(m.Card) < cl.card.prekey {
		row.Card = "" // protocol.md §5.5: the client forgot what it told before
	}
	if cl.published.Revision == 0 {
		c.names.claim(m.Name, cl)
	}
	if cl.row.Name == m.Name { // else it is refused
		c.end(cl)
		cl.submit(&row)
	}
	return row
}

// unasked takes back what ask did for a registration that the store refused.
func (c *Core) unasked(cl *client, p link.Path, m *wire.Register, why wire.Outcome) {
	cl.joined(m.Request)
	if name.Same(cl.published.Name) != name.Same(m.Name) {
		c.names.unclaim(m.Name, cl)
	}
	c.forget(cl)
	logged := c.cfg.Log.Info
	if why == wire.Unavailable { // a full disk: it was logged when it began, and who is refused asks again every second
		logged = c.cfg.Log.Debug
	}
	logged("registration refused", "client", cl.key(), "name", m.Name, "addr", p.Remote, "why", why)
	c.refuse(p, cl.key(), m.Request, why)
}

// catchUp moves the client's channel cursor to where the client says it is: a server that was killed may have lost the last
// second of it. A new client has nothing to catch up with.
func (c *Core) catchUp(now time.Time, seen *uint64, cursor uint64, cl *client, then func(now time.Time)) {
	if seen == nil || *seen <= cursor {
		then(now)
		return
	}
	c.commitFor(cl, store.Advance{Member: cl.row.Key, Order: *seen}, func(now time.Time, _ store.Result) { then(now) })
}

// joined notes that a registration, or a revival, is over, unless a newer one is on its way.
func (cl *client) joined(request uint32) bool {
	if cl.joining != request {
		return false
	}
	cl.joining = 0
	return true
}

// join begins the session that a registration asked for, if it is the last one and the client did not leave meanwhile.
func (c *Core) join(now time.Time, cl *client, p link.Path, m *wire.Register) bool {
	if !cl.joined(m.Request) || cl.row.State != shown(m.Mode) {
		return false
	}
	c.begin(now, cl, p, m.Request, m.Mode)
	if m.Mode == wire.Sender {
		return true
	}
	cl.session.told, cl.session.foreign = 0, m.Store != c.head.ID && m.Store != 0
	if m.Store == c.head.ID && m.Revision <= c.head.Revision {
		cl.session.told = m.Revision
	}
	cl.session.had = cl.session.told
	return true
}

// recall compares what a client knows of this store with what the store knows of itself. A client that knows numbers which this store
// has not given out met a newer copy of it: everything said of this one is void, so it gets a new id (protocol.md §9.2). Under an id that this run drew
// nobody else gave out anything: who says otherwise would have all register again, and deposit what waits, as often as he likes.
func (c *Core) recall(now time.Time, id, revision, order uint64) (renewed bool) {
	if id != c.head.ID || c.renewed || c.cfg.Broken == KeptStore || c.past.Gave(c.head, order, revision) {
		return false
	}
	c.renewed = true
	c.cfg.Log.Error("a client knows more than this database: it is an older copy and gets a new id", "revision", revision, "order", order)
	c.past = c.past.Renew(c.head)
	c.head.ID = c.rand.Uint64() | 1
	for _, cl := range c.online {
		cl.session.told, cl.session.had = 0, 0
	}
	c.table.changed(now)
	c.commit(store.Renew{ID: c.head.ID}, func(time.Time, store.Result) {})
	return true
}

// seen is through which order a client has the channel, when it speaks of this store, whatever ID that had then. nil: it has met a newer copy,
// or another store. What it is sent again then it knows by the chains of the authors.
func (c *Core) seen(m *wire.Register) *uint64 {
	if c.past.Had(c.head, m.Store) && c.past.Gave(c.head, m.Seen, 0) {
		seen := m.Seen
		return &seen
	}
	return nil
}

// registered answers the registration that began the session.
func (c *Core) registered(cl *client) {
	s := cl.session
	s.answered, s.awaits = true, c.head.Revision
	if cl.shown != nil {
		// It is shown what is kept, before anything that was meant for that is pushed, and comes with a newer one.
		c.send(cl.path(), cl.key(), &wire.Found{Key: cl.key(), Card: []byte(*cl.shown)})
	}
	c.send(cl.path(), cl.key(), &wire.Registered{
		Request:    s.request,
		Outcome:    wire.OK,
		Store:      c.head.ID,
		Revision:   c.head.Revision,
		Waiting:    s.waiting,
		MaxMessage: uint32(c.cfg.MaxMessage),
		Lease:      uint16(c.cfg.Lease / time.Second),
		Order:      c.head.Order,
	})
	c.tellSize(cl)
}

func (c *Core) refuse(p link.Path, to wire.Key, request uint32, o wire.Outcome) {
	c.send(p, to, &wire.Registered{Request: request, Outcome: o, Store: c.head.ID, MaxMessage: uint32(c.cfg.MaxMessage)})
}

func outcome(v store.Verdict) wire.Outcome {
	switch v {
	case store.Accepted:
		return wire.OK
	case store.NameTaken:
		return wire.NameTaken
	case store.KeyTaken:
		return wire.KeyTaken
	}
	return wire.Unavailable
}

// deregister takes a client offline at its own wish: it gets nothing until it registers again.
func (c *Core) deregister(now time.Time, p link.Path, cl *client, m *wire.Deregister) {
	if cl.row.Name != m.Name {
		c.send(p, cl.key(), &wire.Deregistered{Request: m.Request, Outcome: wire.NotYours})
		return
	}
	c.end(cl)
	if cl.row.State == store.Left { // it was there without presence
		cl.joining = 0
		c.send(p, cl.key(), &wire.Deregistered{Request: m.Request, Outcome: wire.OK})
		return
	}
	c.setState(now, cl, store.Left, func() {
		c.cfg.Log.Info("deregistered", "client", cl.key(), "name", cl.row.Name)
		c.send(p, cl.key(), &wire.Deregistered{Request: m.Request, Outcome: wire.OK})
	})
}
