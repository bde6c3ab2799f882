package main

import (
	"context"
	"errors"
	"fmt"

	"udpchat/peer"
)

// noticed prints what a notice says, and does what follows from it.
func (c *chat) noticed(ctx context.Context, n peer.Notice) error {
	c.session.hub.Notice(n)
	if c.fell {
		return c.settled(n)
	}
	c.unsent.told(n)
	switch n := n.(type) {
	case peer.Arrived:
		return c.arrived(n)
	case peer.Quit, peer.Left, peer.ServerSilent:
		if err := c.showUnread(); err != nil {
			return err
		}
	}
	if n, ok := n.(peer.Quit); ok && c.next != nil {
		return c.change(ctx, n)
	}
	if _, ok := n.(peer.Left); ok && (c.ended || c.next != nil) {
		return c.tellAs(n, []string{"[You are Offline. Bye.]"})
	}
	if n, ok := n.(peer.ServerSilent); ok {
		c.fell = true
		c.fellSilent(ctx, n)
		return nil
	}
	if err := c.tell(n, ""); err != nil {
		return err
	}
	return c.follow(n)
}

// settled takes in what becomes of texts that were on their way to the disk when the server fell silent, or when the program ends. What else
// follows from that is no news.
func (c *chat) settled(n peer.Notice) error {
	switch n.(type) {
	case peer.Accepted, peer.NotSent:
		c.unsent.told(n)
		return c.tell(n, "")
	}
	return nil
}

// follow does what follows from a notice that was told.
func (c *chat) follow(n peer.Notice) error {
	switch n := n.(type) {
	case peer.Welcome:
		c.started = true
		if err := remember(c.settings.state, c.session.name, c.rule.address); err != nil {
			c.log.Warn("the server is not remembered", "err", err)
		}
	case peer.Refused:
		if c.inside != nil {
			return &exitError{exitIdentity, errors.New(refusal(n))}
		}
		if !c.started {
			return &exitError{code: exitFailed}
		}
	case peer.NotSent:
		c.kept = true // a script must know
	case peer.UnknownPeer, peer.TooLong, peer.BadText, peer.Blocked, peer.NotRegistered, peer.NotYours:
		c.undone = true
	case peer.Failed:
		c.gaveUp = true
	case peer.Drained:
		c.session.client.Quit()
		if n.Kept+n.Unknown > 0 || len(c.behind) > 0 || c.gaveUp || c.undone && !c.settings.json { // a program that reads objects was told at once
			c.kept = true
		}
	case peer.Quit:
		if c.kept {
			return &exitError{code: exitFailed}
		}
		return errQuit
	}
	return nil
}

// tell shows what happened. before stands before its first line.
func (c *chat) tell(n peer.Notice, before string) error {
	lines := c.view().lines(n)
	if before != "" && len(lines) > 0 {
		lines[0] = before + lines[0]
	}
	return c.tellAs(n, lines)
}

// tellAs shows what happened in lines of its own.
func (c *chat) tellAs(n peer.Notice, lines []string) error {
	if err := c.screen.tell(n, lines); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// errQuit ends the chat as the user wished.
var errQuit = &exitError{code: exitOK}

// view is how notices look to this user.
func (c *chat) view() view {
	v := view{history: c.settings.history == "on"}
	if c.session != nil {
		v.me = c.session.client.Key()
	}
	return v
}
