package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/exp/slog"

	"udpchat/cmd/internal/lineedit"
	"udpchat/peer"
)

// chat is the loop between a user and a client. It owns the session; nothing here decides about messages.
type chat struct {
	settings clientSettings
	server   netip.AddrPort
	screen   screen
	log      *slog.Logger

	session *session
	next    *opened // the profile that reg OTHER goes on with, once the present one has left
	started bool    // the first registration succeeded
	ended   bool    // the input is at its end
}

// firstSignal gives the first signal that asks to end. A second one has its ordinary effect: it ends a program that hangs.
func firstSignal() <-chan os.Signal {
	all, first := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(all, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		s := <-all
		signal.Stop(all)
		first <- s
	}()
	return first
}

// typed is what came from the user: a line, or the end.
type typed struct {
	line string
	err  error
}

// run chats until the user leaves. The error carries the exit code.
func (c *chat) run(ctx context.Context) error {
	signals := firstSignal()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	first, err := c.openProfile(c.settings.name)
	if err != nil {
		return err
	}
	if err := c.start(ctx, first); err != nil {
		return err
	}
	defer func() { c.session.close() }()
	for _, line := range c.session.addresses(c.server) {
		if err := c.print(line); err != nil {
			return err
		}
	}
	input := make(chan typed)
	go c.read(ctx, input) // it may stay behind in a read of standard input, which nothing portable ends; the program ends it
	for {
		lines := input
		if c.next != nil || c.ended {
			lines = nil // what is typed now is for the session to come
		}
		select {
		case t := <-lines:
			err = c.entered(t)
		case n := <-c.session.notices:
			err = c.noticed(ctx, n)
		case failed := <-c.session.failed:
			err = failed
		case s := <-signals:
			err = c.signalled(s)
		}
		if err != nil {
			return err
		}
	}
}

// read passes typed lines on.
func (c *chat) read(ctx context.Context, to chan<- typed) {
	for {
		line, err := c.screen.readLine(ctx)
		select {
		case to <- typed{line, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// entered acts on what was typed.
func (c *chat) entered(t typed) error {
	switch {
	case errors.Is(t.err, lineedit.ErrInterrupt):
		return c.interrupted(exitInterrupted)
	case errors.Is(t.err, io.EOF):
		c.ended = true
		if c.screen.interactive() {
			c.session.client.Quit()
		} else {
			c.session.client.Drain()
		}
		return nil
	case t.err != nil:
		return fmt.Errorf("read input: %w", t.err)
	}
	in, wrong := parse(t.line)
	if wrong != "" {
		c.session.client.Note(wrong)
		return nil
	}
	return c.command(in)
}

func (c *chat) command(in input) error {
	client := c.session.client
	switch in.command {
	case "send":
		client.Send(in.name, in.text)
	case "send_all":
		client.SendAll(in.text)
	case "peers":
		client.Peers()
	case "reg":
		return c.register(in.name)
	case "dereg":
		client.Deregister(in.name)
	case "quit":
		c.ended = true
		client.Quit()
	case "help":
		client.Note(helpLines())
	}
	return nil
}

// register comes back under the present name, or leaves it and goes on with another one's profile.
func (c *chat) register(name string) error {
	if name == c.session.name {
		c.session.client.Register()
		return nil
	}
	next, err := c.openProfile(name)
	if err != nil {
		c.session.client.Note(fmt.Sprintf("[%v]", err))
		return nil
	}
	c.next = next
	c.session.client.Quit()
	return nil
}

// noticed prints what a notice says, and follows those that end something.
func (c *chat) noticed(ctx context.Context, n peer.Notice) error {
	if _, ok := n.(peer.Quit); ok && c.next != nil {
		return c.change(ctx)
	}
	if _, ok := n.(peer.Left); ok && (c.ended || c.next != nil) {
		return c.print("[You are Offline. Bye.]")
	}
	for _, line := range lines(n, c.settings.history == "on") {
		if err := c.print(line); err != nil {
			return err
		}
	}
	switch n := n.(type) {
	case peer.Arrived:
		c.session.client.Shown([]uint64{n.Line})
	case peer.Welcome:
		c.started = true
	case peer.Refused:
		if !c.started {
			return &exitError{code: exitFailed}
		}
	case peer.ServerSilent:
		return &exitError{code: exitFailed}
	case peer.Drained:
		c.session.client.Quit()
		if n.Kept > 0 {
			c.session.kept = true
		}
	case peer.Quit:
		if c.session.kept {
			return &exitError{code: exitFailed}
		}
		return errQuit
	}
	return nil
}

// errQuit ends the chat as the user wished.
var errQuit = &exitError{code: exitOK}

// change goes on with the profile of another name.
func (c *chat) change(ctx context.Context) error {
	c.session.close()
	next := c.next
	c.next = nil
	return c.start(ctx, next)
}

func (c *chat) signalled(s os.Signal) error {
	switch s {
	case syscall.SIGTERM:
		return c.interrupted(exitTerminated)
	case syscall.SIGHUP:
		return c.interrupted(exitHungUp)
	}
	return c.interrupted(exitInterrupted)
}

// interrupted leaves without a word to anyone.
func (c *chat) interrupted(code int) error {
	if err := c.print("[Exiting]"); err != nil {
		return err
	}
	return &exitError{code: code}
}

func (c *chat) print(line string) error {
	if err := c.screen.println(line); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}
