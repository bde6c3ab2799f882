package peer

import (
	"bytes"
	"testing"
	"time"

	"udpchat/wire"
)

// stored is ann whose text to bob, who is away, the server has: as it was sealed.
func storedText(t *testing.T) (b *bench, bob *friend, mail []byte) {
	t.Helper()
	b, f := readyBench(t, "bob")
	bob = f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "a secret")
	mail = b.drop()[0].sealed
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.wantTold("stored", Stored{To: "bob"})
	return b, bob, mail
}

// wantAnew takes the one deposit that was sent: the same text, in other bytes.
func (b *bench) wantAnew(why string, bob *friend, before []byte) []byte {
	b.t.Helper()
	list := b.drop()
	if len(list) != 1 {
		b.t.Fatalf("%s: sent %+v", why, list)
	}
	m, ok := list[0].msg.(*wire.Deposit)
	if !ok || string(m.Text.Body) != "a secret" || m.Text.Epoch != myRun || m.Text.ToEpoch != bob.epoch || m.Text.Seq != 1 || m.Text.Time != b.start.UnixMicro() {
		b.t.Fatalf("%s: sent %+v", why, list[0].msg)
	}
	if list[0].prekey != bob.prekey.ID || bytes.Equal(list[0].sealed, before) {
		b.t.Fatalf("%s: sealed to prekey %d, the same bytes: %v", why, list[0].prekey, bytes.Equal(list[0].sealed, before))
	}
	return list[0].sealed
}

// protocol.md §14.2: mail that its recipient can't open any more is sealed anew, under its name, to the prekey that the server has of it
// now. The user hears nothing of it.
func TestSealedAnew(t *testing.T) {
	for _, c := range []struct {
		name   string
		prekey uint32 // bob's, as the server tells it then
	}{
		{"a new prekey", 200},
		{"the same one: the server has an old card", 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, bob, first := storedText(t)
			bob.rotate(c.prekey)
			b.recv(server, storedFor(bob, 1, 1, wire.Unreadable))
			b.wantAnew("anew", bob, first)
			b.recv(server, storedFor(bob, 1, 1, wire.Unreadable))
			b.wantIdle("it is on its way")
			b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
			b.wantTold("stored was told")
			b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
			b.wantTold("delivered", Delivered{To: "bob"})
			if left := b.outbox(); len(left) > 0 {
				t.Errorf("left: %+v", left)
			}
		})
	}
}

// protocol.md §14.2: the card is asked for before, however fresh it is.
func TestSealedAnewWaitsForTheCard(t *testing.T) {
	b, bob, first := storedText(t)
	b.mute = true
	b.recv(server, storedFor(bob, 1, 1, wire.Unreadable))
	b.want("asked", server, &wire.Lookup{Key: bob.key})
	b.wantIdle("nothing to seal it to")
	bob.rotate(200)
	b.recv(server, b.found(bob.key))
	b.wantAnew("anew", bob, first)
}

// protocol.md §14.2: when that is no help, the user is told, and it is tried ever more rarely, with what the server has by then.
func TestSealedAnewInVain(t *testing.T) {
	b, bob, first := storedText(t)
	b.recv(server, storedFor(bob, 1, 1, wire.Unreadable))
	second := b.wantAnew("at once", bob, first)
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.recv(server, storedFor(bob, 1, 1, wire.Unreadable))
	b.wantTold("it is no help", Kept{To: "bob", Why: wire.Unreadable})
	b.wantIdle("with patience")
	b.advance(749 * time.Millisecond) // 1 s, ±25 %
	b.wantIdle("with patience")
	b.advance(500 * time.Millisecond)
	third := b.wantAnew("once more", bob, second)
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	bob.rotate(200) // he has noticed
	b.recv(server, storedFor(bob, 1, 1, wire.Unreadable))
	b.wantTold("that was told")
	b.advance(1250 * time.Millisecond)
	b.wantAnew("to what he has now", bob, third)
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
	b.wantTold("delivered", Delivered{To: "bob"})
}

// A drain does not wait for what its recipient can't read.
func TestDrainOfWhatIsUnreadable(t *testing.T) {
	b, bob, _ := storedText(t)
	b.recv(server, storedFor(bob, 1, 1, wire.Unreadable))
	b.do(b.core.Drain)
	b.wantTold("it is on its way")
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.wantTold("stored", Drained{})
	b.recv(server, storedFor(bob, 1, 1, wire.Unreadable))
	b.do(b.core.Drain)
	b.wantTold("kept", Kept{To: "bob", Why: wire.Unreadable}, Drained{Kept: 1})
}

// protocol.md §14.2, §5.6: mail that its sender does not have any more ends as void.
func TestUnreadableMailThatIsOver(t *testing.T) {
	for _, c := range []struct {
		name  string
		known bool // bob's card
	}{{"with his card", true}, {"without", false}} {
		t.Run(c.name, func(t *testing.T) {
			b, bob, _ := storedText(t)
			b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
			b.again()
			b.drop()
			b.told = nil
			b.mute = true
			b.core.book.entry(bob.key).known = c.known
			m := storedFor(bob, 1, 1, wire.Unreadable)
			m.Seq = 7
			b.recv(server, m)
			b.want("which card has he now?", server, &wire.Lookup{Key: bob.key})
			b.wantIdle("nothing to seal it to")
			if !c.known {
				return
			}
			b.recv(server, &wire.Found{Key: bob.key, Card: bob.card()})
			b.want("closed, although the server asks but twice a minute", server, &wire.Deposit{To: bob.key, Try: 1, Text: wire.Void(myRun, bob.epoch, 7, 7)})
			b.recv(server, storedOf(myRun, bob, 7, wire.Accepted))
			b.recv(server, m)
			b.wantIdle("not again at once")
			for m.Seq = 8; m.Seq < 40; m.Seq++ {
				b.recv(server, m)
			}
			if n := b.kinds(wire.KindDeposit); n != maxEnded-1 {
				t.Errorf("%d more are closed with the same card", n)
			}
			b.wantTold("the user knows nothing of it")
			if left := b.outbox(); len(left) > 0 {
				t.Errorf("left: %+v", left)
			}
		})
	}
}
