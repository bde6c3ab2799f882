package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/bolt"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// opened is a name's profile, locked for this program.
type opened struct {
	name    string
	profile store.Profile // what the client works on
	file    store.Profile // what holds the key and the lock; the same with history
}

// session is a running client.
type session struct {
	opened
	client  *peer.Client
	socket  *link.Socket
	notices chan peer.Notice
	failed  chan error
	kept    bool // something stays in the outbox at the end of a script
	cancel  context.CancelFunc
}

// openProfile opens a name's profile, and makes it when it is not there. Without history it only gives the key.
func (c *chat) openProfile(name string) (*opened, error) {
	if err := wire.CheckName(name); err != nil {
		return nil, err
	}
	file, err := bolt.OpenProfile(profileFile(c.settings.state, name), bolt.Options{})
	if err != nil {
		return nil, err
	}
	o := &opened{name: name, profile: file, file: file}
	if c.settings.history == "on" {
		return o, nil
	}
	loaded, err := file.Load()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	o.profile = memory.NewProfile(loaded.Seed, random())
	return o, nil
}

// random draws an epoch: never 0.
func random() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return binary.BigEndian.Uint64(b[:]) | 1
}

// start makes a client of a profile and registers it.
func (c *chat) start(ctx context.Context, o *opened) error {
	host := ""
	if c.server.Addr().Is4() {
		host = "0.0.0.0"
	}
	socket, err := link.Listen(host, c.settings.clientPort)
	if err != nil {
		return errors.Join(err, o.close())
	}
	config := peer.Config{Name: o.name, Server: link.Path{Remote: c.server}, AckTimeout: c.settings.ackTimeout,
		Retries: retries(c.settings.retries), Seed: random(), Log: c.log}
	client, err := peer.New(config, socket, o.profile)
	if err != nil {
		return errors.Join(err, socket.Close(), o.close())
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &session{opened: *o, client: client, socket: socket, notices: make(chan peer.Notice), failed: make(chan error, 1), cancel: cancel}
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
	return nil
}

// close ends the client and lets go of its profile. What was accepted is on disk then.
func (s *session) close() {
	s.cancel()
	for range s.failed { // until Run has returned
	}
	_ = s.opened.close() // every change that mattered was reported when it was made
}

func (o *opened) close() error {
	err := o.profile.Close()
	if o.file != o.profile {
		err = errors.Join(err, o.file.Close())
	}
	return err
}

// addresses are the first lines of a client: where it is, and where the server is.
func (s *session) addresses(server netip.AddrPort) []string {
	own := link.LocalFor(server)
	return []string{
		fmt.Sprintf("Client IP->%s Port->%d", own, s.socket.LocalAddr().Port()),
		fmt.Sprintf("Server IP->%s Port->%d", server.Addr(), server.Port()),
	}
}
