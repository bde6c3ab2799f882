package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"udpchat/cmd/internal/lineedit"
)

// entered acts on what was typed.
func (c *chat) entered(ctx context.Context, t typed) error {
	switch {
	case errors.Is(t.err, lineedit.ErrInterrupt):
		return c.interrupted(exitInterrupted)
	case c.asked != nil:
		c.early = append(c.early, t)
		return nil
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
	if t.text != nil {
		c.send(*t.text)
		return nil
	}
	in, wrong := parse(t.line, c.aim)
	if wrong != "" {
		c.undone = true
		c.session.client.Note(wrong)
		return nil
	}
	return c.command(ctx, in)
}

func (c *chat) command(ctx context.Context, in input) error {
	client := c.session.client
	switch in.command {
	case "send":
		c.send(text{to: in.name, text: in.text})
	case "send_all":
		c.send(text{text: in.text})
	case "to":
		c.turn(aimAt(in.name))
	case "peers":
		client.Peers()
	case "status", "history", "search":
		c.recall(ctx, in)
	case "verify":
		client.Verify(in.name)
	case "trust":
		client.Trust(in.name)
	case "reg":
		return c.register(cmp.Or(in.name, c.session.name))
	case "dereg":
		client.Deregister(c.ownName(cmp.Or(in.name, c.session.name)))
	case "quit":
		c.ended = true
		client.Quit()
	case "help":
		client.Note(helpLines(c.screen.interactive()))
	}
	return nil
}
