package server

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/exp/slog"

	"udpchat/store"
	"udpchat/wire"
)

// Who finds no room asks again every second, for as long as the disk is full: the log does not grow with that.
func TestAFullDiskDoesNotFillTheLog(t *testing.T) {
	var log strings.Builder
	b := newBench(t, Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	b.join("ann")
	zoe := b.person("zoe")
	b.store.Room(0)
	before := log.String()
	for request := range uint32(3) {
		b.recv(zoe, ask(zoe, 7+request))
		b.want("no room", zoe, &wire.Registered{Request: 7 + request, Outcome: wire.Unavailable, Store: storeID, MaxMessage: wire.MaxText})
	}
	if more := strings.TrimPrefix(log.String(), before); strings.Contains(more, "refused") {
		t.Errorf("logged: %s", more)
	}
	b.store.Room(-1)
	b.recv(zoe, ask(zoe, 17))
	if more := strings.TrimPrefix(log.String(), before); strings.Count(more, "registered") != 1 {
		t.Errorf("logged: %s", more)
	}
}

// protocol.md §10.7: a full disk takes nothing new, says so, and delivers and deletes what is there.
func TestAFullDisk(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, zoe := b.join("ann"), b.away("bob"), b.person("zoe")
	b.deposit(ann, bob, text(ann, bob, 1, "one"))
	b.store.Room(0)
	b.sentTo(ann)

	refused := storedAway(ann, bob, 2, 0)
	refused.Verdict = wire.FullDisk
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 2, "two")})
	b.want("no room", ann, refused)
	b.recv(ann, &wire.Deposit{To: wire.Channel, Try: 1, Text: post(ann, 1, "hi")})
	b.want("nor for a post", ann, &wire.Stored{To: wire.Channel, Epoch: ann.epoch, Seq: 1, Try: 1, Verdict: wire.FullDisk})
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 2, Text: text(ann, bob, 1, "one")})
	again := storedAway(ann, bob, 1, 1)
	again.Try, again.Again = 2, true
	b.want("what is there is there", ann, again)
	for range 2 {
		b.recv(zoe, ask(zoe, 7))
		b.want("no new name", zoe, &wire.Registered{Request: 7, Outcome: wire.Unavailable, Store: storeID, MaxMessage: wire.MaxText})
	}
	b.recv(zoe, &wire.Ping{Nonce: 3, Store: storeID})
	b.want("she is not known", zoe, &wire.Pong{Nonce: 3, Store: storeID, Revision: b.head().Revision, Order: 1})

	b.recv(bob, ask(bob, 9)) // presence is written
	if got := pushes(b.sentTo(bob)); len(got) != 1 {
		t.Errorf("pushed %v", got)
	}
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1})
	if items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9); len(items) > 0 {
		t.Errorf("left: %+v", items)
	}

	b.store.Room(-1)
	b.recv(zoe, ask(zoe, 7))
	if b.row(zoe).State != store.Online {
		t.Error("the same request, and there is room")
	}
	b.advance(time.Second)
	b.deposit(ann, bob, text(ann, bob, 2, "two"))
	b.recv(ann, &wire.Deposit{To: wire.Channel, Try: 3, Text: post(ann, 1, "hi")})
	if order := b.head().Order; order != 3 {
		t.Errorf("order %d: what was refused left a trace", order)
	}
}
