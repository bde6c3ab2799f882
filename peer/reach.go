package peer

import (
	"context"
	"net/netip"
	"time"

	"udpchat/wire"
)

// Reached is what came of trying the direct way to someone.
type Reached struct {
	Known     bool // the server knows the name
	Blocked   bool // the name has another key than before: nothing was sent
	Online    bool // it was tried, at Addr
	Addr      netip.AddrPort
	Keyless   bool // no keys are known: nothing was sent
	Answered  bool
	RoundTrip time.Duration // 0 without an answer, or when it is not known which try it answers
}

// reach is the direct way that is being tried.
type reach struct {
	to    wire.Key
	epoch uint64 // of this client's, and of the recipient's: neither was ever used
	tell  func(Reached)
	so    Reached
}

// Reach tries the direct way to a name, for as long as a typed command is tried, with a text that is void and that its recipient takes
// for one of another state of its own: it says so, and remembers nothing (protocol.md §7.1). Errors are ErrStopped and ctx's.
func (c *Client) Reach(ctx context.Context, name string) (Reached, error) {
	told := make(chan Reached, 1)
	c.loop.Events.Put(func(now time.Time) { c.core.Reach(now, name, func(r Reached) { told <- r }) })
	select {
	case r := <-told:
		return r, nil
	case <-c.stopped:
		return Reached{}, ErrStopped
	case <-ctx.Done():
		return Reached{}, ctx.Err()
	}
}

// Reach is Client.Reach. The one before it, if it is not over, ends without an answer.
func (c *Core) Reach(now time.Time, n string, tell func(Reached)) {
	c.do(now, func(now time.Time) {
		c.knowing(now, n, func(now time.Time, to *contact) { c.reachFor(now, to, tell) })
	})
}

func (c *Core) reachFor(now time.Time, to *contact, tell func(Reached)) {
	c.reachedNot()
	if to == nil || c.phase != ready {
		tell(Reached{})
		return
	}
	so := Reached{Known: true, Online: to.online && to.addr.IsValid() && to.key != c.me, Addr: to.addr}
	if _, so.Blocked = c.book.other(to); so.Blocked || !so.Online {
		tell(so)
		return
	}
	c.reaching = &reach{to: to.key, epoch: c.rand.Uint64() | 1, tell: tell, so: so}
	c.requests.Track(now, reaching, c.urgent())
	c.tryReach(now)
}

// tryReach asks for the keys, or sends the void.
func (c *Core) tryReach(now time.Time) {
	r := c.reaching
	contact := c.roster.contacts[r.to]
	switch e := c.book.entry(r.to); {
	case contact == nil || !contact.addr.IsValid():
	case e.absent:
		r.so.Keyless = true
		c.reachedNot()
	case !e.known:
		c.lookup(now, r.to)
	case c.trust(r.to):
		c.send(pathTo(contact.addr), r.to, &wire.Direct{Try: c.requests.Tries(reaching), Text: wire.Void(r.epoch, r.epoch, 1, 1)})
	}
}

// reached takes the answer to the void; false: it is another one.
func (c *Core) reached(now time.Time, from wire.Key, m *wire.Ack) bool {
	r := c.reaching
	if r == nil || from != r.to || m.Marks.Epoch != r.epoch {
		return false
	}
	var rtt wire.RTT
	if sample, sampled, _ := c.requests.Ack(now, reaching, m.Try); sampled {
		rtt.Sample(sample)
	}
	r.so.Answered, r.so.RoundTrip = true, rtt.Smoothed()
	c.reachedNot()
	return true
}

// reachedNot ends the trying with what is known.
func (c *Core) reachedNot() {
	c.requests.Drop(reaching)
	if r := c.reaching; r != nil {
		c.reaching = nil
		r.tell(r.so)
	}
}
