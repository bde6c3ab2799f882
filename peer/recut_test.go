package peer

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// firstCut puts a text into the outbox as version 1 cut it, under seqs from first on. Its texts bore the epoch of the state.
func (b *bench) firstCut(to *friend, first uint64, typed string) {
	parts := uint64(len(typed)+wire.FirstPartSize-1) / wire.FirstPartSize
	var change store.Accept
	for i := range parts {
		body := typed[i*wire.FirstPartSize : min((i+1)*wire.FirstPartSize, uint64(len(typed)))]
		x := wire.Text{Epoch: myEpoch, ToEpoch: to.epoch, Seq: first + i, Part: uint16(i), Parts: uint16(parts), Size: uint32(len(typed)), Time: 7, Body: []byte(body)}
		change.Items = append(change.Items, store.Outgoing{To: store.Key(to.key), Text: store.Text(x)})
	}
	last := first + parts - 1
	change.Lane = store.Lane{To: store.Key(to.key), Epoch: myEpoch, ToEpoch: to.epoch, Last: last}
	change.Line = store.Line{Order: first, Peer: store.Key(to.key), Epoch: myEpoch, First: first, Last: last, Out: true, Text: typed}
	b.profile.Apply(&change)
}

// hadCut is what a recipient has of them.
func hadCut(who *friend, through uint64) wire.Marks {
	return wire.Marks{Epoch: myEpoch, ToEpoch: who.epoch, Through: through}
}

// sentSeqs takes what was sent of a kind, by seq.
func (b *bench) sentSeqs(k wire.Kind) string {
	var seqs []string
	for _, s := range b.drop() {
		if s.msg.Kind() != k {
			continue
		}
		if m, ok := s.msg.(*wire.Direct); ok && m.Try == 1 {
			seqs = append(seqs, fmt.Sprint(m.Text.Seq))
		} else if m, ok := s.msg.(*wire.Deposit); ok && m.Try == 1 {
			seqs = append(seqs, fmt.Sprint(m.Text.Seq))
		}
	}
	return strings.Join(seqs, " ")
}

// protocol.md §14.5: parts that version 1 cut have no room beside a seal: they wait for their recipient, and others do not wait for
// them.
func TestLongPartsGoDirectly(t *testing.T) {
	b := newBench(t, Config{})
	bob := b.friend("bob")
	b.firstCut(bob, 1, strings.Repeat("x", 2*wire.FirstPartSize+80))
	b.restart()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.page(bob.row(wire.Offline))
	b.told = nil
	b.send(bob, "next")
	if got := b.sentSeqs(wire.KindDeposit); got != "3" {
		t.Errorf("deposited %s", got)
	}
	b.do(b.core.Drain)
	b.drop()
	cut := storedFor(bob, 3, 1, wire.Accepted)
	cut.Epoch = myEpoch
	b.recv(server, cut)
	if got := b.sentSeqs(wire.KindDeposit); got != "1" {
		t.Errorf("then deposited %s of this run", got)
	}
	next := storedFor(bob, 1, 1, wire.Accepted)
	next.Epoch = myRun + 100
	b.recv(server, next)
	b.wantTold("a script does not wait for them", Stored{To: "bob"}, Drained{Kept: 1})
	b.drop()
	b.advance(10 * time.Minute)
	b.wantIdle("nor is it tried in vain")
	b.changed(bob.row(wire.Online))
	if got := b.sentSeqs(wire.KindText); got != "1 2" {
		t.Errorf("sent directly %s", got)
	}
	b.recv(server, &wire.Receipt{To: bob.key, Marks: wire.Marks{Epoch: next.Epoch, ToEpoch: bob.epoch, Through: 1}})
	b.recv(bob, &wire.Ack{Marks: hadCut(bob, 3), Seq: 2, Try: 1})
	b.wantTold("each once", Delivered{To: "bob"}, Delivered{To: "bob"})
	if left := b.outbox(); len(left) > 0 {
		t.Errorf("left on disk: %+v", left)
	}
}

// protocol.md §14.5: that such a text waits is told, once.
func TestLongPartsAreTold(t *testing.T) {
	b := newBench(t, Config{})
	bob := b.friend("bob")
	b.firstCut(bob, 1, strings.Repeat("x", 2*wire.FirstPartSize))
	b.restart()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.page(bob.row(wire.Offline))
	if n := len(b.told); n == 0 || b.told[n-1] != (Kept{To: "bob", NoKeys: true}) {
		t.Errorf("told %+v", b.told)
	}
	b.told = nil
	b.changed(bob.row(wire.Offline))
	b.send(bob, "next")
	next := storedFor(bob, 1, 1, wire.Accepted)
	next.Epoch = myRun + 100
	b.recv(server, next)
	b.wantTold("once", Stored{To: "bob"})
}

// protocol.md §14.5: a recipient that missed them gets them when it comes back.
func TestLongPartsGoWhenTheRowChanges(t *testing.T) {
	b := newBench(t, Config{})
	bob := b.friend("bob")
	b.firstCut(bob, 1, strings.Repeat("x", 2*wire.FirstPartSize))
	b.restart()
	b.register()
	b.advance(time.Second)
	b.wantTold("held", Kept{To: "bob", NoKeys: true})
	b.drop()
	bob.addr = server.addr
	b.changed(bob.row(wire.Online))
	if got := b.sentSeqs(wire.KindText); got != "1 2" {
		t.Errorf("sent directly %q", got)
	}
}

// What waits for its recipient is tried again while that one is there: one that missed it once does not have to leave and come back.
func TestLongPartsAreTriedAgain(t *testing.T) {
	b := newBench(t, Config{})
	bob := b.friend("bob")
	b.firstCut(bob, 1, strings.Repeat("x", 2*wire.FirstPartSize))
	b.restart()
	b.register()
	b.advance(time.Second)
	b.drop()
	b.advance(10 * time.Minute)
	if got := b.sentSeqs(wire.KindText); got == "" {
		t.Error("nothing is sent any more")
	}
}

// protocol.md §14.5: posts that version 1 cut are closed as void and cut anew, behind all others, in one change.
func TestRecut(t *testing.T) {
	for _, c := range []struct {
		name string
		kill func(b *bench) // before the registration
	}{
		{"at the first start", func(*bench) {}},
		{"killed before the change", func(b *bench) { b.hold(); b.restart(); b.holding = false; b.restart() }},
		{"killed after the change", (*bench).restart},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := readyBench(t)
			long := strings.Repeat("abc", 700)
			b.firstCut(theChannel, 1, long)
			b.firstCut(theChannel, 4, "short")
			b.hold()
			b.restart()
			if len(b.commits) != 1 {
				t.Fatalf("%d changes", len(b.commits))
			}
			b.release()
			c.kill(b)
			b.register()
			list := b.chained(1)
			wantRecut(t, list, long)
			b.told = nil
			for _, p := range list {
				b.recv(server, &wire.Stored{To: wire.Channel, Epoch: p.Epoch, Seq: p.Seq, Try: 1})
			}
			b.wantTold("of the two texts", Stored{}, Stored{})
			b.restart()
			b.register()
			b.post("next")
			if next := b.chained(1); len(next) != 1 || next[0].Prev != seal.HashPost(list[6]) {
				t.Errorf("then %+v", next)
			}
		})
	}
}

// protocol.md §5.2: nothing of the channel goes out before the change is on disk: what follows a void has another past.
func TestRecutIsOnDiskFirst(t *testing.T) {
	b, _ := readyBench(t)
	b.firstCut(theChannel, 1, strings.Repeat("x", wire.PartSize+1))
	b.firstCut(theChannel, 2, "short")
	b.hold()
	b.restart()
	b.register()
	b.advance(time.Second)
	if n := b.kinds(wire.KindDeposit); n > 0 {
		t.Errorf("%d posts before the change", n)
	}
	b.release()
	if list := b.chained(1); len(list) != 4 {
		t.Errorf("posted %+v", list)
	}
}

// wantRecut checks the posts that become of a long one in three parts and a short one.
func wantRecut(t *testing.T, list []*seal.Post, long string) {
	t.Helper()
	if len(list) != 7 {
		t.Fatalf("%d posts", len(list))
	}
	var bodies [][]byte
	for i, p := range list {
		void := p.Flags&wire.FlagVoid != 0
		if void != (i < 3) || void && len(p.Body)+int(p.Size) > 0 || i == 3 && string(p.Body) != "short" {
			t.Errorf("post %d: %+v", i+1, p)
		}
		if i > 3 {
			bodies = append(bodies, p.Body)
		}
	}
	if last := list[6]; string(bytes.Join(bodies, nil)) != long || last.Part != 2 || last.Parts != 3 || last.Time != 7 {
		t.Errorf("%+v", last)
	}
}

// Posts that version 1 cut into parts that fit stay as they are.
func TestRecutLeavesOthersAlone(t *testing.T) {
	b, _ := readyBench(t)
	b.firstCut(theChannel, 1, strings.Repeat("x", wire.PartSize))
	b.firstCut(theChannel, 2, "short")
	b.hold()
	b.restart()
	if len(b.commits) > 0 {
		t.Errorf("changed %+v", b.commits)
	}
}

// What a post of one part that is too long for now becomes: it was 881 to 960 bytes.
func TestRecutOfOnePart(t *testing.T) {
	b, _ := readyBench(t)
	b.firstCut(theChannel, 1, strings.Repeat("x", wire.PartSize+1))
	b.again()
	if list := b.chained(1); len(list) != 3 || len(list[1].Body) != wire.PartSize || len(list[2].Body) != 1 {
		t.Errorf("posted %+v", list)
	}
}
