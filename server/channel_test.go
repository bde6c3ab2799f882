package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

func post(from *member, seq uint64, body string) wire.Text {
	return wire.Text{Epoch: from.epoch, Seq: seq, Parts: 1, Size: uint32(len(body)), Time: 5, Flags: wire.FlagCovered, Body: []byte(body)}
}

func (b *bench) post(from *member, seq uint64, body string) {
	b.t.Helper()
	b.recv(from, &wire.Deposit{To: wire.Channel, Try: 1, Text: post(from, seq, body)})
	b.sentTo(from)
}

// posts takes what was pushed of the channel, as "order<prev:body", with "+" for live.
func (b *bench) posts(to *member) string {
	var list []string
	for _, s := range b.sentTo(to) {
		if m, ok := s.msg.(*wire.PushPost); ok && m.Try == 1 {
			one := fmt.Sprintf("%d<%d:%s", m.Prev, m.Order, m.Text.Body)
			if m.Live {
				one += "+"
			}
			list = append(list, one)
		}
	}
	return strings.Join(list, " ")
}

func (b *bench) seen(from *member, order uint64) {
	b.t.Helper()
	b.recv(from, &wire.Seen{Store: storeID, Through: order, Order: order, Try: 1})
}

// protocol.md §11.1: Stored ends a post for its author. Every other member is pushed it, live.
func TestPostReachesEveryMember(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, cid := b.join("ann"), b.join("bob"), b.join("cid")
	b.hold()
	b.recv(ann, &wire.Deposit{To: wire.Channel, Try: 1, Text: post(ann, 1, "hi")})
	b.wantIdle("not on disk")
	b.release()
	b.want("stored", ann, &wire.Stored{To: wire.Channel, Epoch: ann.epoch, Seq: 1, Try: 1, Order: 1})
	push := &wire.PushPost{Order: 1, Try: 1, Live: true, Author: ann.key, Text: post(ann, 1, "hi")}
	b.want("pushed", bob, push)
	b.want("pushed", cid, push)
	b.wantIdle("not to its author")
}

// protocol.md §11.1: one author's posts are accepted in the order of their seqs; one that skips is not stored (verdict 4).
func TestPostsAreAcceptedInOrder(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.recv(ann, &wire.Deposit{To: wire.Channel, Try: 1, Text: post(ann, 2, "two")})
	b.want("one is missing", ann, &wire.Stored{To: wire.Channel, Epoch: ann.epoch, Seq: 2, Try: 1, Verdict: wire.Skipped})
	b.wantIdle("nothing was stored")
	b.post(ann, 1, "one")
	b.post(ann, 2, "two")
	b.recv(ann, &wire.Deposit{To: wire.Channel, Try: 3, Text: post(ann, 1, "one")})
	b.want("who asks for the third time is told at once that it is heard", ann, b.clock())
	b.want("an old one gets its answer again", ann, &wire.Stored{To: wire.Channel, Epoch: ann.epoch, Seq: 1, Try: 3, Order: 1, Again: true})
	if got, want := b.posts(bob), "0<1:one+ 1<2:two+"; got != want {
		t.Errorf("bob was pushed %q, wanted %q", got, want)
	}
}

// protocol.md §11.1: what its author says is over need not be there: a store may have lost it.
func TestPostsBeginAtTheirBase(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	deposit := &wire.Deposit{To: wire.Channel, Try: 1, Base: 6, Text: post(ann, 7, "seven")}
	b.recv(ann, deposit)
	b.want("six is to come", ann, &wire.Stored{To: wire.Channel, Epoch: ann.epoch, Seq: 7, Try: 1, Verdict: wire.Skipped})
	deposit.Base = 7
	b.recv(ann, deposit)
	b.want("six is over", ann, &wire.Stored{To: wire.Channel, Epoch: ann.epoch, Seq: 7, Try: 1, Order: 1})
}

// protocol.md §11.2: the log holds each post; each member has a durable cursor. What waited is not live.
func TestCursor(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.post(ann, 1, "one")
	b.seen(bob, 1)
	b.advance(2 * cursorPause)
	b.leave(bob)
	b.post(ann, 2, "two")
	b.post(ann, 3, "three")
	b.recv(bob, ask(bob, 50))
	if got, want := b.posts(bob), "0<2:two 2<3:three"; got != want {
		t.Errorf("after his return: %q, wanted %q", got, want)
	}
	b.post(ann, 4, "four")
	if got, want := b.posts(bob), "3<4:four+"; got != want {
		t.Errorf("then: %q, wanted %q", got, want)
	}
	b.seen(bob, 4)
	b.advance(2 * cursorPause)
	b.restart()
	b.advance(100 * time.Millisecond)
	if got := b.posts(bob); got != "" {
		t.Errorf("after a restart: %q again", got)
	}
}

// protocol.md §11.2: Seen moves the cursor, and over nothing that was not seen.
func TestCursorStopsAtAHole(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	for seq := range uint64(3) {
		b.post(ann, seq+1, fmt.Sprint(seq+1))
	}
	b.recv(bob, &wire.Seen{Store: storeID, Through: 1, Ranges: []wire.Range{{Lo: 3, Hi: 3}}, Order: 3, Try: 1})
	b.recv(bob, &wire.Seen{Store: storeID + 1, Through: 9, Order: 2, Try: 1})
	b.advance(2 * cursorPause)
	b.restart()
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Revision: 2, Order: 3})
	b.advance(100 * time.Millisecond)
	if got, want := b.posts(bob), "0<2:2 2<3:3"; got != want {
		t.Errorf("after a restart: %q, wanted %q", got, want)
	}
}

// protocol.md §8.2: a client says through which order it has everything; a cursor that was lost with a killed server follows it.
func TestCursorFollowsTheClientsWord(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	for seq := range uint64(3) {
		b.post(ann, seq+1, fmt.Sprint(seq+1))
	}
	b.seen(bob, 2)
	b.restart() // before the cursor was written
	b.sentTo(bob)
	b.recv(bob, knowing(ask(bob, 90), 2, 2))
	if got, want := b.posts(bob), "0<3:3"; got != want {
		t.Errorf("forward: %q, wanted %q", got, want)
	}
	b.seen(bob, 3)
	b.advance(2 * cursorPause)
	b.recv(bob, knowing(ask(bob, 91), 2, 1))
	if got, want := b.posts(bob), "0<2:2 2<3:3"; got != want {
		t.Errorf("back, for a restored profile: %q, wanted %q", got, want)
	}
}

// protocol.md §11.2: a new member's cursor begins at its registration.
func TestNewMemberSeesTheChannelFromNowOn(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	b.post(ann, 1, "before")
	bob := b.person("bob")
	b.recv(bob, ask(bob, 4))
	answer := welcome(4, 2)
	answer.Order = 1
	b.want("nothing waits, and the order is that of the last one", bob, answer)
	b.post(ann, 2, "after")
	if got, want := b.posts(bob), "0<2:after+"; got != want {
		t.Errorf("%q, wanted %q", got, want)
	}
}

// protocol.md §10.2: mail and posts are one sequence.
func TestMailAndPostsAreOneSequence(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.away("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "mail 1"))
	b.post(ann, 1, "post 1")
	b.deposit(ann, bob, text(ann, bob, 2, "mail 2"))
	b.recv(bob, ask(bob, 40))
	answer := welcome(40, 4)
	answer.Waiting, answer.Order = true, 3
	b.want("something waits", bob, answer)
	b.want("first", bob, &wire.Push{Order: 1, Try: 1, From: ann.key, Text: text(ann, bob, 1, "mail 1")})
	b.want("second", bob, &wire.PushPost{Prev: 1, Order: 2, Try: 1, Author: ann.key, Text: post(ann, 1, "post 1")})
	b.want("third", bob, &wire.Push{Prev: 2, Order: 3, Try: 1, From: ann.key, Text: text(ann, bob, 2, "mail 2")})
	b.seen(bob, 3)
	if items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9); len(items) != 3 {
		t.Errorf("%d wait", len(items))
	}
	for _, order := range []uint64{1, 3} {
		b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 2), Order: order, Try: 1})
	}
	b.advance(2 * cursorPause)
	if items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9); len(items) != 0 {
		t.Errorf("%d are left", len(items))
	}
}

// However many members have read the same post, their cursors never take all the room that there is for what waits for the disk.
func TestCursorsLeaveRoomForDeposits(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	const members = maxWaiting + 10*cursorsAtOnce/2
	for i := range members {
		cl := newClient(wire.Key{byte(i), byte(i >> 8), 7})
		cl.session = &session{cursor: 1}
		b.core.cursors = append(b.core.cursors, cl)
	}
	b.core.cursorsDue = b.now
	b.hold()
	b.settle()
	if n := len(b.commits); n != cursorsAtOnce {
		t.Errorf("%d are written at once", n)
	}
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
	if _, ok := b.commits[len(b.commits)-1].Change.(store.Deposit); !ok {
		t.Error("a deposit is dropped")
	}
	b.advance((members/cursorsAtOnce + 1) * cursorsGap)
	if n := len(b.commits); n != members+1 || len(b.core.cursors) > 0 || !b.core.cursorsDue.IsZero() {
		t.Errorf("%d of %d are written in the end", n-1, members)
	}
}

// A clean shutdown writes the cursors at once: protocol.md §11.2, durable.
func TestStopWritesTheCursors(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.post(ann, 1, "hi")
	b.seen(bob, 1)
	b.core.Stop(b.now)
	b.settle()
	b.restart()
	if got := b.posts(bob); got != "" {
		t.Errorf("after a clean restart: %q again", got)
	}
}
