package peer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §10.5: the sender keeps what is refused, and tries again.
func TestRefusedDepositIsKept(t *testing.T) {
	for _, v := range []wire.Verdict{wire.FullMailbox, wire.FullPair, wire.NoClient, 200} {
		t.Run(v.String(), func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.changed(bob.row(wire.Offline))
			b.send(bob, "hi")
			b.drop()
			b.recv(server, storedFor(bob, 1, 1, v))
			b.wantTold("kept", Kept{To: "bob", Why: v})
			b.do(b.core.Drain)
			b.wantTold("decided for now", Drained{Kept: 1})
			b.advance(5 * time.Minute)
			list := b.drop()
			if len(list) < 8 || len(list) > 24 {
				t.Errorf("tried %d times in 5 min", len(list))
			}
			for _, s := range list {
				if m, ok := s.msg.(*wire.Deposit); !ok || m.Text.Seq != 1 || string(m.Text.Body) != "hi" {
					t.Errorf("sent %+v", s.msg)
				}
			}
			b.recv(server, storedFor(bob, 1, 3, v))
			b.wantTold("told once")
			b.recv(server, storedFor(bob, 1, 9, wire.Accepted))
			b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
			b.told = b.told[max(0, len(b.told)-1):]
			b.wantTold("at last", Delivered{To: "bob"})
			b.drop()
			b.advance(5 * time.Minute)
			b.wantIdle("done")
		})
	}
}

// protocol.md §4: verdict 1, delivered already.
func TestDepositOfWhatWasDelivered(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "hi")
	b.recv(server, storedFor(bob, 1, 1, wire.Delivered))
	b.wantTold("delivered", Delivered{To: "bob"})
	if left := b.outbox(); len(left) > 0 {
		t.Errorf("left on disk: %+v", left)
	}
}

// protocol.md §5.6: what is given up ends as void, and nobody is told that a void was delivered.
func TestTooLongForTheServer(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, strings.Repeat("x", wire.PartSize+5))
	b.drop()
	b.hold()
	b.recv(server, storedFor(bob, 1, 1, wire.TooLong))
	b.wantTold("failed", Failed{To: "bob", Why: wire.TooLong})
	b.wantIdle("the voids are not on disk")
	b.release()
	for seq := range uint64(2) {
		x := b.out(bob, seq+1, "")
		x.Flags, x.Time, x.Body = wire.FlagVoid, 0, nil
		b.want("void", server, &wire.Deposit{To: bob.key, Try: 1, Text: x})
		b.recv(server, storedFor(bob, seq+1, 1, wire.Accepted))
	}
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 2)})
	b.wantTold("nothing more")
	if left := b.outbox(); len(left) > 0 {
		t.Errorf("left on disk: %+v", left)
	}
}

// protocol.md §11.1: a post is a Deposit to the channel's key, whatever store the server has; Stored ends it for its author.
func TestPost(t *testing.T) {
	b, _ := readyBench(t)
	b.do(func(now time.Time) { b.core.SendAll(now, "hi") })
	x := b.out(theChannel, 1, "hi")
	b.want("posted", server, &wire.Deposit{To: wire.Channel, Try: 1, Base: 1, Text: x})
	b.recv(server, storedFor(theChannel, 1, 1, wire.Accepted))
	b.wantTold("stored", Stored{})
	if left := b.outbox(); len(left) > 0 {
		t.Errorf("left on disk: %+v", left)
	}
	b.do(func(now time.Time) { b.core.SendAll(now, "ho") })
	b.do(func(now time.Time) { b.core.SendAll(now, "hu") })
	b.drop()
	b.recv(server, storedFor(theChannel, 3, 1, wire.Skipped))
	b.wantTold("comes again after the one before it")
	b.advance(500 * time.Millisecond)
	if n := len(b.drop()); n != 2 {
		t.Errorf("%d are tried again", n)
	}
}

// protocol.md §5.3: a text is reported once, also when the server refuses each of its parts.
func TestTooLongIsToldOnce(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, strings.Repeat("x", wire.PartSize+5))
	b.recv(server, storedFor(bob, 1, 1, wire.TooLong))
	b.recv(server, storedFor(bob, 2, 1, wire.TooLong))
	b.wantTold("once", Failed{To: "bob", Why: wire.TooLong})
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.leave()
	b.do(b.core.Drain)
	b.wantTold("what is given up is not kept, too", Left{}, Drained{})
}

// protocol.md §11.1: one that skips comes again, as soon as the one before it is stored.
func TestSkippedPostFollowsAtOnce(t *testing.T) {
	b, _ := readyBench(t)
	for range 3 {
		b.do(func(now time.Time) { b.core.SendAll(now, "hi") })
	}
	b.advance(gatherFor)
	b.drop()
	b.recv(server, storedFor(theChannel, 2, 1, wire.Skipped))
	b.recv(server, storedFor(theChannel, 3, 1, wire.Skipped))
	b.wantIdle("one is on its way")
	b.recv(server, storedFor(theChannel, 1, 1, wire.Accepted))
	b.advance(time.Millisecond)
	for seq := uint64(2); seq <= 3; seq++ {
		b.want("again", server, &wire.Deposit{To: wire.Channel, Try: 2, Base: 2, Text: b.out(theChannel, seq, "hi")})
	}
}

// protocol.md §11.1: a post says which one is the first that is not over, so that a server that lost those before it does not wait for
// them; what is over behind one that is not stays with it.
func TestPostsSayWhatIsOver(t *testing.T) {
	b, _ := readyBench(t)
	var bases []string
	look := func() {
		for _, s := range b.drop() {
			m := s.msg.(*wire.Deposit)
			bases = append(bases, fmt.Sprintf("%d/%d", m.Base, m.Text.Seq))
		}
	}
	for _, typed := range []string{"one", "two", "three"} {
		b.post(typed)
	}
	look()
	b.stores(2) // before the first
	b.post("four")
	look()
	if left := b.outbox(); len(left) != 4 {
		t.Errorf("%d are left on disk: the second has to be signed again if the first is given up", len(left))
	}
	b.stores(1)
	b.post("five")
	look()
	if left := b.outbox(); len(left) != 3 {
		t.Errorf("%d are left on disk", len(left))
	}
	if got := strings.Join(bases, " "); got != "1/1 1/2 1/3 1/4 3/5" {
		t.Errorf("posted %s", got)
	}
}

// protocol.md §5.3: a text of several parts is reported once, when the server has, and when the recipient has, all of them.
func TestPartsAreReportedOnce(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, strings.Repeat("x", 2*wire.PartSize+1))
	b.advance(500 * time.Millisecond)
	b.wantTold("missed once", NoAck{To: "bob"})
	for _, seq := range []uint64{2, 1, 1, 3, 2} {
		b.wantTold("not all are stored")
		b.recv(server, storedFor(bob, seq, 1, wire.Accepted))
		if seq == 3 {
			b.wantTold("all are", Stored{To: "bob"})
		}
	}
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 0, wire.Range{Lo: 2, Hi: 3})})
	b.wantTold("not all are delivered")
	if left := b.outbox(); len(left) != 3 {
		t.Errorf("%d parts are kept, wanted all 3", len(left))
	}
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 3)})
	b.wantTold("all are", Exists{To: "bob"}, Delivered{To: "bob"})
}

// A copy more goes to where the server says that the recipient is now, at most one.
func TestFurtherCopyToTheNewAddress(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "hi")
	b.advance(500 * time.Millisecond)
	b.drop()
	moved := *bob
	moved.addr = server.addr
	b.recv(server, storedFor(&moved, 1, 1, wire.Accepted))
	b.want("there", &moved, &wire.Direct{Try: 4, Text: b.out(bob, 1, "hi")})
	b.recv(server, storedFor(&moved, 1, 1, wire.Accepted))
	b.wantIdle("once")
	b.told = nil
	b.recv(&moved, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 4})
	b.wantTold("it was there", Delivered{To: "bob"})
}

// Nothing is ever cut off, and nothing that can't be shown is sent: protocol.md §5.3 and §12.
func TestTextsThatAreNotSent(t *testing.T) {
	for _, c := range []struct {
		name, text string
		told       Notice
	}{
		{"empty", "", BadText{Why: "it is empty"}},
		{"invalid", "a\xffb", BadText{Why: "it is not valid UTF-8"}},
		{"too long", strings.Repeat("x", wire.MaxText+1), TooLong{Bytes: wire.MaxText + 1, Limit: wire.MaxText}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			b.send(f[0], c.text)
			b.wantTold("told", c.told)
			b.do(func(now time.Time) { b.core.SendAll(now, c.text) })
			b.wantTold("the channel too", c.told)
			b.wantIdle("not sent")
			if left := b.outbox(); len(left) > 0 {
				t.Errorf("on disk: %+v", left)
			}
		})
	}
	b, f := readyBench(t, "bob")
	b.send(f[0], strings.Repeat("x", wire.MaxText))
	if left := b.outbox(); len(left) != wire.MaxParts {
		t.Error(fmt.Sprint(len(left), " parts of the longest text"))
	}
}

// protocol.md §7.4: what the server has stored is answered, and makes room for one more. Else one loss would slow the mailbox down for good.
func TestStoredDepositsWidenTheWindow(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	for range 2 * wire.FirstWindow {
		b.send(bob, "hi")
	}
	if n := len(b.drop()); n != wire.FirstWindow {
		t.Fatalf("%d went", n)
	}
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	if n := len(b.drop()); n != 2 {
		t.Errorf("after one answer %d more went, not 2", n)
	}
}
