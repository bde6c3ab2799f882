package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"

	"udpchat/cmd/internal/control"
	"udpchat/peer"
	"udpchat/wire/link"
)

// session is a running client.
type session struct {
	opened
	client  *peer.Client
	notices chan peer.Notice
	unread  chan []peer.Notice // those that nobody read, at the end
	failed  chan error
	cancel  context.CancelFunc
	hub     *control.Hub      // other programs, which
	door    *control.Listener // come in here; nil: they can't
	prints  *printing
}

// random draws an epoch: never 0.
func random() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return binary.BigEndian.Uint64(b[:]) | 1
}

// start makes a client of a profile and a socket, which are the session's from now on, and registers it with the server that the
// chat trusts.
func (c *chat) start(ctx context.Context, o *opened, socket *link.Socket) error {
	config := peer.Config{Name: o.name, Mode: c.mode, Server: link.Path{Remote: c.server}, ServerKey: c.id.key, Static: c.id.static,
		AckTimeout: c.settings.ackTimeout, Retries: retries(c.settings.retries), Seed: random(), Log: c.log,
		Unprinted: func(line uint64) bool { p, ok := o.left[line]; return ok && p == waits }, Trace: c.watcher()}
	client, err := peer.New(config, socket, o.profile)
	if err != nil {
		return errors.Join(err, socket.Close(), o.profile.Close())
	}
	oneThread()
	ctx, cancel := context.WithCancel(ctx)
	s := &session{opened: *o, client: client, notices: make(chan peer.Notice), unread: make(chan []peer.Notice, 1), failed: make(chan error, 1), cancel: cancel}
	if s.prints, err = c.notePrinting(o); err != nil {
		c.log.Warn("what is printed is not noted: lines may bear the mark of a repetition needlessly", "err", err)
	}
	client.Register() // before anybody else can ask for something
	c.admit(s)
	go func() {
		if err := client.Run(ctx); err != nil {
			s.failed <- err
		}
		close(s.failed)
	}()
	go s.pump(ctx)
	c.session = s
	c.screen.begin(s)
	return nil
}

// pump passes on what the client tells.
func (s *session) pump(ctx context.Context) {
	defer close(s.unread)
	for ctx.Err() == nil {
		list := s.client.Notices(ctx)
		for i, n := range list {
			select {
			case s.notices <- n:
			case <-ctx.Done():
				s.unread <- list[i:]
				return
			}
		}
	}
}

// admit lets other programs speak with the client (package control).
func (c *chat) admit(s *session) {
	s.hub = control.NewHub(s.client, s.name, c.inside == nil, statusLines)
	var err error
	if s.door, err = control.Listen(filepath.Dir(profileFile(c.settings.state, s.name)), s.hub); err != nil {
		c.log.Warn("send, tail, ask and status can't be used beside this client", "err", err)
	}
	if c.inside != nil {
		go s.hub.Serve(c.inside) // ends with the hub
	}
}

// send gives the client a text.
func (c *chat) send(t text) {
	t = c.unsent.add(t)
	if t.to == "" {
		c.session.client.SendAllAs(t.ref, t.text)
	} else {
		c.session.client.SendAs(t.ref, t.to, t.text)
	}
}

// notePrinting begins the notes of what is printed, on the screens that do nothing else with it: what was looked at on a full one, or what others
// take, is theirs to know.
func (c *chat) notePrinting(o *opened) (*printing, error) {
	if o.notes == "" {
		return nil, nil
	}
	switch c.screen.(type) {
	case *piped, *prompted, *objects:
		return newPrinting(o.notes, o.loaded.Lines, o.left)
	}
	return nil, noPrinting(o.notes)
}

// close ends the client, lets go of its profile, and gives what the client told that was not passed on: that what it took last is on the disk.
// Other programs hear it before their connections end: else one that gave a text would give it again, to the next client.
func (s *session) close() []peer.Notice {
	if s.door != nil {
		s.door.Close()
		defer s.door.Wait()
	}
	defer s.hub.Close()
	s.cancel()
	for range s.failed { // until Run has returned
	}
	s.prints.close()
	_ = s.profile.Close() // every change that mattered was reported when it was made
	rest := append(<-s.unread, s.client.Rest()...)
	for _, n := range rest {
		if _, message := n.(peer.Arrived); !message { // that one was taken can't be noted any more: the next run shows it
			s.hub.Notice(n)
		}
	}
	return rest
}

// addresses are the first lines of a client: where it is, and where the server is.
func addresses(own *link.Socket, server netip.AddrPort) []string {
	return []string{
		fmt.Sprintf("Client IP->%s Port->%d", link.LocalFor(server), own.LocalAddr().Port()),
		fmt.Sprintf("Server IP->%s Port->%d", server.Addr(), server.Port()),
	}
}
