package main

import (
	"fmt"
	"maps"
	"slices"

	"udpchat/cmd/internal/control"
	"udpchat/cmd/internal/plain"
	"udpchat/peer"
)

// ownRefs begins the numbers that the chat gives to texts that were typed in a line; a screen's own are below, those of other programs above.
const ownRefs = 1 << 62

// unsent are the texts that were typed and of which the client has not said yet whether it took them. What ends the program now ends them too.
type unsent struct {
	last uint64
	open map[uint64]text
}

// add notes a text on its way to the client, and numbers it if nobody did.
func (u *unsent) add(t text) text {
	if t.ref == 0 {
		u.last++
		t.ref = ownRefs + u.last
	}
	if u.open == nil {
		u.open = map[uint64]text{}
	}
	u.open[t.ref] = t
	return t
}

// told takes in that the client took a text, or said why it did not.
func (u *unsent) told(n peer.Notice) { delete(u.open, control.Ref(n)) }

// take gives those that are left, in the order in which they were typed.
func (u *unsent) take() []text {
	var left []text
	for _, ref := range slices.Sorted(maps.Keys(u.open)) {
		left = append(left, u.open[ref])
	}
	u.open = nil
	return left
}

// earlyTexts gives those among the lines that came before there was a client.
func (c *chat) earlyTexts() []text {
	var texts []text
	to := c.aim
	for _, t := range c.early {
		switch in, wrong := parse(t.line, to); {
		case t.text != nil:
			texts = append(texts, *t.text)
		case wrong != "":
		case in.command == "to":
			to = aimAt(in.name)
		case in.command == "send":
			texts = append(texts, text{to: in.name, text: in.text})
		case in.command == "send_all":
			texts = append(texts, text{text: in.text})
		}
	}
	c.early = nil
	return texts
}

// loseUnsent ends the client, after which it is certain which of the typed texts go with the program, and says which, and how many. A full screen
// takes what is written on it away: there they are written once more.
func (c *chat) loseUnsent() (int, error) {
	if err := c.close(); err != nil {
		return 0, err
	}
	lost := append(c.unsent.take(), c.earlyTexts()...)
	if len(lost) == 0 || c.settings.json { // a program knows it: it was told of no "accepted"
		return 0, nil
	}
	if err := c.print(fmt.Sprintf("[%s not sent, and not kept.]", count(len(lost), "message"))); err != nil {
		return 0, err
	}
	if _, full := c.screen.(*fullScreen); full {
		for _, t := range lost {
			if err := c.print(fmt.Sprintf("to %s: %s", someone(t.to), plain.Text(t.text))); err != nil {
				return 0, err
			}
		}
	}
	return len(lost), nil
}
