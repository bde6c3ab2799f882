package peer

import (
	"slices"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §5.2: a sender stores the text before the first datagram.
func TestTextIsOnDiskBeforeItIsSent(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.send(bob, "hi")
	b.advance(10 * time.Second)
	b.wantIdle("not on disk")
	b.wantTold("nothing to say")
	b.release()
	x := b.out(bob, 1, "hi")
	b.want("on disk", bob, &wire.Direct{Try: 1, Text: x})
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.wantTold("acknowledged", Delivered{To: "bob"})
	b.advance(time.Minute)
	b.wantIdle("that is all")
	if left := b.outbox(); len(left) > 0 {
		t.Errorf("the outbox still has %+v", left)
	}
}

// protocol.md §7.1: the first gap is 300 ms before the first sample; then the measured probe timeout; the next twice as long.
func TestDirectCopies(t *testing.T) {
	for _, c := range []struct {
		name string
		rtt  time.Duration // measured by ten texts before, if not 0
		at   []time.Duration
	}{
		{"nothing is known", 0, []time.Duration{0, 300 * time.Millisecond}},
		{"1 ms", time.Millisecond, []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond}},
		{"80 ms", 80 * time.Millisecond, []time.Duration{0, 125 * time.Millisecond, 350 * time.Millisecond}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			seq := uint64(1)
			for ; c.rtt > 0 && seq <= 10; seq++ {
				b.send(bob, "measure")
				b.advance(c.rtt)
				b.recv(bob, &wire.Ack{Marks: has(bob, seq), Seq: seq, Try: 1})
			}
			b.drop()
			begun := b.now.Sub(b.start)
			b.send(bob, "hi")
			b.advance(499 * time.Millisecond)
			var at []time.Duration
			for i, s := range b.drop() {
				m, ok := s.msg.(*wire.Direct)
				if !ok || int(m.Try) != i+1 || m.Text.Seq != seq {
					t.Fatalf("sent %+v as number %d", s.msg, i+1)
				}
				at = append(at, (s.at - begun).Round(25*time.Millisecond))
			}
			if !slices.Equal(at, c.at) {
				t.Errorf("copies at %v, wanted %v", at, c.at)
			}
		})
	}
}

// protocol.md §7.1: the acknowledgement echoes the try, so that a sample is never ambiguous (Karn).
func TestRoundTripIsMeasuredByTheTry(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "hi")
	b.advance(310 * time.Millisecond) // the second copy left 10 ms ago
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 2})
	if pto := b.core.outbox.ways[bob.key].rtt.PTO(); pto > 60*time.Millisecond {
		t.Errorf("probe timeout %v after a round trip of 10 ms", pto)
	}
}

// protocol.md §7.2: at the end of the ack timeout the text goes to the mailbox, under the same identity; §10.4: who took it from the
// server and was there all the time exists.
func TestMissedTextTakesTheMailbox(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "hi")
	b.advance(499 * time.Millisecond)
	b.drop()
	b.wantTold("the deadline is not over")
	b.advance(time.Millisecond)
	x := b.out(bob, 1, "hi")
	b.wantTold("it is", NoAck{To: "bob"})
	b.want("the same identity", server, &wire.Deposit{To: bob.key, Try: 1, Text: x})
	b.advance(500 * time.Millisecond)
	b.want("tried again", server, &wire.Deposit{To: bob.key, Try: 2, Text: x})
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.wantTold("stored", Stored{To: "bob"})
	b.recv(server, storedFor(bob, 1, 2, wire.Accepted))
	b.advance(time.Minute)
	b.wantIdle("the server has it")
	if left := b.outbox(); len(left) != 1 {
		t.Errorf("kept until it is delivered: %+v", left)
	}
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
	b.want("acknowledged", server, &wire.ReceiptAck{To: bob.key, Marks: has(bob, 1)})
	b.wantTold("taken from the server", Exists{To: "bob"}, Delivered{To: "bob"})
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
	b.want("acknowledged again", server, &wire.ReceiptAck{To: bob.key, Marks: has(bob, 1)})
	b.wantTold("and not told again")
	if left := b.outbox(); len(left) > 0 {
		t.Errorf("the outbox still has %+v", left)
	}
}

// protocol.md §10.4: only of a recipient that was there all the time.
func TestExistsOnlyIfItStayed(t *testing.T) {
	for _, c := range []struct {
		name   string
		states []wire.Presence // the rows that come between the deadline and the receipt
		exists bool
	}{
		{"stayed", nil, true},
		{"a row that changes nothing", []wire.Presence{wire.Online}, true},
		{"went away", []wire.Presence{wire.Offline}, false},
		{"went and came back", []wire.Presence{wire.Offline, wire.Online}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.send(bob, "hi")
			b.advance(500 * time.Millisecond)
			b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
			for _, state := range c.states {
				b.changed(bob.row(state))
			}
			b.told = nil
			b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
			want := []Notice{Exists{To: "bob"}, Delivered{To: "bob"}}
			if !c.exists {
				want = want[1:]
			}
			b.wantTold("receipt", want...)
		})
	}
}

// protocol.md §7.2: until it is delivered, later texts to the same recipient go by the mailbox too; then the direct way is tried again.
func TestLaterTextsFollowByTheMailbox(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	b.send(bob, "one")
	b.advance(500 * time.Millisecond)
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.drop()
	later := func(seq uint64, body string) wire.Text {
		x := b.out(bob, seq, body)
		x.Time = b.now.UnixMicro()
		return x
	}
	b.send(bob, "two")
	b.want("by the mailbox", server, &wire.Deposit{To: bob.key, Try: 1, Text: later(2, "two")})
	b.recv(server, storedFor(bob, 2, 1, wire.Accepted))
	b.send(cid, "other")
	if list := b.drop(); len(list) != 1 || list[0].msg.Kind() != wire.KindText {
		t.Errorf("someone else's lane is not concerned: %+v", list)
	}
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
	b.drop()
	b.send(bob, "three")
	b.want("two is not delivered", server, &wire.Deposit{To: bob.key, Try: 1, Text: later(3, "three")})
	b.recv(server, storedFor(bob, 3, 1, wire.Accepted))
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 3)})
	b.drop()
	b.send(bob, "four")
	b.want("directly again", bob, &wire.Direct{Try: 1, Text: later(4, "four")})
}

// protocol.md §7.2: later texts do not overtake one that is still tried directly. Its recipient takes what is at most so far ahead of what it lacks, and
// in the order in which the server got it: behind 1,024 others the one that it lacks would never come.
func TestLaterTextsFollowWhatIsStillDirect(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	deposited := func() (seqs []uint64) {
		for _, s := range b.drop() {
			if d, ok := s.msg.(*wire.Deposit); ok && d.Try == 1 {
				seqs = append(seqs, d.Text.Seq)
			}
		}
		return seqs
	}
	b.send(bob, "one")
	b.advance(300 * time.Millisecond)
	b.send(bob, "two")
	b.advance(200 * time.Millisecond)
	b.send(bob, "three")
	b.advance(299 * time.Millisecond)
	if got := deposited(); !slices.Equal(got, []uint64{1}) {
		t.Errorf("deposited %d while two is tried directly", got)
	}
	b.advance(time.Millisecond)
	if got := deposited(); !slices.Equal(got, []uint64{2, 3}) {
		t.Errorf("deposited %d then", got)
	}
}

// A recipient that is away gets its texts by the mailbox at once: doc.go; the user is not told of a missing acknowledgement.
func TestOfflineRecipient(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "hi")
	x := b.out(bob, 1, "hi")
	b.want("at once", server, &wire.Deposit{To: bob.key, Try: 1, Text: x})
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.wantTold("stored", Stored{To: "bob"})
	b.changed(bob.row(wire.Online))
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
	b.wantTold("delivered, and nobody doubted that bob exists", Delivered{To: "bob"})
}

// protocol.md §7.2: after two misses in a row the direct way is left alone for 30 s, then 60 s, up to 5 min.
func TestDirectWayIsLeftAlone(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	seq := uint64(0)
	// miss sends a text, tells whether it went directly first, and has it delivered by the mailbox.
	miss := func() (direct bool) {
		seq++
		b.send(bob, "hi")
		b.advance(500 * time.Millisecond)
		direct = b.sent[0].msg.Kind() == wire.KindText
		b.recv(server, storedFor(bob, seq, 1, wire.Accepted))
		b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, seq)})
		b.drop()
		return direct
	}
	for range 2 {
		if !miss() {
			t.Fatal("the first two did not go directly")
		}
	}
	for i, pause := range []time.Duration{30, 60, 120, 240, 300, 300} {
		b.advance(pause*time.Second - 2*time.Second)
		if miss() {
			t.Errorf("pause %d: direct before %d s", i+1, pause)
		}
		b.advance(2 * time.Second)
		if !miss() {
			t.Errorf("pause %d: not direct after %d s", i+1, pause)
		}
	}
}

// protocol.md §7.2: any sign of the recipient ends that.
func TestSignOfTheRecipientEndsThePause(t *testing.T) {
	for _, c := range []struct {
		name string
		sign func(b *bench, bob *friend)
	}{
		{"a text from it", func(b *bench, bob *friend) { b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")}) }},
		{"an acknowledgement", func(b *bench, bob *friend) { b.recv(bob, &wire.Ack{Marks: has(bob, 2), Seq: 2, Try: 1}) }},
		{"a new address", func(b *bench, bob *friend) {
			bob.addr = server.addr
			b.changed(bob.row(wire.Online))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			for seq := range uint64(2) {
				b.send(bob, "hi")
				b.advance(500 * time.Millisecond)
				b.recv(server, storedFor(bob, seq+1, 1, wire.Accepted))
				b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, seq+1)})
			}
			c.sign(b, bob)
			b.drop()
			b.send(bob, "again")
			if list := b.drop(); len(list) != 1 || list[0].msg.Kind() != wire.KindText || list[0].via != bob.addr {
				t.Errorf("sent %+v", list)
			}
		})
	}
}
