package server

import (
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// protocol.md §10.3: the receipt follows the commit, again with growing gaps, until ReceiptAck.
func TestReceiptIsRepeatedUntilAcked(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "hi"))
	b.sentTo(bob)
	b.hold()
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1})
	b.wantIdle("not on disk")
	b.release()
	receipt := &wire.Receipt{To: bob.key, Marks: through(ann, bob, 1)}
	b.want("told", ann, receipt)
	b.advance(20 * time.Second)
	again := b.sentTo(ann)
	if len(again) < 4 || len(again) > 8 {
		t.Errorf("told %d times in 20 s", len(again))
	}
	if n := len(again); n > 3 && again[n-1].at-again[n-2].at < 2*(again[1].at-again[0].at) {
		t.Errorf("the gaps do not grow: %v, then %v", again[1].at-again[0].at, again[n-1].at-again[n-2].at)
	}
	b.recv(ann, &wire.ReceiptAck{To: bob.key, Marks: through(ann, bob, 2)})
	b.advance(30 * time.Second)
	if len(b.sentTo(ann)) == 0 {
		t.Error("an acknowledgement of other marks counts")
	}
	b.recv(ann, &wire.ReceiptAck{To: bob.key, Marks: receipt.Marks})
	b.advance(time.Minute)
	b.sentTo(bob)
	b.wantIdle("acknowledged")
	if list, _ := b.store.Untold(store.Key(ann.key)); len(list) > 0 {
		t.Errorf("still untold: %+v", list)
	}
}

// protocol.md §10.3: and at every return of the sender.
func TestReceiptAtTheReturnOfTheSender(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "hi"))
	b.leave(ann)
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1})
	b.sentTo(bob)
	b.wantIdle("ann is away")
	receipt := &wire.Receipt{To: bob.key, Marks: through(ann, bob, 1)}
	for request := range uint32(2) {
		b.recv(ann, ask(ann, 100+request))
		b.sentTo(bob)
		if list := b.sentTo(ann); len(list) < 2 || list[1].msg.Kind() != wire.KindReceipt {
			t.Errorf("return %d: heard %+v", request, list)
		}
	}
	b.restart()
	b.sentTo(bob)
	b.want("pinged", ann, &wire.Ping{Store: storeID, Revision: 5, Order: 1})
	b.recv(ann, &wire.Pong{Known: true, Store: storeID, Revision: 5})
	b.want("and after a restart", ann, receipt)
	b.recv(ann, &wire.ReceiptAck{To: bob.key, Marks: receipt.Marks})
	b.recv(ann, ask(ann, 200))
	for _, s := range b.sentTo(ann) {
		if s.msg.Kind() == wire.KindReceipt {
			t.Error("told although it was acknowledged")
		}
	}
}

// A sender returns while its mail is being taken. What was taken before is known from the store, and what comes after that may be an
// older answer: it must not hide the other.
func TestReceiptsThatMeetAReturn(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "one"))
	b.deposit(ann, bob, text(ann, bob, 2, "two"))
	b.hold()
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 2), Order: 2, Try: 1})
	b.recv(ann, ask(ann, 51))
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1})
	b.release()
	var last *wire.Receipt
	for _, s := range b.sentTo(ann) {
		if m, ok := s.msg.(*wire.Receipt); ok {
			last = m
		}
	}
	if last == nil || last.Marks.Through != 2 {
		t.Errorf("the last receipt is %+v", last)
	}
}

// protocol.md §10.3: every one of several receipts for the same recipient is passed on.
func TestReceiptsOfTwoEpochsAreBothTold(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	old := *ann
	b.deposit(ann, bob, text(ann, bob, 1, "of the old epoch"))
	ann.epoch++
	b.deposit(ann, bob, text(ann, bob, 1, "of the new one"))
	b.leave(ann)
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 2, Try: 1})
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(&old, bob, 1), Order: 1, Try: 1})
	b.recv(ann, ask(ann, 50))
	told := map[uint64]bool{}
	for range 5 {
		for _, s := range b.sentTo(ann) {
			if m, ok := s.msg.(*wire.Receipt); ok {
				told[m.Marks.Epoch] = true
				b.recv(ann, &wire.ReceiptAck{To: m.To, Marks: m.Marks})
			}
		}
		b.advance(10 * time.Second)
	}
	if !told[old.epoch] || !told[ann.epoch] {
		t.Errorf("told of epochs %v", told)
	}
}
