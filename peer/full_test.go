package peer

import (
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §10.7: what a full server does not take is kept, and tried so often that it goes within 5 s of there being room.
func TestAFullServerIsTriedSoon(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "hi")
	b.drop()
	b.recv(server, storedFor(bob, 1, 1, wire.FullDisk))
	b.wantTold("kept", Kept{To: "bob", Why: wire.FullDisk})
	before := b.now.Sub(b.start)
	b.advance(2 * time.Minute)
	list := b.drop()
	for _, s := range list {
		if gap := s.at - before; gap < 500*time.Millisecond || gap > 4*time.Second {
			t.Errorf("%v between two tries", gap)
		}
		before = s.at
	}
	if len(list) < 30 || len(list) > 60 {
		t.Errorf("tried %d times in 2 min", len(list))
	}
	b.recv(server, storedFor(bob, 1, 9, wire.Accepted))
	b.wantTold("at last", Stored{To: "bob"})
}

// A post that came behind one that found no room waits with it, and follows it at once.
func TestPostsBehindAFullDisk(t *testing.T) {
	b, _ := readyBench(t)
	for range 3 {
		b.do(func(now time.Time) { b.core.SendAll(now, "hi") })
	}
	b.recv(server, storedFor(theChannel, 1, 1, wire.FullDisk))
	b.recv(server, storedFor(theChannel, 2, 1, wire.Skipped))
	b.recv(server, storedFor(theChannel, 3, 1, wire.Skipped))
	b.told = nil
	b.do(b.core.Drain)
	b.wantTold("decided for now", Drained{Kept: 3})
	b.drop()
	b.advance(time.Minute)
	if n := len(b.drop()); n < 30 || n > 100 {
		t.Errorf("%d datagrams in a minute", n)
	}
	b.recv(server, storedFor(theChannel, 1, 9, wire.Accepted))
	b.advance(time.Millisecond)
	var seqs []uint64
	for _, s := range b.drop() {
		seqs = append(seqs, s.msg.(*wire.Deposit).Text.Seq)
	}
	if len(seqs) == 0 || seqs[0] != 2 {
		t.Errorf("next are %v", seqs)
	}
}

// protocol.md §10.7: a server without room for a new name is asked again, and the user waits.
func TestRegistrationIsPostponed(t *testing.T) {
	b := newBench(t, Config{})
	b.do(b.core.Register)
	ask := b.drop()[0].msg
	for range 3 {
		b.recv(server, &wire.Registered{Request: b.core.request, Outcome: wire.Unavailable, Store: storeID, MaxMessage: wire.MaxText})
		b.advance(4 * time.Second)
		list := b.drop()
		if len(list) == 0 || list[0].msg.(*wire.Register).Request != ask.(*wire.Register).Request {
			t.Fatalf("sent %+v", list)
		}
	}
	b.wantTold("once", Postponed{Name: "ann", Why: NoRoom})
	b.answerRegister(storeID)
	b.wantTold("at last", Welcome{Name: "ann"})
}

// refuse lets the first commit that waits find no room.
func (b *bench) refuse() {
	b.t.Helper()
	c := b.commits[0]
	b.commits = b.commits[1:]
	if !c.Refusable() {
		b.t.Fatalf("%T is not refused by a full disk", c.Change)
	}
	c.Refused(b.now)
	b.core.Tick(b.now)
	b.collect()
}

// A typed text without room is told at once. Its seq was never used, and the next text has it.
func TestATypedTextFindsNoRoom(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "zero")
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.drop()
	b.told = nil
	b.hold()
	b.send(bob, "one")
	b.send(bob, strings.Repeat("two", wire.PartSize))
	b.send(bob, "three")
	for range 3 {
		b.refuse()
		b.wantTold("at once", NotSent{To: "bob"})
	}
	b.wantIdle("nothing is sent")
	if left := b.outbox(); len(left) > 0 {
		t.Errorf("on disk: %+v", left)
	}
	b.release()
	b.send(bob, "four")
	b.want("no hole", bob, &wire.Direct{Try: 1, Text: b.out(bob, 2, "four")})
	b.do(b.core.Drain)
	b.recv(bob, &wire.Ack{Marks: has(bob, 2), Seq: 2, Try: 1})
	b.wantTold("drained", Delivered{To: "bob"}, Drained{})
}

// One that finds room behind one that does not: the hole is closed when the recipient has lost it.
func TestAHoleOfATextWithoutRoom(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.send(bob, "one")
	b.release(len(b.commits) - 1) // the contact's pin
	b.send(bob, "two")
	b.refuse()
	b.release()
	b.want("under its own name", bob, &wire.Direct{Try: 1, Text: b.out(bob, 2, "two")})
	b.advance(time.Millisecond)
	b.recv(bob, &wire.Ack{Marks: has(bob, 0, wire.Range{Lo: 2, Hi: 2}), Seq: 2, Try: 1})
	void := b.out(bob, 1, "")
	void.Flags, void.Body, void.Time = wire.FlagVoid, nil, 0
	b.want("a void", bob, &wire.Direct{Try: 1, Text: void})
}

// A text that was renamed while there was no room for it is stored with its new name, and is not told as lost.
func TestATextIsRenamedWhileItFindsNoRoom(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.send(bob, "one")
	b.release(len(b.commits) - 1)
	bob.epoch++
	b.changed(bob.row(wire.Online))
	b.refuse()
	b.wantTold("it is on its way to the disk")
	b.release()
	b.want("renamed", bob, &wire.Direct{Try: 1, Text: b.out(bob, 1, "one")})
}

// What is received and not yet on disk is not acknowledged, however often it comes; then it is, and shown once.
func TestWhatIsReceivedWaitsForRoom(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.do(func(time.Time) { b.core.Crowded(true) })
	for try := uint8(1); try < 100; try++ {
		b.recv(bob, &wire.Direct{Try: try, Text: in(bob, 1, "hi")})
		b.advance(time.Second)
	}
	b.wantIdle("not on disk")
	b.wantTold("it waits", DiskFull{})
	b.release()
	b.do(func(time.Time) { b.core.Crowded(false) })
	acks := b.drop()
	if len(acks) == 0 || len(acks) > 1+maxAnswers || acks[0].msg.(*wire.Ack).Marks.Through != 1 {
		t.Errorf("answers: %+v", acks)
	}
	b.told = b.told[:min(2, len(b.told))]
	b.wantTold("once", Arrived{Line: 1, From: "bob", Text: "hi", Time: 1001}, DiskRoom{})
}

// protocol.md §7.3: a handshake that the server answers, or puts off, is a sign of life: the user waits, and is told so once.
func TestWhoIsPutOffWaits(t *testing.T) {
	b := newBench(t, Config{})
	b.do(b.core.Register)
	for range 10 {
		b.advance(2500 * time.Millisecond)
		b.core.Sensed(b.now)
	}
	b.wantTold("once", Postponed{Name: "ann", Why: Overloaded})
	b.wantTold("and nothing else")
	b.advance(2900 * time.Millisecond)
	b.wantTold("not yet")
	b.advance(3 * time.Second)
	b.wantTold("then it is silent", ServerSilent{})
}
