package peer

import (
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// shown says that all that was told of is on the screen.
func (b *bench) shown() {
	b.t.Helper()
	var lines []uint64
	for _, n := range b.told {
		if a, ok := n.(Arrived); ok {
			lines = append(lines, a.Line)
		}
	}
	b.told = nil
	b.do(func(time.Time) { b.core.Shown(lines) })
}

// arrived takes the texts that were told, with "~" before a late one and "=" before one that is shown again.
func (b *bench) arrived() string {
	var list []string
	for _, n := range b.told {
		if a, ok := n.(Arrived); ok {
			text := a.Text
			if a.Late {
				text = "~" + text
			}
			if a.Again {
				text = "=" + text
			}
			list = append(list, text)
		}
	}
	b.told = nil
	return strings.Join(list, " ")
}

// protocol.md §6.3: the recipient commits the text and its mark in one transaction, then acknowledges.
func TestAckFollowsTheCommit(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
	b.recv(bob, &wire.Direct{Try: 2, Text: in(bob, 1, "hi")})
	b.advance(time.Second)
	b.wantIdle("not on disk")
	b.wantTold("nor shown")
	b.release()
	b.want("on disk", bob, &wire.Ack{Marks: mine(bob, 1), Seq: 1, Try: 1})
	b.wantIdle("one answer is enough for both tries")
	b.wantTold("shown once", Arrived{Line: 1, From: "bob", Text: "hi", Time: 1001})
	loaded, _ := b.profile.Load()
	if len(loaded.Inbox) != 1 || loaded.Inbox[0].Marks.Through != 1 || len(loaded.Unshown) != 1 {
		t.Errorf("on disk: %+v %+v", loaded.Inbox, loaded.Unshown)
	}
}

// protocol.md §6.2: a duplicate is acknowledged again, and shown never.
func TestDuplicateIsAcknowledgedAgain(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for range 3 {
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
		b.want("acknowledged", bob, &wire.Ack{Marks: mine(bob, 1), Seq: 1, Try: 1})
	}
	b.recv(server, &wire.Push{Prev: 0, Order: 4, Try: 2, From: bob.key, Text: bob.sealed(in(bob, 1, "hi"))})
	b.want("by the mailbox too", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1), Order: 4, Try: 2})
	b.restart()
	b.register()
	b.core.Shown([]uint64{1})
	b.told = nil
	b.recv(bob, &wire.Direct{Try: 3, Text: in(bob, 1, "hi")})
	b.want("after a restart", bob, &wire.Ack{Marks: mine(bob, 1), Seq: 1, Try: 3})
	b.wantTold("not shown")
}

// protocol.md §6.1: marks speak only of what is on disk.
func TestMarksNameOnlyWhatIsOnDisk(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	for _, seq := range []uint64{1, 3, 2} {
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, seq, "x")})
	}
	b.release(1)
	b.want("the first commit", bob, &wire.Ack{Marks: mine(bob, 1), Seq: 1, Try: 1})
	b.wantIdle("the others wait")
	b.release(1)
	b.want("the second", bob, &wire.Ack{Marks: mine(bob, 1, wire.Range{Lo: 3, Hi: 3}), Seq: 3, Try: 1})
	b.release(1)
	b.want("the third", bob, &wire.Ack{Marks: mine(bob, 3), Seq: 2, Try: 1})
}

// piece is one of someone's three parts "aa", "bb", "c", which have the seqs from first on.
func piece(from *friend, first uint64, i uint16) wire.Text {
	body := []string{"aa", "bb", "c"}[i]
	return wire.Text{Epoch: from.epoch, ToEpoch: myEpoch, Seq: first + uint64(i), Part: i, Parts: 3, Size: 2*wire.PartSize + 1, Time: 7, Body: []byte(body)}
}

// protocol.md §5.3: each part is durable and acknowledged by itself; the text is shown once, when all are there.
func TestTextOfSeveralParts(t *testing.T) {
	for _, c := range []struct {
		name  string
		order []uint16
		kill  int // restart after so many
		mail  int // this one comes by the mailbox
	}{
		{"in order", []uint16{0, 1, 2}, 9, 9},
		{"backwards, with a duplicate", []uint16{2, 1, 1, 0}, 9, 9},
		{"killed between two", []uint16{1, 0, 2}, 2, 9},
		{"the last by the mailbox", []uint16{0, 2, 1}, 9, 2},
		{"the first by the mailbox", []uint16{0, 2, 1}, 9, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			for i, n := range c.order {
				if i == c.kill {
					b.restart()
					b.register()
				}
				b.wantTold("it is not whole")
				if x := piece(bob, 1, n); i == c.mail {
					b.recv(server, &wire.Push{Prev: 3, Order: 4, Try: 1, From: bob.key, Text: bob.sealed(x)})
				} else {
					b.recv(bob, &wire.Direct{Try: 1, Text: x})
				}
				if len(b.drop()) != 1 {
					t.Errorf("part %d is not acknowledged", n)
				}
			}
			b.advance(20 * time.Second)
			b.wantTold("whole", Arrived{Line: 1, From: "bob", Text: "aabbc", Time: 7, Mail: c.mail < 9})
			if loaded, _ := b.profile.Load(); len(loaded.Parts) > 0 {
				t.Errorf("%d parts are left on disk", len(loaded.Parts))
			}
			b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 4, "next")})
			b.wantTold("the next one does not wait", Arrived{Line: 2, From: "bob", Text: "next", Time: 1004})
		})
	}
}

// protocol.md §5.6: a void has no text; the seq is only marked, and nothing waits for it.
func TestVoid(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 2, "two")})
	b.drop()
	b.recv(bob, &wire.Direct{Try: 1, Text: wire.Text{Epoch: bob.epoch, ToEpoch: myEpoch, Seq: 1, Parts: 1, Flags: wire.FlagVoid}})
	b.want("marked", bob, &wire.Ack{Marks: mine(bob, 2), Seq: 1, Try: 1})
	b.wantTold("and nothing else is shown", Arrived{Line: 1, From: "bob", Text: "two", Time: 1002})
}

// protocol.md §6.2: what lies beyond 1,024 above the watermark is not taken and comes again. Its sender hears what is here.
func TestFarSeqsAreNotTaken(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1025, "far")})
	b.want("too far", bob, &wire.Ack{Marks: mine(bob, 0), Seq: 1025, Try: 1})
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1024, "near")})
	b.want("near enough", bob, &wire.Ack{Marks: mine(bob, 0, wire.Range{Lo: 1024, Hi: 1024}), Seq: 1024, Try: 1})
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "one")})
	b.drop()
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1025, "far")})
	b.want("now it fits", bob, &wire.Ack{Marks: mine(bob, 1, wire.Range{Lo: 1024, Hi: 1025}), Seq: 1025, Try: 1})
}

// protocol.md §12: beyond 4,096 texts received and not yet shown nothing is taken.
func TestUnshownTextsAreBounded(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for seq := range uint64(4096) {
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, seq+1, "x")})
	}
	b.drop()
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 4097, "one too many")})
	b.recv(server, &wire.Push{Order: 1, Try: 1, From: bob.key, Text: bob.sealed(in(bob, 4098, "by mail"))})
	b.recv(server, &wire.PushPost{Order: 2, Try: 1, Author: bob.key, Text: in(bob, 1, "post")})
	b.wantIdle("nothing is taken")
	b.recv(server, &wire.Ping{Nonce: 3, Store: storeID})
	b.want("but it is there", server, &wire.Pong{Nonce: 3, Known: true, Store: storeID, Revision: 1})
	b.core.Shown([]uint64{1})
	b.settle()
	b.recv(bob, &wire.Direct{Try: 2, Text: in(bob, 4097, "one too many")})
	b.want("one was shown", bob, &wire.Ack{Marks: mine(bob, 4097), Seq: 4097, Try: 2})
}

// protocol.md §5.4: a text for another epoch is not taken. The answer names the present one.
func TestTextForAnotherEpoch(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	x := in(bob, 1, "hi")
	x.ToEpoch--
	b.recv(bob, &wire.Direct{Try: 1, Text: x})
	b.want("the present epoch", bob, &wire.Ack{Marks: mine(bob, 0), Seq: 1, Try: 1})
	b.recv(server, &wire.Push{Order: 1, Try: 1, From: bob.key, Text: bob.sealed(x)})
	b.want("by the mailbox too", server, &wire.Taken{From: bob.key, Marks: mine(bob, 0), Order: 1, Try: 1})
	b.advance(20 * time.Second)
	b.wantTold("not shown")
}

// protocol.md §6.4: per sender the 64 epochs seen last are remembered, one of each run.
func TestEpochsOfASender(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	b.recv(cid, &wire.Direct{Try: 1, Text: in(cid, 1, "cid")})
	b.shown()
	for range 66 {
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
		b.shown()
		bob.epoch++
	}
	b.drop()
	b.told = nil
	loaded, _ := b.profile.Load()
	if len(loaded.Inbox) != 65 || len(b.core.inbox.sources) != 65 {
		t.Errorf("%d epochs on disk, %d in memory", len(loaded.Inbox), len(b.core.inbox.sources))
	}
	b.restart()
	b.register()
	b.told = nil
	for back := range 64 {
		bob.epoch--
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
		if got := b.arrived(); got != "" {
			t.Errorf("epoch %d before the last is shown again: %q", back, got)
		}
	}
}

// protocol.md §12: with so many texts that nobody says to have seen nothing more is taken, and that is told once; also to the next run.
func TestAFullInbox(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	taken := func(seq uint64) bool {
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, seq, "hi")})
		return len(b.drop()) > 0
	}
	var full, room int
	lines := func() (seen []uint64) {
		for _, n := range b.told {
			switch n := n.(type) {
			case Arrived:
				seen = append(seen, n.Line)
			case InboxFull:
				full++
			case InboxRoom:
				room++
			}
		}
		b.told = nil
		return seen
	}
	for seq := uint64(1); seq <= MaxUnshown; seq++ {
		if !taken(seq) {
			t.Fatalf("%d was not taken", seq)
		}
	}
	seen := lines()
	if taken(MaxUnshown+1) || full != 1 || len(seen) != MaxUnshown {
		t.Fatalf("%d came, told %d times that there is no room", len(seen), full)
	}
	b.do(func(time.Time) { b.core.Shown(seen[:1]) })
	if !taken(MaxUnshown+1) || taken(MaxUnshown+2) {
		t.Error("one that was shown makes room for one")
	}
	if lines(); full != 1 || room != 0 {
		t.Errorf("told %d times that there is no room, %d times that there is", full, room)
	}
	b.restart()
	b.register()
	if lines(); full != 2 {
		t.Errorf("after a restart it is told %d times", full-1)
	}
	b.do(func(time.Time) { b.core.Shown(seen[1 : MaxUnshown/2+1]) })
	if lines(); room != 1 || !taken(MaxUnshown+2) {
		t.Errorf("told %d times that there is room", room)
	}
}
