package peer

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// Effects is what a Core wants done. The shell takes them after each call and empties them.
type Effects struct {
	Sends   []Send
	Commits []Commit
	Notices []Notice
	Trusts  []Trust
}

// Trust is the key to make sessions with someone (link.Sessions.Trust).
type Trust struct {
	Key    wire.Key
	Static [32]byte
}

// Send is a message to put into a datagram.
type Send = link.Send

// Commit is a change to make durable. Done is called in the loop, in the order of the commits, once it is; after an error
// it is never called: the shell stops (store.Profile.Submit).
//
// On a full disk Done is late (store/full.go), but for a change that is Refusable: Refused is called instead, when it did not happen.
type Commit struct {
	Change store.ProfileChange
	core   *Core
	then   sequel
}

// sequel is what waits for a commit.
type sequel interface {
	durable(c *Core, now time.Time)
}

// refusable is a sequel that a full disk has another one for.
type refusable interface {
	sequel
	refused(c *Core, now time.Time)
}

// Done goes on.
func (m Commit) Done(now time.Time) { m.then.durable(m.core, now) }

// Refusable tells whether the store may refuse the change.
func (m Commit) Refusable() bool {
	_, ok := m.then.(refusable)
	return ok
}

// Refused goes on without it; only where it is Refusable.
func (m Commit) Refused(now time.Time) { m.then.(refusable).refused(m.core, now) }

// after is a sequel that is a function.
type after func(now time.Time)

func (f after) durable(_ *Core, now time.Time) { f(now) }

func (c *Core) send(p link.Path, to wire.Key, m wire.Message) {
	c.fx.Sends = append(c.fx.Sends, Send{Path: p, To: to, Msg: m})
}

func (c *Core) toServer(m wire.Message) { c.send(c.cfg.Server, wire.ServerKey, m) }

func (c *Core) commit(change store.ProfileChange, done func(now time.Time)) {
	c.commitFor(change, after(done))
}

func (c *Core) commitFor(change store.ProfileChange, s sequel) {
	c.fx.Commits = append(c.fx.Commits, Commit{change, c, s})
}

func (c *Core) tell(n Notice) { c.fx.Notices = append(c.fx.Notices, n) }

// Take gives the effects gathered since the last call. They are the caller's until the next call of any method.
func (c *Core) Take() *Effects {
	c.fillDeposits()
	c.taken, c.fx = c.fx, c.taken
	c.fx.Sends, c.fx.Commits, c.fx.Notices, c.fx.Trusts = c.fx.Sends[:0], c.fx.Commits[:0], c.fx.Notices[:0], c.fx.Trusts[:0]
	return &c.taken
}
