package peer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// directs takes what was sent directly, as "epoch>epoch/seq".
func (b *bench) directs() []string {
	var list []string
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Direct); ok {
			list = append(list, fmt.Sprintf("%d>%d/%d", m.Text.Epoch, m.Text.ToEpoch, m.Text.Seq))
		}
	}
	return list
}

// protocol.md §5.4: the sender addresses what is undelivered to the present epoch, and closes what is not there any more, in one
// transaction. Nothing else of a name changes.
func TestNewEpochOfTheRecipient(t *testing.T) {
	for _, c := range []struct {
		name string
		tell func(b *bench, bob *friend) // bob's epoch is the new one
	}{
		{"by an acknowledgement", func(b *bench, bob *friend) { b.recv(bob, &wire.Ack{Marks: has(bob, 0), Seq: 2, Try: 1}) }},
		{"by a receipt", func(b *bench, bob *friend) { b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 0)}) }},
		{"by the directory", func(b *bench, bob *friend) { b.changed(bob.row(wire.Online)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.send(bob, "delivered")
			b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
			b.send(bob, "two")
			b.send(bob, "three")
			b.drop()
			b.told = nil
			bob.epoch++
			b.hold()
			c.tell(b, bob)
			if got := b.directs(); len(got) > 0 {
				t.Errorf("sent before the commit: %v", got)
			}
			if len(b.commits) != 1 {
				t.Fatalf("%d transactions", len(b.commits))
			}
			b.release()
			if got := strings.Join(b.directs(), " "); got != "500>1002/1 500>1002/2 500>1002/3" {
				t.Errorf("sent %s", got)
			}
			b.recv(bob, &wire.Ack{Marks: has(bob, 3), Seq: 3, Try: 1})
			b.wantTold("delivered", Delivered{To: "bob"}, Delivered{To: "bob"})
			if left := b.outbox(); len(left) > 0 {
				t.Errorf("left on disk: %+v", left)
			}
		})
	}
}

// protocol.md §5.4: a text of several parts goes to the new epoch as a whole, also when some parts were delivered to the old one.
func TestNewEpochGetsWholeTexts(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	long := strings.Repeat("x", 2*wire.PartSize+1)
	b.send(bob, "first")
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.send(bob, long)
	b.recv(bob, &wire.Ack{Marks: has(bob, 3), Seq: 3, Try: 1})
	b.drop()
	b.told = nil
	bob.epoch++
	b.recv(bob, &wire.Ack{Marks: has(bob, 0), Seq: 4, Try: 1})
	var whole []string
	for _, s := range b.drop() {
		m := s.msg.(*wire.Direct)
		whole = append(whole, fmt.Sprintf("%d:%d/%d", m.Text.Seq, m.Text.Part, m.Text.Parts))
	}
	if got := strings.Join(whole, " "); got != "1:0/1 2:0/3 3:1/3 4:2/3" {
		t.Errorf("sent %s", got)
	}
	b.recv(bob, &wire.Ack{Marks: has(bob, 4), Seq: 3, Try: 1})
	b.wantTold("once", Delivered{To: "bob"})
}

// protocol.md §5.4: an epoch that an acknowledgement names although it was over before is ignored: that acknowledgement is old.
func TestOldAcknowledgementOfAFormerEpoch(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	former := *bob
	b.send(bob, "hi")
	bob.epoch++
	b.recv(bob, &wire.Ack{Marks: has(bob, 0), Seq: 1, Try: 1})
	b.drop()
	b.recv(&former, &wire.Ack{Marks: has(&former, 1), Seq: 1, Try: 2})
	b.wantIdle("nothing is renumbered")
	b.wantTold("and nothing is delivered")
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.wantTold("delivered", Delivered{To: "bob"})
}

// protocol.md §5.4: what a recipient answered to a try for its epoch before ends no try for the one that it has.
func TestALateAnswerEndsNoTry(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "one")
	b.send(bob, "two")
	bob.epoch++
	b.recv(bob, &wire.Ack{Marks: has(bob, 0), Seq: 1, Try: 1})
	b.drop()
	b.recv(bob, &wire.Ack{Marks: has(bob, 0), Seq: 2, Try: 1}) // to what went to the state before
	b.told = nil
	b.advance(time.Second)
	b.wantTold("both are missed", NoAck{To: "bob"}, NoAck{To: "bob"})
	if n := b.kinds(wire.KindDeposit); n != 2*2 {
		t.Errorf("%d deposits", n)
	}
}

// protocol.md §5.4: the directory's word counts always.
func TestTheDirectoryMayNameAFormerEpoch(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	former := *bob
	b.send(bob, "hi")
	bob.epoch++
	b.changed(bob.row(wire.Online))
	b.drop()
	b.changed(former.row(wire.Online))
	if got := b.directs(); !slices.Equal(got, []string{"500>1001/1"}) {
		t.Errorf("sent %v: the name that it had there is still the same text's", got)
	}
}

// protocol.md §5.2: stored before the first datagram, also what is renumbered while its first commit is still on its way.
func TestRenumberedBeforeItWasOnDisk(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.send(bob, "hi")
	bob.epoch++
	b.changed(bob.row(wire.Online))
	b.release(1)
	if got := b.directs(); len(got) > 0 {
		t.Errorf("sent %v, of which only the former name is on disk", got)
	}
	b.release()
	if got := b.directs(); !slices.Equal(got, []string{"500>1002/1"}) {
		t.Errorf("sent %v", got)
	}
}

// protocol.md §5.5: a recipient may have more of this client's texts than this state of it knows: a newer copy sent them, in runs of its
// own. What both have bears the same name, and is delivered.
func TestAcknowledgementOfANewerCopy(t *testing.T) {
	for _, c := range []struct {
		name string
		ack  func(bob *friend) (from *friend, m wire.Message)
	}{
		{"acknowledgement", func(bob *friend) (*friend, wire.Message) {
			return bob, &wire.Ack{Marks: has(bob, 7), Seq: 1, Try: 1}
		}},
		{"its ranges", func(bob *friend) (*friend, wire.Message) {
			return bob, &wire.Ack{Marks: has(bob, 2, wire.Range{Lo: 4, Hi: 5}), Seq: 1, Try: 1}
		}},
		{"receipt", func(bob *friend) (*friend, wire.Message) {
			return server, &wire.Receipt{To: bob.key, Marks: has(bob, 3)}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.send(bob, "one")
			b.send(bob, "two")
			b.again()
			b.drop()
			from, m := c.ack(bob)
			b.recv(from, m)
			b.wantTold("both have it", Delivered{To: "bob"}, Delivered{To: "bob"})
			if loaded, _ := b.profile.Load(); b.core.epoch != myEpoch || loaded.Epoch != myEpoch {
				t.Errorf("the epoch is %d, on disk %d", b.core.epoch, loaded.Epoch)
			}
			if n := b.kinds(wire.KindRegister); n > 0 {
				t.Errorf("registered %d times", n)
			}
			b.send(bob, "three")
			if got := b.directs(); !slices.Equal(got, []string{"600>1001/1"}) {
				t.Errorf("then %v", got)
			}
		})
	}
}

// protocol.md §5.6: a sender closes with voids what a recipient lacks and the sender no longer has.
func TestHolesAreClosed(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for seq := range uint64(3) {
		b.send(bob, "hi")
		b.recv(bob, &wire.Ack{Marks: has(bob, seq+1), Seq: seq + 1, Try: 1})
	}
	b.send(bob, "four")
	b.drop()
	b.told = nil
	b.advance(100 * time.Millisecond)
	b.recv(bob, &wire.Ack{Marks: has(bob, 1, wire.Range{Lo: 4, Hi: 4}), Seq: 4, Try: 1}) // its older copy has one and, now, four
	b.wantTold("four", Delivered{To: "bob"})
	var voids []uint64
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Direct); ok && m.Text.Flags == wire.FlagVoid && len(m.Text.Body) == 0 {
			voids = append(voids, m.Text.From(), m.Text.Seq)
		}
	}
	if !slices.Equal(voids, []uint64{2, 3}) {
		t.Errorf("closed %v", voids)
	}
}
