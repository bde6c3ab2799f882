package control

import (
	"bufio"
	"net"
	"time"

	"udpchat/wire/link"
	"udpchat/wire/name"
)

// patience is how long a program that does not read may hold up the end of a connection.
const patience = 2 * time.Second

// conn is the Hub's end of a connection.
type conn struct {
	hub  *Hub
	with net.Conn
	out  *link.Queue[Event] // bounded by what it asked for: a client takes no more than 4,096 messages that nobody has taken
	done chan struct{}      // the rest is to be written, and then it ends

	tails   bool   // it gets messages and says which it has
	from    string // only what that one writes to it; All: only what is in the channel
	listens bool   // it gets messages
}

func newConn(h *Hub, with net.Conn) *conn {
	return &conn{hub: h, with: with, out: link.NewQueue[Event](), done: make(chan struct{})}
}

// wants tells whether it is to have a message.
func (c *conn) wants(e Event) bool {
	switch {
	case !c.tails:
		return false
	case c.from == "":
		return true
	case e.Channel:
		return c.from == All
	default:
		return name.Same(c.from) == name.Same(e.From)
	}
}

// finish ends the connection; the Hub calls it once.
func (c *conn) finish() {
	_ = c.with.SetDeadline(time.Now().Add(patience)) // also of a write that waits
	close(c.done)
}

// run reads commands and writes events until either end is over.
func (c *conn) run() {
	read := make(chan struct{})
	go func() {
		defer close(read)
		c.read()
	}()
	c.write(read)
	_ = c.with.Close() // ends the read
	<-read
}

func (c *conn) read() {
	r := bufio.NewReader(c.with)
	for {
		line, err := ReadLine(r)
		if err != nil && err != ErrTooLong {
			return
		}
		var m Command
		if err == nil && len(line) > 0 {
			m, err = Parse(line)
		}
		switch {
		case err != nil:
			c.out.Put(Event{Event: "error", Ref: m.Ref, Error: BadCommand, Why: err.Error()})
		case len(line) > 0:
			c.hub.command(c, m)
		}
	}
}

func (c *conn) write(read <-chan struct{}) {
	for last := false; ; {
		for _, e := range c.out.Take() {
			if _, err := c.with.Write(Line(e)); err != nil {
				return
			}
		}
		if last {
			return
		}
		select {
		case <-c.out.Ready:
		case <-read:
			return
		case <-c.done:
			last = true
		}
	}
}
