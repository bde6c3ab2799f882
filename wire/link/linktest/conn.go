package linktest

import (
	"fmt"
	"net"
	"net/netip"
	"sync"

	"udpchat/wire/link"
)

var _ link.Conn = (*Conn)(nil)

// Conn is a link.Conn of a Network. It is always bound to one address.
type Conn struct {
	net     *Network
	local   netip.AddrPort
	queue   chan datagram // bounded: what comes when it is full is dropped and counted
	closing sync.Once
	closed  chan struct{}
}

// Read is link.Conn's. Like a socket it cuts off, without a word, what b has no room for.
func (c *Conn) Read(b []byte) (int, link.Path, error) {
	select {
	case <-c.closed: // first: what is queued is gone with the socket
		return 0, link.Path{}, c.gone("read")
	default:
	}
	select {
	case d := <-c.queue:
		return copy(b, d.b), link.Path{Remote: d.from, Local: c.local.Addr()}, nil
	case <-c.closed:
		return 0, link.Path{}, c.gone("read")
	}
}

// Write is link.Conn's. What becomes of the datagram it does not say.
func (c *Conn) Write(b []byte, p link.Path) error {
	select {
	case <-c.closed:
		return c.gone("write")
	default:
	}
	if !p.Remote.IsValid() {
		return fmt.Errorf("write %v: no remote", c.local)
	}
	c.net.send(c.local, p.Remote, b)
	return nil
}

// LocalAddr is link.Conn's.
func (c *Conn) LocalAddr() netip.AddrPort { return c.local }

// Close is link.Conn's. Afterwards another may listen at the address.
func (c *Conn) Close() error {
	c.closing.Do(func() {
		c.net.mu.Lock()
		defer c.net.mu.Unlock()
		delete(c.net.conns, c.local)
		close(c.closed)
	})
	return nil
}

func (c *Conn) gone(verb string) error {
	return fmt.Errorf("%s %v: %w", verb, c.local, net.ErrClosed)
}
