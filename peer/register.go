package peer

import (
	"math"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// register asks the server to take the name (protocol.md §8). typed: the user waits for it.
func (c *Core) register(now time.Time, typed bool) {
	c.prepare(typed)
	c.track(now)
}

func (c *Core) prepare(typed bool) {
	c.requests.Drop(c.request)
	c.requests.Drop(firstTable)
	c.phase, c.typed, c.request, c.postponed = registering, typed, c.rand.Uint32()|1, 0
}

// renew registers again since the server said something: at once, but not time and again (protocol.md §8.6).
func (c *Core) renew(now time.Time, typed bool) {
	if now.Sub(c.renewed) >= c.cfg.AckTimeout {
		c.renewed, c.renewals = now, 0
	}
	if c.renewals++; c.renewals <= renewalsAtOnce {
		c.register(now, typed)
		return
	}
	c.prepare(typed)
	c.await(now)
}

// renewalsAtOnce is how often a client registers again in an ack timeout: a server that lost what it knew, and then its store, has it do so three
// times.
const renewalsAtOnce = 4

func (c *Core) deregister(now time.Time) {
	c.requests.Drop(c.request)
	c.endGone()
	c.phase, c.typed, c.request = leaving, true, c.rand.Uint32()|1
	c.track(now)
}

func (c *Core) track(now time.Time) {
	c.await(now)
	c.sendRequest(now, c.request)
}

// await has the registration or deregistration sent from the second try on.
func (c *Core) await(now time.Time) {
	policy := c.background()
	if c.needed() {
		policy = c.urgent()
	}
	c.requests.Drop(keepalive)
	c.requests.Track(now, c.request, policy)
}

// sendRequest sends the keepalive, or the registration or deregistration on its way, with the same id on every try.
func (c *Core) sendRequest(now time.Time, id uint32) {
	switch {
	case id == keepalive:
		c.showLife()
		return
	case id == firstTable:
		c.ping()
		return
	case id == probing:
		c.sendProbe(now)
		return
	case id == reaching:
		c.tryReach(now)
		return
	case id == find && c.phase == ready:
		c.toServer(&wire.Find{Name: c.finding.name})
		return
	case id == find:
		return // it is asked for again when there is a table
	}
	if c.phase == leaving {
		c.sendSeen()
		c.toServer(&wire.Deregister{Request: c.request, Name: c.cfg.Name})
		return
	}
	if c.prekeys.card == nil {
		return // until it is on disk: then it goes out
	}
	known := c.store
	if known == 0 {
		known = c.inbox.lastStore
	}
	st := c.inbox.stream(known)
	c.claimed, c.asked = known, now
	c.toServer(&wire.Register{Request: c.request, Name: c.cfg.Name, Epoch: c.epoch, Store: known,
		Revision: c.roster.revision, Seen: st.had.Through(), Order: c.knownOrder(st), Card: c.prekeys.card, Mode: c.cfg.Mode})
}

// knownOrder is the highest receipt order of the server's store that this client knows of. A server that has not given it out is an older
// copy (protocol.md §9.2).
func (c *Core) knownOrder(st *stream) uint64 { return max(highest(&st.had), c.stored) }

// needed tells whether the user waits for what is under way.
func (c *Core) needed() bool { return c.typed || len(c.commands) > 0 || c.finding != nil }

// requestFailed: the tries are over, or the first table has not come for as long.
func (c *Core) requestFailed(now time.Time, id uint32) {
	switch {
	case id == probing:
		c.probed(now, false)
	case id == reaching:
		c.reachedNot()
	case c.silent(now) && c.needed():
		c.giveUp()
	case c.phase == registering && c.typed && id == c.request:
		c.delayed(Overloaded)
		c.track(now)
	case id == find:
		c.find(now)
	case id != firstTable:
		c.track(now)
	case c.silent(now):
		c.register(now, false)
	default:
		c.requests.Track(now, firstTable, c.urgent())
		c.ping()
	}
}

func (c *Core) registered(now time.Time, m *wire.Registered) {
	if c.phase != registering || m.Request != c.request {
		return
	}
	c.requests.Drop(c.request)
	c.limit = min(int(m.MaxMessage), wire.MaxText)
	if m.Outcome == wire.Unavailable {
		c.postpone(now)
		return
	}
	if m.Outcome != wire.OK {
		c.stepOut()
		c.tell(Refused{Name: c.cfg.Name, Why: m.Outcome})
		c.foundName(now)
		c.resume(now)
		return
	}
	c.changeStore(now, m.Store)
	c.counts(now, m.Order)
	if c.claimed != m.Store && c.inbox.streams[m.Store] != nil {
		c.renew(now, c.typed) // it was met before, and has not been told yet what is known of it (protocol.md §9.2)
		return
	}
	if c.began.store == 0 {
		c.began = place{m.Store, m.Order}
	}
	c.inbox.bound(c, m.Store, m.Order)
	c.roster.crowd = wire.Crowd{} // else it comes beside this
	c.phase, c.awaited, c.waiting = loading, m.Revision, m.Waiting
	if c.cfg.Mode == wire.Sender {
		c.awaited = 0 // it gets no table
	}
	c.pingDue = now.Add(c.pause())
	c.requests.Track(now, firstTable, c.urgent())
	if c.typed && !c.welcomed {
		c.welcomed = true
		c.tell(Welcome{Name: c.cfg.Name})
	}
	c.loaded(now)
}

// bound notes through which order a store that was known before there were keys may hold what is in the clear: what comes later is
// not believed (protocol.md §14.5).
func (b *inbox) bound(c *Core, id, order uint64) {
	through, known := b.clear[id]
	if _, next := b.clear[0]; next && !known {
		delete(b.clear, 0) // that is the one
	} else if through != math.MaxUint64 {
		return
	}
	b.clear[id] = order
	c.commit(store.Bound{Clear: store.Clear{Store: id, Through: order}}, func(time.Time) {})
}

// loaded ends a registration once the table is there as it was then.
func (c *Core) loaded(now time.Time) {
	if c.phase != loading || c.roster.revision < c.awaited {
		return
	}
	c.phase = ready
	c.requests.Drop(firstTable)
	if c.typed {
		t := c.roster.table(c.cfg.Server.Remote, true)
		t.First = true
		c.tell(t)
	}
	if c.typed && c.waiting {
		c.tell(Waiting{})
	}
	c.inbox.release(now, c)
	c.pumpAll(now)
	c.askAnew(now)
	c.find(now)
	c.resume(now)
}

func (c *Core) deregistered(now time.Time, m *wire.Deregistered) {
	if c.phase != leaving || m.Request != c.request {
		return
	}
	c.requests.Drop(c.request)
	c.stepOut()
	c.tell(Left{})
	c.resume(now)
}

// stepOut ends presence: nothing is sent, acknowledged or shown any more. The table has no news for who left.
func (c *Core) stepOut() {
	c.phase = left
	c.outbox.pause()
	if own := c.roster.contacts[c.me]; own != nil {
		c.roster.away(own)
	}
}

// The names of what is among the requests beside registrations, whose ids are odd: the keepalive, the ping that waits for the first
// table, the look-up of a name, the ping that someone waits for, and the direct way that is tried.
const (
	keepalive  = 0
	firstTable = 2
	find       = 4
	probing    = 6
	reaching   = 8
)

// registerAgain does so without troubling the user, unless the user waits for a registration that was not over yet.
func (c *Core) registerAgain(now time.Time) {
	switch c.phase {
	case ready:
		c.renew(now, false)
	case loading:
		c.renew(now, c.typed)
	}
}

// announce tells the server what is new of this client, by another registration, if it is registered or about to be.
func (c *Core) announce(now time.Time) {
	switch c.phase {
	case ready:
		c.register(now, false)
	case registering, loading:
		c.register(now, c.typed)
	}
}
