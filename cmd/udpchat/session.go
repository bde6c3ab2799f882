package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"udpchat/peer"
	"udpchat/wire/link"
)

// session is a running client.
type session struct {
	opened
	client  *peer.Client
	notices chan peer.Notice
	failed  chan error
	kept    bool // something stays in the outbox at the end of a script
	cancel  context.CancelFunc
}

// random draws an epoch: never 0.
func random() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return binary.BigEndian.Uint64(b[:]) | 1
}

// listen opens a socket that can reach the server. Port 0 is any.
func (c *chat) listen(port int) (*link.Socket, error) {
	host := ""
	if c.server.Addr().Is4() {
		host = "0.0.0.0"
	}
	return link.Listen(host, port)
}

// start makes a client of a profile and a socket, which are the session's from now on, and registers it with the server that the
// chat trusts.
func (c *chat) start(ctx context.Context, o *opened, socket *link.Socket) error {
	config := peer.Config{Name: o.name, Server: link.Path{Remote: c.server}, ServerKey: c.id.key, Static: c.id.static,
		AckTimeout: c.settings.ackTimeout, Retries: retries(c.settings.retries), Seed: random(), Log: c.log,
		Trace: c.watcher()}
	client, err := peer.New(config, socket, o.profile)
	if err != nil {
		return errors.Join(err, socket.Close(), o.profile.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &session{opened: *o, client: client, notices: make(chan peer.Notice), failed: make(chan error, 1), cancel: cancel}
	go func() {
		if err := client.Run(ctx); err != nil {
			s.failed <- err
		}
		close(s.failed)
	}()
	go func() {
		for ctx.Err() == nil {
			for _, n := range client.Notices(ctx) {
				select {
				case s.notices <- n:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	client.Register()
	c.session = s
	c.screen.begin(s)
	return nil
}

// send accepts a text.
func (s *session) send(t text) {
	if t.to == "" {
		s.client.SendAllAs(t.ref, t.text)
	} else {
		s.client.SendAs(t.ref, t.to, t.text)
	}
}

// close ends the client and lets go of its profile. What was accepted is on disk then.
func (s *session) close() {
	s.cancel()
	for range s.failed { // until Run has returned
	}
	_ = s.profile.Close() // every change that mattered was reported when it was made
}

// addresses are the first lines of a client: where it is, and where the server is.
func addresses(own *link.Socket, server netip.AddrPort) []string {
	return []string{
		fmt.Sprintf("Client IP->%s Port->%d", link.LocalFor(server), own.LocalAddr().Port()),
		fmt.Sprintf("Server IP->%s Port->%d", server.Addr(), server.Port()),
	}
}
