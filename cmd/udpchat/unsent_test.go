package main

import (
	"errors"
	"strings"
	"testing"

	"udpchat/peer"
)

// What the client took is not lost, also when it says so after the server fell silent; what it did not take is, in the order in which it was
// typed, and is told once.
func TestUnsent(t *testing.T) {
	var out strings.Builder
	c := &chat{screen: &piped{out: &out}, fell: true}
	first := c.unsent.add(text{to: "bob", text: "taken"})
	second := c.unsent.add(text{to: "bob", text: "never"})
	drawn := c.unsent.add(text{ref: 7, text: "of a screen"})
	if first.ref == second.ref || first.ref < ownRefs || drawn.ref != 7 {
		t.Fatalf("refs %d, %d and %d", first.ref, second.ref, drawn.ref)
	}
	for _, n := range []peer.Notice{peer.Accepted{Ref: first.ref, Line: 1, To: "bob"}, peer.NotRegistered{Ref: second.ref}, peer.Left{}} {
		if err := c.settled(n); err != nil {
			t.Fatal(err)
		}
	}
	c.early = []typed{{line: "send cid before"}, {line: "send"}, {line: "to bob"}, {line: "plain"}, {line: "peers"}, {text: &text{text: "drawn before"}}}
	for _, want := range []int{5, 0} {
		if lost, err := c.loseUnsent(); lost != want || err != nil {
			t.Errorf("%d lost, not %d; %v", lost, want, err)
		}
	}
	if got := out.String(); got != "[5 messages not sent, and not kept.]\n" {
		t.Errorf("printed %q", got)
	}
}

// Who ends the program, in whatever way, is told of what goes with it: also after a registration, and in the second in which a server that fell
// silent is asked who it is.
func TestUnsentIsToldAtEveryEnd(t *testing.T) {
	for name, end := range map[string]func(c *chat) error{
		"a signal":              func(c *chat) error { return c.interrupted(exitTerminated) },
		"the end of the client": func(*chat) error { return errQuit },
	} {
		var out strings.Builder
		c := &chat{screen: &piped{out: &out}, started: true, fell: true}
		c.unsent.add(text{to: "bob", text: "never"})
		c.early = []typed{{line: "send bob in that second"}}
		err := end(c)
		var want, got *exitError
		if ended := c.ending(err); !errors.As(err, &want) || !errors.As(ended, &got) || got.code != want.code {
			t.Errorf("%s: ended with %v, not %v", name, ended, err)
		}
		if got := strings.TrimPrefix(out.String(), "[Exiting]\n"); got != "[2 messages not sent, and not kept.]\n" {
			t.Errorf("%s: printed %q", name, got)
		}
	}
}
