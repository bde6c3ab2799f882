package peer

import (
	"math"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §7.4: a sender has at most a window of parts unanswered per recipient. Each answer makes it wider by one.
func TestLaneWindow(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for range 100 {
		b.send(bob, "hi")
	}
	if n := len(b.drop()); n != 32 {
		t.Errorf("%d are sent at once", n)
	}
	b.recv(bob, &wire.Ack{Marks: has(bob, 0, wire.Range{Lo: 2, Hi: 5}), Seq: 5, Try: 1})
	if n := len(b.drop()); n != 8 {
		t.Errorf("%d follow for 4", n)
	}
	for seq := uint64(1); seq <= 100; seq++ {
		b.recv(bob, &wire.Ack{Marks: has(bob, max(seq, 5)), Seq: seq, Try: 1})
	}
	told := 0
	for _, n := range b.told {
		if n == (Delivered{To: "bob"}) {
			told++
		}
	}
	if told != 100 || len(b.told) != 100 || len(b.outbox()) != 0 {
		t.Errorf("told %d of %d, %d are left", told, len(b.told), len(b.outbox()))
	}
}

// protocol.md §7.4: when something has to be sent again the window is halved, once in a while; then it is wider by one for a window of
// answers.
func TestLaneYields(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for range 200 {
		b.send(bob, "hi")
	}
	b.advance(400 * time.Millisecond) // the second copies
	b.drop()
	for seq := uint64(1); seq <= 17; seq++ { // 15 are on their way, and 17 answers made the window 17
		b.recv(bob, &wire.Ack{Marks: has(bob, seq), Seq: seq, Try: 1})
	}
	if n := len(b.drop()); n != 2 {
		t.Errorf("%d follow when 15 of 32 are unanswered", n)
	}
	for seq := uint64(18); seq <= 33; seq++ {
		b.recv(bob, &wire.Ack{Marks: has(bob, seq), Seq: seq, Try: 1})
	}
	if n := len(b.drop()); n != 17 {
		t.Errorf("%d follow for 16 answers", n)
	}
}

// protocol.md §6.1: an acknowledgement names what was lost on the way back, too; a late one changes nothing.
func TestAcknowledgementCoversOthers(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "one")
	b.send(bob, "two")
	b.send(bob, "three")
	b.recv(bob, &wire.Ack{Marks: has(bob, 3), Seq: 3, Try: 1})
	b.wantTold("all", Delivered{To: "bob"}, Delivered{To: "bob"}, Delivered{To: "bob"})
	b.drop()
	b.recv(bob, &wire.Ack{Marks: has(bob, 3), Seq: 1, Try: 1})
	b.advance(time.Minute)
	b.wantTold("the others are late")
	b.wantIdle("nothing more is sent")
}

// A lane's bound is found without a look at what is over, however much that is.
func TestTheBoundIsFoundAtOnce(t *testing.T) {
	l := &lane{way: &way{}}
	x := &text{}
	for seq := range uint64(5000) {
		l.add(x, wire.Text{Seq: seq + 1})
		l.move(x.parts[seq], queued)
	}
	wantLimit := func(why string, want uint64) {
		t.Helper()
		if got := l.limit(); got != want {
			t.Errorf("%s: the limit is %d, want %d", why, got, want)
		}
	}
	wantLimit("nothing is stored", 1+wire.MaxSparse)
	for _, p := range x.parts[:3000] {
		l.move(p, stored)
	}
	wantLimit("3,000 are", 3001+wire.MaxSparse)
	if l.low != 3001 {
		t.Errorf("looks from %d on", l.low)
	}
	l.move(x.parts[99], queued)
	wantLimit("one is not any more", 100+wire.MaxSparse)
	l.drop(func(p *part) bool { return p.t.Seq < 4500 })
	wantLimit("few are left", math.MaxUint64)
}
