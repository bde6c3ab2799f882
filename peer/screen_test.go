package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §6.5: a sender's texts are shown in the order of their seqs. A later one waits up to 10 s for an earlier one; one
// that comes after a later one was shown is marked as late.
func TestTextsAreShownInOrder(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 3, "three")})
	b.want("acknowledged although it waits", bob, &wire.Ack{Marks: mine(bob, 0, wire.Range{Lo: 3, Hi: 3}), Seq: 3, Try: 1})
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 2, "two")})
	b.recv(cid, &wire.Direct{Try: 1, Text: in(cid, 1, "cid")})
	if got := b.arrived(); got != "cid" {
		t.Errorf("shown %q: who else writes does not wait", got)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "one")})
	if got := b.arrived(); got != "one two three" {
		t.Errorf("shown %q", got)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 6, "six")})
	b.advance(time.Second)
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 5, "five")})
	b.advance(9*time.Second - time.Millisecond)
	if got := b.arrived(); got != "" {
		t.Errorf("shown %q before 10 s", got)
	}
	b.advance(time.Millisecond)
	if got := b.arrived(); got != "five six" {
		t.Errorf("shown %q after 10 s", got)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 4, "four")})
	if got := b.arrived(); got != "~four" {
		t.Errorf("then %q", got)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 7, "seven")})
	if got := b.arrived(); got != "seven" {
		t.Errorf("then %q", got)
	}
}

// protocol.md §6.5: what comes again while it is being written does not let go what waits behind it before it is shown itself.
func TestACopyMeanwhileChangesNoOrder(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(server, &wire.Push{Prev: 1, Order: 2, Try: 1, From: bob.key, Text: bob.sealed(in(bob, 2, "two"))})
	b.hold()
	for try := range uint8(3) {
		b.advance(time.Second)
		b.recv(server, &wire.Push{Order: 1, Try: try, From: bob.key, Text: bob.sealed(in(bob, 1, "one"))})
	}
	b.release()
	if got := b.arrived(); got != "one two" {
		t.Errorf("shown %q", got)
	}
}

// A sender whose name is not known yet is shown when the table has it, or after 10 s by its key: protocol.md §6.5, the same patience.
func TestUnknownSenderWaitsForTheTable(t *testing.T) {
	b, _ := readyBench(t)
	bob, cid := b.friend("bob"), b.friend("cid")
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
	b.want("acknowledged", bob, &wire.Ack{Marks: mine(bob, 1), Seq: 1, Try: 1})
	b.recv(cid, &wire.Direct{Try: 1, Text: in(cid, 1, "ho")})
	b.advance(5 * time.Second)
	b.wantTold("not known")
	b.changed(bob.row(wire.Online))
	b.wantTold("bob is", Arrived{Line: 1, From: "bob", Text: "hi", Time: 1001})
	b.advance(5*time.Second - time.Millisecond)
	b.wantTold("cid is not")
	b.advance(time.Millisecond)
	b.wantTold("by the key", Arrived{Line: 2, From: "key:" + cid.key.String(), Text: "ho", Time: 1001})
}
