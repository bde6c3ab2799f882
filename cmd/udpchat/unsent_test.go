package main

import (
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
