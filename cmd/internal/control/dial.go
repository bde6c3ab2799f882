package control

import (
	"bufio"
	"encoding/json"
	"net"
)

// Conn is a program's end of a connection.
type Conn struct {
	with   net.Conn
	events chan Event
	stop   chan struct{}
}

// NewConn speaks over a connection. It must be closed.
func NewConn(with net.Conn) *Conn {
	c := &Conn{with: with, events: make(chan Event), stop: make(chan struct{})}
	go c.read()
	return c
}

// Do gives a command.
func (c *Conn) Do(m Command) error {
	_, err := c.with.Write(Line(m))
	return err
}

// Events are what comes; closed when the connection is over.
func (c *Conn) Events() <-chan Event { return c.events }

// Close ends the connection.
func (c *Conn) Close() error {
	close(c.stop)
	err := c.with.Close()
	for range c.events { // until read has returned
	}
	return err
}

func (c *Conn) read() {
	defer close(c.events)
	d := json.NewDecoder(bufio.NewReader(c.with))
	for {
		var e Event
		if d.Decode(&e) != nil {
			return // a hub writes what can be read: the connection is over
		}
		select {
		case c.events <- e:
		case <-c.stop:
			return
		}
	}
}
