package peer

import (
	"fmt"
	"testing"
	"time"

	"udpchat/wire"
)

// ends is a void of bob's for ann.
func ends(from *friend, lo, hi uint64) wire.Text { return wire.Void(from.epoch, myEpoch, lo, hi) }

// protocol.md §5.6: a void ends all seqs that it names, in one step, and what waits behind them is shown.
func TestVoidRange(t *testing.T) {
	for _, c := range []struct {
		name          string
		had           []uint64
		lo, hi        uint64
		through       uint64
		ranges        []wire.Range
		before, after string // shown
	}{
		{"of nothing before", nil, 1, 3, 3, nil, "", ""},
		{"behind what is there", []uint64{1, 2}, 3, 9, 9, nil, "1 2", ""},
		{"what waited behind it is shown", []uint64{1, 5}, 2, 4, 5, nil, "1", "5"},
		{"over what is there", []uint64{1, 3}, 2, 5, 5, nil, "1", "3"},
		{"over what was shown", []uint64{1, 2, 3}, 1, 4, 4, nil, "1 2 3", ""},
		{"all of it is there", []uint64{1, 2, 3}, 2, 3, 3, nil, "1 2 3", ""},
		{"the end of it is there", []uint64{1, 4}, 2, 4, 4, nil, "1", "4"},
		{"above a hole", []uint64{1}, 3, 4, 1, []wire.Range{{Lo: 3, Hi: 4}}, "1", ""},
		{"above a hole, up to the window's end", []uint64{1}, 3, 1025, 1, []wire.Range{{Lo: 3, Hi: 1025}}, "1", ""},
	} {
		for _, by := range []string{"directly", "by mail"} {
			t.Run(c.name+" "+by, func(t *testing.T) {
				b, f := readyBench(t, "bob")
				bob := f[0]
				for _, seq := range c.had {
					b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, seq, fmt.Sprint(seq))})
				}
				b.drop()
				if got := b.arrived(); got != c.before {
					t.Errorf("shown %q before", got)
				}
				b.hold()
				marks := mine(bob, c.through, c.ranges...)
				for try := range uint8(2) {
					if by == "directly" {
						b.recv(bob, &wire.Direct{Try: try, Text: ends(bob, c.lo, c.hi)})
					} else {
						b.recv(server, &wire.Push{Order: 1, Try: try, From: bob.key, Text: bob.sealed(ends(bob, c.lo, c.hi))})
					}
				}
				if len(b.commits) > 0 {
					b.wantIdle("not on disk")
				}
				b.release()
				if by == "directly" {
					b.want("on disk", bob, &wire.Ack{Marks: marks, Seq: c.hi, Try: 0})
				} else {
					b.want("on disk", server, &wire.Taken{From: bob.key, Marks: marks, Order: 1, Try: 0})
					b.want("each try is answered", server, &wire.Taken{From: bob.key, Marks: marks, Order: 1, Try: 1})
				}
				if got := b.arrived(); got != c.after {
					t.Errorf("then shown %q", got)
				}
				b.again()
				b.recv(bob, &wire.Direct{Try: 3, Text: ends(bob, c.lo, c.hi)})
				b.want("that outlives the program", bob, &wire.Ack{Marks: marks, Seq: c.hi, Try: 3})
			})
		}
	}
}

// protocol.md §5.4, §5.6, §12: a void that ends more than a window has room for is taken where it begins at what is there: so is one for a
// recipient whose state is an older copy. One that begins above a hole waits for that.
func TestVoidBeyondTheWindow(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for seq := range uint64(3) {
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, seq+1, "x")})
	}
	b.drop()
	b.told = nil
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 5001, "next")})
	b.want("too far above", bob, &wire.Ack{Marks: mine(bob, 3), Seq: 5001, Try: 1})
	b.recv(bob, &wire.Direct{Try: 1, Text: ends(bob, 5, 5000)})
	b.want("too far above", bob, &wire.Ack{Marks: mine(bob, 3), Seq: 5000, Try: 1})
	b.recv(bob, &wire.Direct{Try: 1, Text: ends(bob, 1, 5000)})
	b.want("all of it", bob, &wire.Ack{Marks: mine(bob, 5000), Seq: 5000, Try: 1})
	b.recv(bob, &wire.Direct{Try: 2, Text: in(bob, 5001, "next")})
	b.want("and on", bob, &wire.Ack{Marks: mine(bob, 5001), Seq: 5001, Try: 2})
	if got := b.arrived(); got != "next" {
		t.Errorf("shown %q", got)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: ends(bob, 5002, 1<<63)})
	b.want("as far as it says", bob, &wire.Ack{Marks: mine(bob, 1<<63), Seq: 1 << 63, Try: 1})
}

// protocol.md §5.6: the sender's side: what a recipient's older copy lacks, 5,000 seqs of it, ends with one void, and what is typed follows.
func TestHolesOfAnOlderCopyOfTheRecipient(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for seq := range uint64(5000) {
		b.send(bob, "x")
		b.recv(bob, &wire.Ack{Marks: has(bob, seq+1), Seq: seq + 1, Try: 1})
	}
	b.send(bob, "next")
	b.drop()
	b.told = nil
	b.advance(time.Second)
	b.drop()
	b.recv(bob, &wire.Ack{Marks: has(bob, 10), Seq: 10, Try: 1})
	b.want("one void", bob, &wire.Direct{Try: 1, Text: wire.Void(myRun, bob.epoch, 11, 5000)})
	b.recv(bob, &wire.Ack{Marks: has(bob, 10), Seq: 10, Try: 2})
	b.wantIdle("once in the time that an answer takes")
	b.advance(time.Second)
	b.drop()
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 10)})
	void := b.drop()[1].msg.(*wire.Deposit)
	if void.Text.From() != 11 || void.Text.Seq != 5000 || void.Text.Flags != wire.FlagVoid {
		t.Errorf("by mail: %+v", void)
	}
}
