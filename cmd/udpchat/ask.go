package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire/link"
)

// askAgain is how long a server that fell silent has for saying who it is now.
const askAgain = time.Second

// arrival is a client that is none yet: it has to know who the server is.
type arrival struct {
	*opened
	socket *link.Socket
}

// answer is what came of asking the server who it is.
type answer struct {
	said identity
	err  error
}

// arrive opens a profile and a socket, says where they are, and begins when it is known who the server is.
func (c *chat) arrive(ctx context.Context) error {
	o, err := c.openProfile(c.settings.name)
	if err != nil {
		return err
	}
	socket, err := link.Listen("", c.settings.clientPort) // the others may have addresses of another family than the server
	if err != nil {
		return errors.Join(err, o.profile.Close())
	}
	c.coming = &arrival{o, socket}
	if err := c.screen.where(addresses(socket, c.server)); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	if f, ok := c.rule.known(o.loaded.Servers); ok {
		return c.begin(ctx, f)
	}
	c.ask(ctx, time.Duration(1+c.settings.retries)*c.settings.ackTimeout, func(a answer) error { return c.introduced(ctx, a) })
	return nil
}

// introduced begins with a server that said who it is, if it is the right one.
func (c *chat) introduced(ctx context.Context, a answer) error {
	if errors.Is(a.err, link.ErrNoAnswer) {
		return c.silent(peer.ServerSilent{Unknown: c.coming.undelivered()})
	}
	if a.err != nil {
		return a.err
	}
	f, err := c.rule.said(c.coming.loaded.Servers, a.said)
	if err != nil {
		return err
	}
	if f.line != "" { // before it is pinned: who is killed in between sees it again
		if err := c.print(f.line); err != nil {
			return err
		}
	}
	if f.pin {
		if err := c.coming.pin(c.rule.write(f.identity)); err != nil {
			return err
		}
	}
	return c.begin(ctx, f)
}

// begin starts the client, and does what was typed meanwhile.
func (c *chat) begin(ctx context.Context, f found) error {
	c.id = f.identity
	coming := c.coming
	c.coming = nil
	if err := c.start(ctx, coming.opened, coming.socket); err != nil {
		return err
	}
	early := c.early
	c.early = nil
	for _, t := range early {
		if err := c.entered(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// ask asks the server who it is, beside the loop, which calls then.
func (c *chat) ask(ctx context.Context, patience time.Duration, then func(answer) error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	asked := make(chan answer, 1)
	go func() { // close waits for it
		defer cancel()
		said, err := c.askKey(ctx)
		asked <- answer{said, err}
	}()
	c.asked, c.then = asked, then
}

func (c *chat) askKey(ctx context.Context) (identity, error) {
	socket, err := link.Listen("", 0)
	if err != nil {
		return identity{}, err
	}
	key, card, err := link.AskKey(ctx, c.watched(socket), link.Path{Remote: c.server})
	return identity{key, card.Static}, err
}

// fellSilent asks a server that answers nothing who it is: it may be another one than the client takes it for, and then it can't
// even say so (protocol.md §13).
func (c *chat) fellSilent(ctx context.Context, n peer.ServerSilent) {
	c.ask(ctx, askAgain, func(a answer) error {
		if a.err != nil || a.said.key == c.id.key {
			return c.silent(n)
		}
		if _, err := c.loseUnsent(); err != nil {
			return err
		}
		if err := c.printAll(leftLines(n.Kept, n.Unknown, c.settings.history == "on")); err != nil {
			return err
		}
		return c.rule.another(c.id.key, a.said.key)
	})
}

// silence is that the server does not answer a client that a command has.
type silence struct {
	server netip.AddrPort // zero: not known here
	left   peer.ServerSilent
}

func (s silence) Error() string {
	said := "the server does not answer"
	if s.server.IsValid() {
		said = fmt.Sprintf("the server at %s does not answer", s.server)
	}
	if n := s.left.Kept; n > 0 {
		said += fmt.Sprintf("; %s kept here: sent while a client of this profile runs", count(n, "message"))
	}
	if n := s.left.Unknown; n > 0 {
		said += fmt.Sprintf("; %s not known to be delivered: a client of this profile sends what the server does not have", count(n, "earlier message"))
	}
	return said
}

// silent is the end when the server does not answer.
func (c *chat) silent(n peer.ServerSilent) error {
	if c.inside != nil {
		return &exitError{exitSilent, silence{c.server, n}}
	}
	lost, err := c.loseUnsent()
	if err != nil {
		return err
	}
	lines := c.view().lines(n)
	if lost > 0 && n.Kept+n.Unknown == 0 {
		lines = lines[1:] // that nothing waits would be read as that nothing is lost
	}
	if !c.started && c.screen.interactive() {
		help := fmt.Sprintf("[udpchat doctor -i %s -p %d finds out why.]", c.settings.host, c.settings.port)
		lines = slices.Insert(lines, len(lines)-1, help)
	}
	if err := c.tellAs(n, lines); err != nil {
		return err
	}
	return &exitError{code: exitFailed}
}

// write is what a profile keeps of a server at the address.
func (k serverKey) write(id identity) store.ServerPin {
	return store.ServerPin{Address: k.address, Key: store.Key(id.key), Static: id.static}
}
