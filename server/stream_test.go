package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §7.4: a server has at most 32 items unanswered per client. The window is refilled from the store.
func TestPushWindow(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.away("bob")
	const mail = 200
	for seq := range uint64(mail) {
		b.deposit(ann, bob, text(ann, bob, seq+1, fmt.Sprint(seq+1)))
	}
	b.recv(bob, ask(bob, 50))
	var orders []uint64
	flying := 0
	for round := 0; ; round++ {
		for _, s := range b.sentTo(bob) {
			m, ok := s.msg.(*wire.Push)
			if !ok || m.Try > 1 {
				continue
			}
			if want := uint64(len(orders)); m.Order != want+1 || m.Prev != want || m.Text.Seq != want+1 {
				t.Fatalf("order %d after %d, seq %d came as number %d", m.Order, m.Prev, m.Text.Seq, want+1)
			}
			orders = append(orders, m.Order)
			flying++
		}
		if taken := len(orders) - flying; flying > 32+taken {
			t.Fatalf("round %d: %d are unanswered", round, flying)
		}
		if flying == 0 {
			break
		}
		if round == 0 && flying != 32 {
			t.Errorf("only %d are sent at first", flying)
		}
		// Three more were taken.
		for range min(3, flying) {
			next := orders[len(orders)-1] - uint64(flying) + 1
			b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, next), Order: next, Try: 1})
			flying--
		}
	}
	if len(orders) != mail {
		t.Errorf("%d of %d were pushed", len(orders), mail)
	}
	b.sentTo(ann)
	b.advance(time.Minute)
	if list := pushes(b.sentTo(bob)); len(list) > 0 {
		t.Errorf("pushed again: %v", list)
	}
}

// protocol.md §10.2: what arrives while the client works off its mailbox stands behind it.
func TestNewMailStandsBehindOld(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, cid := b.join("ann"), b.away("bob"), b.join("cid")
	for seq := range uint64(100) {
		b.deposit(ann, bob, text(ann, bob, seq+1, "old"))
	}
	b.slow = true
	b.recv(bob, ask(bob, 50))
	for seq := range uint64(80) {
		b.deposit(cid, bob, text(cid, bob, seq+1, "new"))
	}
	b.release()
	var got []uint64
	has := map[wire.Key]uint64{}
	for range 100 {
		for _, s := range b.sentTo(bob) {
			m, ok := s.msg.(*wire.Push)
			if !ok || m.Try > 1 {
				continue
			}
			got = append(got, m.Order)
			has[m.From] = m.Text.Seq
			from := ann
			if m.From == cid.key {
				from = cid
			}
			b.recv(bob, &wire.Taken{From: m.From, Marks: through(from, bob, m.Text.Seq), Order: m.Order, Try: 1})
		}
	}
	if len(got) != 180 || has[ann.key] != 100 || has[cid.key] != 80 {
		t.Fatalf("%d pushed, %d of the old, %d of the new", len(got), has[ann.key], has[cid.key])
	}
	for i, order := range got {
		if order != uint64(i+1) {
			t.Fatalf("number %d has order %d", i+1, order)
		}
	}
}

// protocol.md §8.4: 500 ms apart at most; from the third try a ping goes with it, for who can take nothing now.
func TestPushIsRepeated(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "hi"))
	begun := b.now.Sub(b.start)
	b.advance(2900 * time.Millisecond)
	var at []string
	for _, s := range b.sentTo(bob) {
		if m, ok := s.msg.(*wire.Push); ok {
			at = append(at, fmt.Sprintf("%d@%v", m.Try, s.at-begun))
			if m.Order != 1 || m.Prev != 0 {
				t.Errorf("order %d after %d", m.Order, m.Prev)
			}
		}
	}
	if got, want := strings.Join(at, " "), "1@0s 2@300ms 3@800ms 4@1.3s 5@1.8s 6@2.3s 7@2.8s"; got != want {
		t.Errorf("pushed %s\nwanted %s", got, want)
	}
}

// protocol.md §7.1: the answers measure the round trip, and the gaps follow it.
func TestPushSpacingFollowsTheRoundTrip(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	for seq := range uint64(20) {
		b.deposit(ann, bob, text(ann, bob, seq+1, "hi"))
		b.advance(4 * time.Millisecond)
		b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, seq+1), Order: seq + 1, Try: 1})
		b.sentTo(ann)
	}
	b.sentTo(bob)
	b.deposit(ann, bob, text(ann, bob, 21, "hi"))
	b.advance(55 * time.Millisecond)
	if list := pushes(b.sentTo(bob)); len(list) != 2 {
		t.Errorf("pushed %v within 55 ms, at a round trip of 4 ms", list)
	}
}

// protocol.md §8.3: what is on its way follows a client to its new address.
func TestPushFollowsToTheNewAddress(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "hi"))
	b.sentTo(bob)
	bob.path.Remote = ann.path.Remote
	b.recv(bob, &wire.Ping{Nonce: 1, Store: storeID, Revision: 2})
	b.sentTo(bob)
	b.advance(time.Second)
	for _, s := range b.sentTo(bob) {
		if s.path != bob.path {
			t.Errorf("%+v went to %v", s.msg, s.path)
		}
	}
}

// protocol.md §7.3: with growing gaps. An answer to the ping that goes with a push is no reason for the next one.
func TestAnswersToPingsDoNotHastenPushes(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "hi")) // bob has no room for it
	tries := 0
	for range 600 {
		b.advance(100 * time.Millisecond)
		list := b.sentTo(bob)
		tries += len(pushes(list))
		for _, s := range list {
			if m, ok := s.msg.(*wire.Ping); ok {
				b.recv(bob, &wire.Pong{Nonce: m.Nonce, Known: true, Store: storeID, Revision: 2})
			}
		}
	}
	if tries < 10 || tries > 20 {
		t.Errorf("pushed %d times in a minute", tries)
	}
}

// Who had much waiting, took it, and says nothing more but that it is there, takes no more from the server than who had nothing.
func TestRoomOfTheStreamIsGivenBack(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.away("bob")
	const mail = 300
	for seq := range uint64(mail) {
		b.deposit(ann, bob, text(ann, bob, seq+1, "waits"))
	}
	b.recv(bob, ask(bob, 50))
	ping := &wire.Ping{Nonce: 1, Store: storeID, Revision: b.head().Revision}
	b.recv(bob, ping)
	f := b.core.clients.Get(bob.key).session.stream.flow
	if len(f.window) == 0 || len(f.queue) == 0 {
		t.Fatalf("%d are on their way, %d wait: a ping took them away", len(f.window), len(f.queue))
	}
	for order := range uint64(mail) {
		b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, order+1), Order: order + 1, Try: 1})
	}
	if b.recv(bob, ping); cap(f.window)+cap(f.queue) > 0 {
		t.Errorf("room for %d and %d is kept", cap(f.window), cap(f.queue))
	}
	b.sentTo(bob)
	b.deposit(ann, bob, text(ann, bob, mail+1, "later"))
	if list := pushes(b.sentTo(bob)); len(list) != 1 {
		t.Errorf("then %v comes", list)
	}
}
