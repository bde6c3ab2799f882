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
}

// Send is a message to put into a datagram.
type Send = link.Send

// Commit is a change to make durable. Done is called in the loop, in the order of the commits, once it is; after an error
// it is never called: the shell stops (store.Server.Submit).
type Commit struct {
	Change store.Change
	Done   func(now time.Time, r store.Result)
}

// Read is a look into the store. Do runs beside the loop and Done in it.
type Read struct {
	Do   func(s store.Server) error
	Done func(now time.Time)
}

func (c *Core) send(p link.Path, to wire.Key, m wire.Message) {
	c.fx.Sends = append(c.fx.Sends, Send{Path: p, To: to, Msg: m})
}

func (c *Core) commit(change store.Change, done func(now time.Time, r store.Result)) {
	c.committing++
	c.fx.Commits = append(c.fx.Commits, Commit{change, func(now time.Time, r store.Result) {
		c.committing--
		done(now, r)
	}})
}

func (c *Core) read(do func(s store.Server) error, done func(now time.Time)) {
	c.fx.Reads = append(c.fx.Reads, Read{do, done})
}

// Take gives the effects gathered since the last call. They are the caller's until the next call of any method.
func (c *Core) Take() *Effects {
	c.taken, c.fx = c.fx, c.taken
	c.fx.Sends, c.fx.Commits, c.fx.Reads = c.fx.Sends[:0], c.fx.Commits[:0], c.fx.Reads[:0]
	return &c.taken
}
