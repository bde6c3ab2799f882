package peer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// names is what waits on disk, as "epoch>epoch/seq:what"; a void is "from-to".
func names(outbox []store.Outgoing) string {
	var list []string
	for _, o := range outbox {
		x := wire.Text(o.Text)
		what := string(x.Body)
		if x.Flags&wire.FlagVoid != 0 {
			what = fmt.Sprintf("%d-%d", x.From(), x.Seq)
		}
		list = append(list, fmt.Sprintf("%d>%d/%d:%s", x.Epoch, x.ToEpoch, x.Seq, what))
	}
	return strings.Join(list, " ")
}

// gaps is ann in her second run, with texts that bob has not, between some that he has.
func gaps(t *testing.T) (b *bench, bob *friend) {
	t.Helper()
	b, f := readyBench(t, "bob")
	bob = f[0]
	for i := range 9 {
		b.send(bob, fmt.Sprint("a", i+1))
	}
	b.recv(bob, &wire.Ack{Marks: has(bob, 2, wire.Range{Lo: 4, Hi: 6}, wire.Range{Lo: 9, Hi: 9}), Seq: 9, Try: 1})
	b.again()
	b.send(bob, "b1")
	b.send(bob, "b2")
	if got := names(b.outbox()); got != "500>1001/3:a3 500>1001/7:a7 500>1001/8:a8 600>1001/1:b1 600>1001/2:b2" {
		t.Fatalf("on disk: %s", got)
	}
	b.drop()
	b.told = nil
	return b, bob
}

const closed = "500>1002/2:1-2 500>1002/3:a3 500>1002/6:4-6 500>1002/7:a7 500>1002/8:a8 600>1002/1:b1 600>1002/2:b2"

// protocol.md §5.4: a text keeps its epoch and its seq; what lies between is closed with voids that end a range.
func TestGapsAreClosed(t *testing.T) {
	b, bob := gaps(t)
	bob.epoch++
	b.hold()
	b.changed(bob.row(wire.Online))
	b.wantIdle("not on disk")
	if len(b.commits) != 2 {
		t.Fatalf("%d changes, for two lanes", len(b.commits))
	}
	b.release()
	if got := names(b.outbox()); got != closed {
		t.Errorf("on disk: %s", got)
	}
	for seq, want := range []wire.Text{wire.Void(500, 1002, 1, 2), {Epoch: 500, ToEpoch: 1002, Seq: 3, Parts: 1, Size: 2, Time: b.start.UnixMicro(), Body: []byte("a3")},
		wire.Void(500, 1002, 4, 6)} {
		b.want(fmt.Sprint(seq), bob, &wire.Direct{Try: 1, Text: want})
	}
	b.wantWays("and the others of that lane", "500/7 500/8")
	b.recv(bob, &wire.Ack{Marks: hasOf(500, bob, 8), Seq: 8, Try: 1})
	b.wantWays("and then this run's, and the end of that one, which the state that is gone had", "600/1 600/2 500/9")
	b.recv(bob, &wire.Ack{Marks: hasOf(600, bob, 2), Seq: 2, Try: 1})
	d := Delivered{To: "bob"}
	b.wantTold("no void is told", d, d, d, d, d)
	if left := b.outbox(); len(left) > 0 {
		t.Errorf("left: %s", names(left))
	}
}

// protocol.md §5.4, §5.5: whoever does it, at whatever time, gives the same names: this state, an older copy of it that learns it later,
// and one that was killed in between.
func TestRenumberingGivesTheSameNames(t *testing.T) {
	for _, c := range []struct {
		name  string
		learn func(b *bench, bob *friend)
	}{
		{"by the table", func(b *bench, bob *friend) { b.changed(bob.row(wire.Online)) }},
		{"by the table, offline", func(b *bench, bob *friend) { b.changed(bob.row(wire.Offline)) }},
		{"by an acknowledgement", func(b *bench, bob *friend) {
			b.recv(bob, &wire.Ack{Marks: hasOf(500, bob, 0), Seq: 3, Try: 1})
		}},
		{"by an acknowledgement of this run", func(b *bench, bob *friend) {
			b.recv(bob, &wire.Ack{Marks: hasOf(600, bob, 0), Seq: 1, Try: 1})
		}},
		{"a minute later", func(b *bench, bob *friend) { b.advance(time.Minute); b.changed(bob.row(wire.Online)) }},
		{"in a later run", func(b *bench, bob *friend) { b.again() }},
		{"killed between the lanes", func(b *bench, bob *friend) {
			b.hold()
			b.changed(bob.row(wire.Online))
			b.release(1)
			b.holding = false
			b.again()
		}},
		{"twice", func(b *bench, bob *friend) {
			former := *bob
			former.epoch--
			b.changed(bob.row(wire.Online))
			b.changed(former.row(wire.Online))
			b.changed(bob.row(wire.Online))
		}},
		{"killed behind all", func(b *bench, bob *friend) { b.changed(bob.row(wire.Online)); b.again(); b.again() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, bob := gaps(t)
			bob.epoch++
			c.learn(b, bob)
			if got := names(b.outbox()); got != closed {
				t.Errorf("on disk: %s", got)
			}
		})
	}
}

// protocol.md §5.4: a table that is behind what the recipient itself said changes nothing of what is typed then.
func TestTheTableIsBehindTheRecipient(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "one")
	bob.epoch++
	b.recv(bob, &wire.Ack{Marks: has(bob, 0), Seq: 1, Try: 1})
	b.drop()
	b.send(bob, "two")
	if got := strings.Join(b.directs(), " "); got != "500>1002/2" {
		t.Errorf("sent %s", got)
	}
	if got := names(b.outbox()); got != "500>1002/1:one 500>1002/2:two" {
		t.Errorf("on disk: %s", got)
	}
}

// protocol.md §5.4: what is typed after a lane was delivered whole to a state that is gone begins at 1: the new state shall wait for
// nothing that it never had.
func TestAfterAWholeLaneANewOneBegins(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	b.send(bob, "one")
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.send(cid, "other")
	b.drop()
	bob.epoch = 2001
	b.changed(bob.row(wire.Online))
	b.send(bob, "two")
	first := b.drop()[0].msg.(*wire.Direct).Text
	if first.Seq != 1 || first.ToEpoch != 2001 || first.Epoch <= 500 {
		t.Errorf("sent %+v", first)
	}
	b.send(cid, "more")
	b.wantIdle("what was typed to others goes first, in the lane that it has")
	b.recv(cid, &wire.Ack{Marks: has(cid, 1), Seq: 1, Try: 1})
	more := b.drop()[0].msg.(*wire.Direct).Text
	if more.Seq != 1 || more.Epoch != first.Epoch {
		t.Errorf("then %+v", more)
	}
}
