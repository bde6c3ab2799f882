package peer

import (
	"fmt"
	"testing"
	"time"

	"udpchat/wire"
)

// of is a text of one of bob's runs, for ann.
func of(run uint64, from *friend, seq uint64, body string) wire.Text {
	x := in(from, seq, body)
	x.Epoch = run
	return x
}

// protocol.md §6.5: the epochs of a sender are shown in their order: what is here of an earlier one first.
func TestEpochsAreShownInOrder(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	say := func(from *friend, run, seq uint64) {
		b.recv(from, &wire.Direct{Try: 1, Text: of(run, from, seq, fmt.Sprintf("%d/%d", run, seq))})
	}
	for _, step := range []struct {
		run, seq uint64
		shown    string
	}{
		{10, 1, "10/1"},
		{10, 3, ""},
		{20, 1, ""},
		{30, 2, ""},
		{10, 2, "10/2 10/3 20/1"}, // the third run lacks one itself
		{30, 1, "30/1 30/2"},
		{20, 2, "~20/2"},
		{10, 4, "~10/4"},
		{30, 3, "30/3"},
		{25, 1, "~25/1"},
		{40, 1, "40/1"},
	} {
		say(bob, step.run, step.seq)
		if got := b.arrived(); got != step.shown {
			t.Errorf("%d/%d: shown %q, wanted %q", step.run, step.seq, got, step.shown)
		}
	}
	say(bob, 40, 3)
	say(cid, 5, 1)
	if got := b.arrived(); got != "5/1" {
		t.Errorf("shown %q: who else writes does not wait", got)
	}
}

// protocol.md §6.5: nothing waits longer than 10 s, and each epoch for its own hole.
func TestEpochsWaitTenSeconds(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: of(10, bob, 2, "ten")})
	b.advance(time.Second)
	b.recv(bob, &wire.Direct{Try: 1, Text: of(20, bob, 1, "twenty")})
	b.advance(9*time.Second - time.Millisecond)
	if got := b.arrived(); got != "" {
		t.Errorf("shown %q before 10 s", got)
	}
	b.advance(time.Millisecond)
	if got := b.arrived(); got != "ten" {
		t.Errorf("shown %q after 10 s", got)
	}
	b.advance(time.Second)
	if got := b.arrived(); got != "twenty" {
		t.Errorf("shown %q after 11 s", got)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: of(10, bob, 1, "one")})
	if got := b.arrived(); got != "~one" {
		t.Errorf("then %q", got)
	}
}

// protocol.md §6.5: the order of a sender's epochs outlives the program.
func TestOrderOfEpochsOutlivesTheProgram(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: of(20, bob, 1, "twenty")})
	b.shown()
	b.recv(bob, &wire.Direct{Try: 1, Text: of(30, bob, 2, "later")})
	b.recv(bob, &wire.Direct{Try: 1, Text: of(40, bob, 1, "forty")})
	b.again()
	if got := b.arrived(); got != "" {
		t.Errorf("shown %q, and one is missing", got)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: of(10, bob, 1, "ten")})
	if got := b.arrived(); got != "~ten" {
		t.Errorf("shown %q", got)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: of(30, bob, 1, "thirty")})
	if got := b.arrived(); got != "thirty =later =forty" {
		t.Errorf("shown %q", got)
	}
}

// protocol.md §6.4: mail that is pushed again is not shown again when its epoch was forgotten meanwhile: what the server pushes has a place
// in its log. It is answered as what it is.
func TestMailOfAForgottenEpoch(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	mails := []*wire.Push{
		{Order: 1, Try: 1, From: bob.key, Text: bob.sealed(of(100, bob, 1, "one"))},
		{Prev: 1, Order: 2, Try: 1, From: bob.key, Text: bob.sealed(of(100, bob, 2, "two"))},
	}
	for _, m := range mails {
		b.recv(server, m)
	}
	b.shown()
	for run := uint64(101); run <= 164; run++ {
		b.recv(bob, &wire.Direct{Try: 1, Text: of(run, bob, 1, "hi")})
		b.shown()
	}
	if b.core.inbox.sources[sourceID{bob.key, 100}] != nil || b.core.inbox.sources[sourceID{bob.key, 101}] == nil {
		t.Fatal("64 are remembered, and the first is not")
	}
	for _, when := range []string{"in this run", "in the next one"} {
		b.drop()
		for _, m := range mails {
			b.recv(server, m)
		}
		b.want(when, server, &wire.Taken{From: bob.key, Marks: wire.Marks{Epoch: 100, ToEpoch: myEpoch, Through: 1}, Order: 1, Try: 1})
		b.want(when, server, &wire.Taken{From: bob.key, Marks: wire.Marks{Epoch: 100, ToEpoch: myEpoch, Ranges: []wire.Range{{Lo: 2, Hi: 2}}}, Order: 2, Try: 1})
		b.wantTold(when)
		if b.core.inbox.sources[sourceID{bob.key, 100}] != nil {
			t.Error("it is remembered again, and another one is not")
		}
		b.again()
		b.told = nil
	}
}

// protocol.md §6.4: an epoch of which something is on its way to the screen is not forgotten.
func TestEpochsWithLinesThatWaitAreNotForgotten(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: of(100, bob, 2, "two")}) // and all that follows waits for it
	for run := uint64(101); run <= 170; run++ {
		b.recv(bob, &wire.Direct{Try: 1, Text: of(run, bob, 1, "hi")})
	}
	b.drop()
	if got := b.arrived(); got != "" {
		t.Fatalf("shown %q", got)
	}
	b.recv(bob, &wire.Direct{Try: 2, Text: of(100, bob, 2, "two")})
	b.want("it is there", bob, &wire.Ack{Marks: wire.Marks{Epoch: 100, ToEpoch: myEpoch, Ranges: []wire.Range{{Lo: 2, Hi: 2}}}, Seq: 2, Try: 2})
	b.recv(bob, &wire.Direct{Try: 1, Text: of(100, bob, 1, "one")})
	if n := len(b.told); n != 72 {
		t.Errorf("%d are shown", n)
	}
}
