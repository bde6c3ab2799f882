package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §7.3: what a typed command waits for is tried 1 + 5 times, 500 ms apart; a server counts as not responding when it answered
// nothing all that time.
func TestServerSilent(t *testing.T) {
	for _, c := range []struct {
		name    string
		hears   time.Duration // a word from the server, of another matter; 0 for none
		command func(b *bench)
		tries   wire.Kind
		kept    int
	}{
		{"registering", 0, func(b *bench) { b.do(b.core.Register) }, wire.KindRegister, 0},
		{"registering, and it says something", time.Second, func(b *bench) { b.do(b.core.Register) }, wire.KindRegister, 0},
		{"leaving", 0, func(b *bench) {
			b.friend("bob")
			b.register()
			b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
		}, wire.KindDeregister, 0},
		{"the channel", 0, func(b *bench) {
			b.register()
			b.do(func(now time.Time) { b.core.SendAll(now, "hi") })
		}, wire.KindDeposit, 1},
		{"a deposit", 0, func(b *bench) {
			bob := b.friend("bob")
			b.register()
			b.changed(bob.row(wire.Offline))
			b.send(bob, "hi")
		}, wire.KindDeposit, 1},
		{"a deposit, and it says something", 100 * time.Millisecond, func(b *bench) {
			bob := b.friend("bob")
			b.register()
			b.changed(bob.row(wire.Offline))
			b.send(bob, "hi")
		}, wire.KindDeposit, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			c.command(b)
			if c.hears > 0 {
				b.advance(c.hears)
				b.recv(server, &wire.Pong{Nonce: 1, Known: true, Store: b.core.store})
			}
			b.advance(3*time.Second - c.hears - time.Millisecond)
			b.wantTold("not yet")
			tries := 0
			for _, s := range b.drop() {
				if s.msg.Kind() == c.tries {
					tries++
				}
			}
			if tries != 6 {
				t.Errorf("tried %d times", tries)
			}
			b.advance(time.Millisecond)
			if c.hears > 0 {
				if c.tries == wire.KindRegister {
					b.wantTold("it is there", Postponed{Name: "ann", Why: Overloaded})
				}
				b.wantTold("it is tried again")
				b.advance(3 * time.Second)
			}
			b.wantTold("the server is silent", ServerSilent{Kept: c.kept})
			b.drop()
			b.advance(time.Minute)
			b.wantIdle("then nothing is tried any more")
			b.wantTold("and it is told once")
			if left := len(b.outbox()); left != c.kept {
				t.Errorf("%d texts are kept", left)
			}
		})
	}
}

// protocol.md §8.3: an idle client sends Ping every 25 s ± 20 %.
func TestKeepalive(t *testing.T) {
	b := newBench(t, Config{Keepalive: 25 * time.Second})
	b.register()
	begun, last := b.now.Sub(b.start), b.now.Sub(b.start)
	var list []sent
	for range 36_000 {
		b.advance(100 * time.Millisecond)
		for _, s := range b.drop() {
			list = append(list, s)
			if m, ok := s.msg.(*wire.Ping); ok {
				b.recv(server, &wire.Pong{Nonce: m.Nonce, Known: true, Store: m.Store, Revision: m.Revision})
			}
		}
	}
	gaps := map[time.Duration]bool{}
	for _, s := range list {
		gap := s.at - last
		if s.msg.Kind() != wire.KindPing || gap < 20*time.Second || gap > 30*time.Second {
			t.Fatalf("%+v after %v", s.msg, gap)
		}
		gaps[gap], last = true, s.at
	}
	if n := len(list); n < 120 || n > 180 || len(gaps) < n/2 {
		t.Errorf("%d pings since %v, %d different gaps", n, begun, len(gaps))
	}
}

// protocol.md §8.3: a keepalive that nobody answers is sent again, until the server says anything.
func TestKeepaliveIsRepeated(t *testing.T) {
	b := newBench(t, Config{Keepalive: 24 * time.Second})
	b.register()
	b.drop()
	b.advance(2 * time.Minute)
	list := b.drop()
	for i, s := range list {
		if s.msg.Kind() != wire.KindPing || !s.idle || i > 0 && s.at-list[i-1].at > 10*time.Second {
			t.Errorf("%v at %v", s.msg.Kind(), s.at)
		}
	}
	if len(list) < 12 {
		t.Errorf("%d pings in two minutes", len(list))
	}
	b.recv(server, &wire.Pong{Known: true, Store: storeID, Revision: 1})
	b.drop()
	b.advance(400 * time.Millisecond)
	b.wantIdle("it was heard")
}

// A client does not remember what the server stored: until that answers, all that an earlier run left may be there.
func TestWhatAnEarlierRunLeftIsNotKnown(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	b.changed(bob.row(wire.Offline), cid.row(wire.Offline))
	b.send(bob, "stored")
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.send(cid, "refused")
	b.recv(server, storedFor(cid, 1, 1, wire.FullMailbox))
	b.restart()
	b.do(b.core.Register)
	b.advance(3 * time.Second)
	b.wantTold("it may be all there", ServerSilent{Unknown: 2})

	b.restart()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.page(bob.row(wire.Offline), cid.row(wire.Offline))
	b.send(cid, "behind it")
	b.told = nil
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.recv(server, storedFor(cid, 1, 1, wire.FullMailbox))
	kept := Kept{To: "cid", Why: wire.FullMailbox}
	b.wantTold("it answers", Stored{To: "bob"}, kept, kept)
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.advance(3 * time.Second)
	b.wantTold("what it refuses is here", ServerSilent{Kept: 2})
}
