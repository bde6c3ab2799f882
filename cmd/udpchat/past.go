package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"udpchat/cmd/internal/plain"
	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire"
)

const (
	historyLines = 20   // that history shows without a number,
	historyMost  = 1000 // and with one at most
	foundLines   = 50   // that search shows

	glance = 20 * time.Millisecond // how often it is looked whether the server has answered
)

// recall answers a command that reads: beside the loop, which prints what comes of it.
func (c *chat) recall(ctx context.Context, in input) {
	client, mark := c.session.client, func(line, _ string, _ wire.Key) string { return line }
	if s, ok := c.screen.(interface {
		mark(line, name string, k wire.Key) string
	}); ok {
		mark = s.mark
	}
	patient := !c.screen.interactive() // a script means to be told what comes of it; someone at a terminal sees it, and asks again
	c.recalling++
	go func() { // close waits for it
		if in.command == "status" {
			c.recalled <- standingNow(ctx, client, patient)
			return
		}
		c.recalled <- recalled(ctx, client, in, mark)
	}()
}

// standingNow says how things stand; patient: once it is known whether the server takes the name.
func standingNow(ctx context.Context, client *peer.Client, patient bool) []string {
	s, err := client.Status(ctx)
	for err == nil && patient && s.Standing == peer.StandsWaiting {
		select {
		case <-time.After(glance):
			s, err = client.Status(ctx)
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		return []string{fmt.Sprintf("[No status: %v]", err)}
	}
	return statusLines(s)
}

// recalled reads. mark gives a line in which a name has the colour of its key.
func recalled(ctx context.Context, client *peer.Client, in input, mark func(line, name string, k wire.Key) string) []string {
	r := peer.Reading{With: in.name, Limit: in.number, Words: strings.Fields(in.text)}
	if in.name == everyone {
		r.With, r.Channel = "", true
	}
	past, err := client.History(ctx, r)
	lines := pastLines(past)
	for i, l := range past.Lines {
		lines[i] = mark(lines[i], l.Name, l.Key)
	}
	switch {
	case errors.Is(err, peer.ErrUnknown):
		return []string{fmt.Sprintf("[Unknown peer: %s]", plain.Name(in.name))}
	case err != nil:
		lines = append(lines, fmt.Sprintf("[The history can't be read: %v]", plain.Name(err.Error())))
	case len(lines) == 0 && in.command == "search":
		lines = append(lines, "[Nothing found.]")
	case len(lines) == 0:
		lines = append(lines, "[Nothing was said.]")
	case past.More && in.command == "search":
		lines = append(lines, fmt.Sprintf("[These are the newest %d: more words find less.]", len(past.Lines)))
	}
	return lines
}

func pastLines(p peer.Past) (lines []string) {
	for _, l := range p.Lines {
		lines = append(lines, pastLine(l))
	}
	if p.Damaged > 0 {
		lines = append(lines, fmt.Sprintf("[%s of the history damaged: what was in there is not shown.]", count(p.Damaged, "record")))
	}
	return lines
}

// pastLine is a line of the history: when it was typed, by whom, to whom, and what became of it if that is not what one expects.
func pastLine(l peer.PastLine) string {
	who, end := plain.Name(l.Name), ""
	switch {
	case l.Out && l.Post:
		who = "you to all"
	case l.Out:
		who = "you to " + who
	case l.Post:
		who += " to all"
	}
	switch l.End {
	case store.EndOpen:
		end = " [not delivered yet]"
	case store.EndGivenUp:
		end = " [given up]"
	}
	return fmt.Sprintf("%s %s: %s%s", time.UnixMicro(l.Time).Format("2006-01-02 15:04"), who, plain.Text(l.Text), end)
}
