package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §14.2: for mail a card counts for 24 h of the run in which it was looked up.
func TestCardIsFreshForADay(t *testing.T) {
	for _, c := range []struct {
		name  string
		after func(b *bench)
		state wire.Presence
		asks  bool
		goes  wire.Kind // before the answer; 0 for nothing
	}{
		{"mail before", func(b *bench) { b.advance(24*time.Hour - time.Second) }, wire.Offline, false, wire.KindDeposit},
		{"mail after", func(b *bench) { b.advance(24 * time.Hour) }, wire.Offline, true, 0},
		{"mail of the next run", (*bench).again, wire.Offline, true, 0},
		{"directly before", func(b *bench) { b.advance(24*time.Hour - time.Second) }, wire.Online, false, wire.KindText},
		{"directly after", func(b *bench) { b.advance(24 * time.Hour) }, wire.Online, true, wire.KindText},
		{"directly in the next run", (*bench).again, wire.Online, true, wire.KindText},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.send(bob, "first")
			b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
			c.after(b)
			b.changed(bob.row(c.state))
			b.mute = true
			b.drop()
			b.send(bob, "hi")
			list := b.drop()
			asked := len(list) > 0 && list[0].msg.Kind() == wire.KindLookup
			if asked {
				list = list[1:]
			}
			if asked != c.asks || len(list) > 1 || len(list) == 1 != (c.goes != 0) || len(list) == 1 && list[0].msg.Kind() != c.goes {
				t.Errorf("asked: %v, sent %+v", asked, list)
			}
		})
	}
}

// protocol.md §14.2: a text that misses its direct deadline while its recipient's card is asked for goes to the mailbox when that is
// there, and those behind it follow in their order.
func TestMissedWhileTheCardIsAskedFor(t *testing.T) {
	for name, prekey := range map[string]uint32{"the same card": 100, "a newer one": 101} {
		t.Run(name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.send(bob, "one")
			b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
			b.advance(25 * time.Hour)
			b.mute = true
			b.send(bob, "two")
			b.send(bob, "three")
			b.advance(time.Second)
			if b.kinds(wire.KindDeposit) > 0 {
				t.Error("sealed to a prekey of yesterday")
			}
			bob.rotate(prekey)
			b.recv(server, b.found(bob.key))
			list := b.drop()
			for seq := uint64(2); seq <= 3; seq++ {
				if m, ok := list[seq-2].msg.(*wire.Deposit); !ok || m.Text.Seq != seq || list[seq-2].prekey != prekey {
					t.Errorf("sent %+v", list)
				}
			}
		})
	}
}

// protocol.md §14.2: a card with an older prekey than the known one is refused: its private part may be stolen by now.
func TestOlderPrekeyIsRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		id      uint32
		restart bool
		prekey  uint32
	}{
		{"older", 99, false, 100},
		{"older, in the next run", 99, true, 100},
		{"the same", 100, false, 100},
		{"newer", 101, false, 101},
		{"newer, in the next run", 101, true, 101},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.changed(bob.row(wire.Offline))
			b.send(bob, "first")
			b.recv(server, storedFor(bob, 1, 1, wire.Delivered))
			if bob.rotate(c.id); c.restart {
				b.again()
				b.changed(bob.row(wire.Offline))
			}
			b.advance(25 * time.Hour)
			b.drop()
			b.send(bob, "second")
			if list := b.drop(); len(list) != 1 || list[0].prekey != c.prekey {
				t.Errorf("sent %+v", list)
			}
		})
	}
}
