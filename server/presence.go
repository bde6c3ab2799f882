package server

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// begin gives a client a session: a lease, and a place in the table's updates. One who did not ask for it by a registration is served
// when it has said what it knows of this store.
func (c *Core) begin(now time.Time, cl *client, p link.Path, request uint32, mode wire.Mode) {
	c.end(cl) // if there is one
	// told: until the client says which revision it has, it is not bothered with the table.
	cl.session = &session{stream: stream{flow: &c.still}, index: int32(len(c.online)), heard: c.at(now), request: request, since: c.head.Order, told: c.head.Revision, had: c.head.Revision,
		awaits: c.head.Revision, mode: mode}
	cl.locate(p)
	c.leases.grant(cl, c.at(now)+c.cfg.Lease)
	if mode == wire.Present {
		c.present++
	}
	if mode != wire.Sender {
		c.online = append(c.online, cl)
	}
	if request != 0 {
		c.serve(now, cl)
	}
}

// serve gives a client whose word of this store is true what waits for it.
func (c *Core) serve(now time.Time, cl *client) {
	cl.session.sure = true
	c.missing.answered(cl.session)
	if cl.session.mode == wire.Sender {
		c.registered(cl)
		c.recallReceipts(cl)
		return
	}
	request := cl.session.request
	c.fill(cl, func(found int) {
		if request != 0 {
			cl.session.waiting = found > 0
			c.registered(cl)
		}
		c.update(now, cl) // at once: its own coming made a sweep due, and began the pause after that
	})
	c.recallReceipts(cl)
}

// end drops a client's session and all that was on its way to it.
func (c *Core) end(cl *client) {
	c.probes.Drop(cl.key())
	s := cl.session
	if s == nil {
		return
	}
	c.missing.forget(s)
	if s.mode == wire.Present {
		c.present--
	}
	if s.mode != wire.Sender {
		last := c.online[len(c.online)-1]
		c.online[s.index], last.session.index = last, s.index
		c.online = c.online[:len(c.online)-1]
	}
	if s.cursor > s.stored {
		c.commit(store.Advance{Member: cl.row.Key, Order: s.cursor}, func(time.Time, store.Result) {})
	}
	c.leases.drop(cl)
	c.pages.Drop(cl.key())
	for _, it := range s.stream.window {
		c.pushes.Drop(pushID{cl.key(), it.lead})
	}
	for id := range s.stream.owed {
		c.receipts.Drop(id)
	}
	for id := range s.stream.unread {
		c.unread.Drop(id)
	}
	s.stream.over.Store(true)
	cl.session = nil
}

// heard notes a sign of life and where it came from. A client that counted as offline is taken back: its
// session begins when that is on disk, and false says that there is none yet.
func (c *Core) heard(now time.Time, cl *client, p link.Path) bool {
	if cl.session == nil {
		c.revive(now, cl, p)
		return false
	}
	s := cl.session
	s.heard = c.at(now)
	last := cl.path()
	if last == p {
		return true
	}
	// protocol.md §8: the server answers where a client was last heard from, and tells the others.
	moved := last.Remote != p.Remote && s.mode == wire.Present
	if moved {
		cl.moveTo(p)
	}
	cl.locate(p)
	if moved {
		c.moved(now, cl)
	}
	return true
}

// moved has it written where a client is: one row at a time, so that who moves on and on gives the disk no more than it can do.
func (c *Core) moved(now time.Time, cl *client) {
	s := cl.session
	if s.moving {
		return
	}
	s.moving = true
	c.setState(now, cl, store.Online, func() {
		if s.moving = false; cl.session == s && cl.published.Addr != cl.row.Addr {
			c.moved(c.epoch.Add(s.heard), cl)
		}
	})
}

func (c *Core) revive(now time.Time, cl *client, p link.Path) {
	if cl.joining != 0 {
		return
	}
	cl.joining = reviving
	cl.moveTo(p)
	c.setState(now, cl, store.Online, func() {
		if !cl.joined(reviving) || cl.row.State != store.Online {
			return
		}
		c.readCard(cl, cl.key(), func(_ time.Time, card string) { c.trust(cl.key(), card) })
		c.begin(now, cl, p, 0, wire.Present)
		c.probe(now, cl) // its answer says which table it has
	})
}

// path is where a client is answered: where it was last heard from.
func (cl *client) path() link.Path {
	if cl.session != nil && cl.session.elsewhere != nil {
		return *cl.session.elsewhere
	}
	return link.Path{Remote: cl.row.Addr, Local: cl.row.Local}
}

// locate notes where the session has its client. As long as there is a session its row does not move by itself.
func (cl *client) locate(p link.Path) {
	if cl.session.elsewhere = nil; cl.path() != p {
		cl.session.elsewhere = &p
	}
}

// moveTo notes where a client is heard from.
func (cl *client) moveTo(p link.Path) {
	row := *cl.row
	row.Addr, row.Local = p.Remote, p.Local
	cl.row = &row
}

// reviving is in client.joining for a client that comes back without a registration. Requests of clients are odd.
const reviving = ^uint32(0) - 1

// probe pings a client until it says which table it has.
func (c *Core) probe(now time.Time, cl *client) {
	c.probes.Track(now, cl.key(), c.patience(cl.session))
	c.ping(cl)
}

// probeFailed: a client that was heard meanwhile, only not with its answer, is asked again.
func (c *Core) probeFailed(now time.Time, cl *client) {
	if cl.session != nil && !c.silent(now, cl) {
		c.probe(now, cl)
	}
}

// setState writes a client's row anew and tells the table when it is on disk.
func (c *Core) setState(seen time.Time, cl *client, state store.State, done func()) {
	row := *cl.row
	row.State, row.LastSeen = state, c.cfg.Wall(seen).UnixMicro()
	cl.row = &row
	c.commitFor(cl, store.PutClient{Client: row}, func(now time.Time, r store.Result) {
		if r.Verdict != store.Accepted { // its name made way meanwhile: it has no row any more (a full disk refuses no row that is there)
			cl.joined(reviving)
			c.forget(cl)
			return
		}
		c.publish(now, cl, row, r.Revision)
		done()
	})
}

// leaseOver looks whether the client was heard from since the lease was last drawn.
func (c *Core) leaseOver(now time.Time, cl *client) {
	heard := cl.session.heard
	if c.at(now)-heard < c.cfg.Lease {
		c.leases.extend(cl, heard+c.cfg.Lease)
		return
	}
	if cl.session.unasked { // it had no chance to say anything
		c.leases.extend(cl, c.at(now)+c.cfg.Lease)
		return
	}
	c.gone(cl, "lease ran out")
}

// silent takes a client offline that left the tries that just ended unanswered. While its lease lives it is asked on, so that it is
// back as soon as it can be reached, and not only with its next keepalive.
func (c *Core) silent(now time.Time, cl *client) bool {
	silence := c.at(now) - cl.session.heard
	if silence < c.window() {
		return false
	}
	hidden := cl.session.mode != wire.Present
	c.gone(cl, "does not answer")
	if hidden {
		return true // it is not missed; it registers again
	}
	if left := c.cfg.Lease - silence; left > 0 {
		c.probes.Track(now, cl.key(), wire.Policy{First: c.cfg.AckTimeout, Factor: 2, Cap: searchCap, Jitter: 0.25, Deadline: left})
	}
	return true
}

func (c *Core) gone(cl *client, why string) {
	c.cfg.Log.Info("offline", "client", cl.key(), "name", cl.row.Name, "why", why)
	s := cl.session
	c.end(cl)
	if s.mode == wire.Present {
		c.setState(c.epoch.Add(s.heard), cl, store.Offline, func() {})
	}
}

func (c *Core) ping(cl *client) {
	c.send(cl.path(), cl.key(), &wire.Ping{Nonce: c.rand.Uint32(), Store: c.head.ID, Revision: c.head.Revision, Order: c.head.Order})
}

func (c *Core) pinged(now time.Time, cl *client, m *wire.Ping) {
	c.position(now, cl, m.Store, m.Revision, m.Order)
	c.send(cl.path(), cl.key(), c.pong(m.Nonce, true))
	c.tellSize(cl)
	c.tellGone(cl)
	c.hasten(now, cl)
	cl.session.stream.ebb()
}

func (c *Core) pong(nonce uint32, known bool) *wire.Pong {
	return &wire.Pong{Nonce: nonce, Known: known, Store: c.head.ID, Revision: c.head.Revision, Order: c.head.Order}
}
