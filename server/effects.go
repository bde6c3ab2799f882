package server

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
	Reads   []Read
	Trusts  []Trust
}

// Trust is the key to make sessions with a client (link.Sessions.Trust).
type Trust struct {
	Key    wire.Key
	Static [32]byte
}

// Send is a message to put into a datagram.
type Send = link.Send

// Commit is a change to make durable. Done is called in the loop, in the order of the commits, once it is; after an error
// it is never called: the shell stops (store.Server.Submit). What a full disk does to it is in store/full.go: for a text or a new
// row Done brings the verdict FullDisk, everything else is late and nothing worse.
type Commit struct {
	Change store.Change
	Done   func(now time.Time, r store.Result)
}

// Read is a look into the store. Do runs beside the loop, so it touches nothing of the core but what was made for it; Done runs in the loop.
type Read struct {
	Do   func(s store.Server) error
	Done func(now time.Time)
}

func (c *Core) send(p link.Path, to wire.Key, m wire.Message) {
	c.fx.Sends = append(c.fx.Sends, Send{Path: p, To: to, Msg: m})
}

func (c *Core) commit(change store.Change, done func(now time.Time, r store.Result)) {
	c.commitFor(nil, change, done)
}

// commitFor is commit of what a client asked for, or causes.
func (c *Core) commitFor(cl *client, change store.Change, done func(now time.Time, r store.Result)) {
	c.await(cl, 1)
	c.endings = c.endings[:0]
	c.fx.Commits = append(c.fx.Commits, Commit{change, func(now time.Time, r store.Result) {
		c.await(cl, -1)
		done(now, r)
	}})
}

// readFor reads for a client.
func (c *Core) readFor(cl *client, do func(s store.Server) error, done func(now time.Time)) {
	c.await(cl, 1)
	c.fx.Reads = append(c.fx.Reads, Read{do, func(now time.Time) {
		c.await(cl, -1)
		done(now)
	}})
}

// Take gives the effects gathered since the last call. They are the caller's until the next call of any method.
func (c *Core) Take() *Effects {
	c.sendLaunched()
	c.endings = c.endings[:0]
	c.taken, c.fx = c.fx, c.taken
	c.fx.Sends, c.fx.Commits, c.fx.Reads, c.fx.Trusts = c.fx.Sends[:0], c.fx.Commits[:0], c.fx.Reads[:0], c.fx.Trusts[:0]
	return &c.taken
}
