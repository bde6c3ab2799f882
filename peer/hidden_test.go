package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §8.10: a sender waits for no table, knows whom it asks for, and hears what became of its texts.
func TestASenderNeedsNoTable(t *testing.T) {
	b := newBench(t, Config{Mode: wire.Sender})
	bob := b.friend("bob")
	b.unlisted = map[string][]wire.Row{"bob": {bob.row(wire.Online)}}
	b.do(b.core.Register)
	if r := b.drop()[0].msg.(*wire.Register); r.Mode != wire.Sender {
		t.Errorf("mode %v", r.Mode)
	}
	b.head = 1000 // people
	b.answerRegister(storeID)
	b.told = nil
	b.send(bob, "one")
	b.send(bob, "two")
	b.want("directly", bob, &wire.Direct{Try: 1, Text: b.out(bob, 1, "one")})
	b.want("directly", bob, &wire.Direct{Try: 1, Text: b.out(bob, 2, "two")})
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.wantTold("delivered", Delivered{To: "bob"})
	b.advance(500 * time.Millisecond)
	b.recv(server, storedFor(bob, 2, 1, wire.Accepted))
	b.wantTold("stored", NoAck{To: "bob"}, Stored{To: "bob"})
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 2)})
	b.wantTold("delivered", Exists{To: "bob"}, Delivered{To: "bob"})
}

// protocol.md §8.10: what waits for a sender goes on waiting, whoever brings it.
func TestASenderTakesNothing(t *testing.T) {
	for _, mode := range []wire.Mode{wire.Sender, wire.Hidden} {
		b := newBench(t, Config{Mode: mode})
		bob := b.friend("bob")
		b.register()
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
		b.recv(server, &wire.Push{Order: 1, Try: 1, From: bob.key, Text: bob.sealed(in(bob, 2, "ho"))})
		answers := len(b.drop())
		loaded, _ := b.profile.Load()
		if took := answers > 0 || len(loaded.Unshown) > 0; took != (mode == wire.Hidden) {
			t.Errorf("%v: %d answers, %d lines", mode, answers, len(loaded.Unshown))
		}
	}
}

// What the server had when this run registered is told from what came since: an answer is never older than its question.
func TestWhatWasThereBefore(t *testing.T) {
	b := newBench(t, Config{Mode: wire.Hidden})
	bob := b.friend("bob")
	b.do(b.core.Register)
	b.head++
	b.recv(server, &wire.Registered{Request: b.core.request, Store: storeID, Revision: b.head, MaxMessage: wire.MaxText, Order: 7})
	b.page(bob.row(wire.Online))
	b.told = nil
	arrive := func(order, seq uint64, old bool) {
		t.Helper()
		b.recv(server, &wire.Push{Prev: order - 1, Order: order, Try: 1, From: bob.key, Text: bob.sealed(in(bob, seq, "hi"))})
		if len(b.told) != 1 || b.told[0].(Arrived).Old != old {
			t.Errorf("order %d: %+v", order, b.told)
		}
		b.told = nil
	}
	b.recv(server, &wire.Push{Order: 6, Try: 1, From: bob.key, Text: bob.sealed(in(bob, 1, "hi"))})
	b.told = nil
	arrive(7, 2, true)
	arrive(8, 3, false)
	b.do(b.core.Register) // again: what came meanwhile is no older for that
	b.recv(server, &wire.Registered{Request: b.core.request, Store: storeID, Revision: b.head, MaxMessage: wire.MaxText, Order: 9})
	b.told = nil
	arrive(9, 4, false)
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 5, "hi")})
	if a := b.told[0].(Arrived); a.Old {
		t.Error("what came directly is old")
	}
}
