package peer

import (
	"time"

	"udpchat/wire"
)

// keepAlive tells the server that one is there, and which table one has: again until the server says something.
func (c *Core) keepAlive(now time.Time) {
	if c.phase != ready && c.phase != loading || now.Before(c.pingDue) {
		return
	}
	c.pingDue = now.Add(c.pause())
	if c.requests.Has(keepalive) {
		return
	}
	policy := c.background()
	policy.Cap = c.cfg.Keepalive / 3
	c.requests.Track(now, keepalive, policy)
	c.showLife()
}

func (c *Core) ping() {
	c.toServer(&wire.Ping{Nonce: c.rand.Uint32(), Store: c.store, Revision: c.roster.revision, Order: c.knownOrder(c.inbox.stream(c.store))})
}

// showLife is a ping for which nobody waits: a session that the server has lost is made anew when the server wants it (protocol.md §13.8).
func (c *Core) showLife() {
	c.ping()
	c.fx.Sends[len(c.fx.Sends)-1].Idle = true
}

// pause is the time to the next keepalive: ±20 %, so that clients that came together do not stay together.
func (c *Core) pause() time.Duration {
	return time.Duration(float64(c.cfg.Keepalive) * (0.8 + 0.4*c.rand.Float64()))
}

func (c *Core) pinged(now time.Time, m *wire.Ping) {
	switch {
	case c.phase == registering:
		c.hastenRegistration(now)
	case c.phase != ready && c.phase != loading:
	case m.Store != c.store, c.outlasts(now, m.Revision):
		c.registerAgain(now)
	default:
		c.counts(now, m.Order)
		c.toServer(&wire.Pong{Nonce: m.Nonce, Known: true, Store: c.store, Revision: c.roster.revision, Order: c.knownOrder(c.inbox.stream(c.store))})
		if c.amiss { // protocol.md §8.6: it has taken nothing before it hears this
			c.amiss = false
			c.hasten(now, 0)
		}
	}
}

// ponged: a server that does not know this client, or that has another store than it had, is registered with again.
func (c *Core) ponged(now time.Time, m *wire.Pong) {
	c.answered(now, m.Nonce)
	if c.phase == registering {
		c.hastenRegistration(now)
	}
	if !m.Known || m.Store != c.store || c.outlasts(now, m.Revision) {
		c.registerAgain(now)
		return
	}
	c.counts(now, m.Order)
	c.hasten(now, directTries)
}
