package main

import "udpchat/wire/link"

// watcher is told of every datagram of a session; nil without -trace.
func (c *chat) watcher() func(link.Traced) {
	if c.tracer == nil {
		return nil
	}
	return c.tracer.Datagram
}

// watched is a socket that -trace sees.
func (c *chat) watched(socket link.Conn) link.Conn {
	if c.tracer == nil {
		return socket
	}
	return c.tracer.Watch(socket)
}
