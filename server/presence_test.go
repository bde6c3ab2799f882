package server

import (
	"net/netip"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// protocol.md §8.3: presence is a lease of 90 s. Everything heard renews it.
func TestLease(t *testing.T) {
	for _, c := range []struct {
		name   string
		hears  []time.Duration // pings at these times after the registration
		gone   time.Duration   // when the row says offline
		before time.Duration   // when it does not yet
	}{
		{"silence", nil, 90 * time.Second, 89 * time.Second},
		{"one keepalive", []time.Duration{25 * time.Second}, 115 * time.Second, 114 * time.Second},
		{"at the last moment", []time.Duration{89 * time.Second}, 179 * time.Second, 178 * time.Second},
		{"many keepalives", []time.Duration{30 * time.Second, 60 * time.Second, 90 * time.Second, 120 * time.Second}, 210 * time.Second, 209 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			b.tables = true
			ann := b.person("ann")
			b.recv(ann, ask(ann, 7))
			for _, at := range c.hears {
				b.advance(at - b.now.Sub(b.start))
				b.recv(ann, &wire.Ping{Store: storeID, Revision: 1})
			}
			b.advance(c.before - b.now.Sub(b.start))
			if b.row(ann).State != store.Online {
				t.Errorf("offline at %v", c.before)
			}
			b.advance(c.gone - b.now.Sub(b.start))
			if b.row(ann).State != store.Offline {
				t.Errorf("still online at %v", c.gone)
			}
		})
	}
}

// protocol.md §8.3: everything heard renews the lease, not only pings.
func TestWhateverIsHeardRenewsTheLease(t *testing.T) {
	for _, m := range []wire.Message{
		&wire.Ping{}, &wire.Pong{}, &wire.TableAck{}, &wire.Taken{Order: 1}, &wire.Seen{Order: 1}, &wire.ReceiptAck{},
		&wire.Deposit{Text: wire.Text{Seq: 1, Parts: 1, Flags: wire.FlagCovered}},
	} {
		t.Run(m.Kind().String(), func(t *testing.T) {
			b := newBench(t, Config{})
			ann := b.join("ann")
			b.advance(80 * time.Second)
			b.recv(ann, m)
			b.advance(80 * time.Second)
			if b.row(ann).State != store.Online {
				t.Error("offline")
			}
		})
	}
}

// protocol.md §8.4: a client that leaves 1 + 5 pushes and pings without any answer is offline at once.
func TestUnansweredPushTakesOffline(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	begun := b.now
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
	b.sentTo(ann)
	b.advance(2999 * time.Millisecond)
	if b.row(bob).State != store.Online {
		t.Fatal("offline before the window is over")
	}
	var tries, pings int
	var last time.Duration
	for _, s := range b.sentTo(bob) {
		switch s.msg.(type) {
		case *wire.Push:
			if gap := s.at - last; tries > 0 && gap > 500*time.Millisecond {
				t.Errorf("%v between two tries", gap)
			}
			tries, last = tries+1, s.at
		case *wire.Ping:
			pings++
		}
	}
	if tries < 6 || tries > 7 || pings == 0 {
		t.Errorf("%d tries and %d pings", tries, pings)
	}
	b.advance(time.Millisecond)
	if row := b.row(bob); row.State != store.Offline {
		t.Errorf("online after %v", b.now.Sub(begun))
	}
	b.advance(90 * time.Second)
	asked := b.sentTo(bob)
	for _, s := range asked {
		if s.msg.Kind() != wire.KindPing || b.start.Add(s.at).Sub(begun) > 90*time.Second {
			t.Errorf("%v at %v", s.msg.Kind(), s.at)
		}
	}
	if len(asked) < 8 || len(asked) > 20 {
		t.Errorf("%d pings while the lease lived", len(asked))
	}
	b.advance(time.Hour)
	b.wantIdle("nothing more is sent to who is away")
}

// protocol.md §8.4: without any answer. Who was heard keeps its lease, and the push goes on in the background.
func TestWhoIsHeardStaysOnline(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
	b.advance(1500 * time.Millisecond)
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Revision: 2}) // it can take nothing now
	b.advance(20 * time.Second)
	if b.row(bob).State != store.Online {
		t.Fatal("offline although it answers")
	}
	b.sentTo(bob)
	b.advance(30 * time.Second)
	if len(pushes(b.sentTo(bob))) == 0 {
		t.Error("the push was given up")
	}
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1})
	b.sentTo(bob)
	b.advance(30 * time.Second)
	if list := b.sentTo(bob); len(list) > 0 {
		t.Errorf("after it was taken: %+v", list[0].msg)
	}
}

// protocol.md §8.4: a sign of life brings it back; then it is pinged, for the table that it has, and gets what waits.
func TestRevivedByAPing(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
	b.advance(4 * time.Second)
	b.sentTo(ann)
	b.sentTo(bob)
	b.hold()
	b.recv(bob, &wire.Ping{Nonce: 6, Store: storeID, Revision: 2})
	b.recv(bob, &wire.Ping{Nonce: 7, Store: storeID, Revision: 2})
	b.wantIdle("its row is not on disk")
	b.release()
	b.want("pinged", bob, &wire.Ping{Store: storeID, Revision: 4, Order: 1})
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Revision: 4})
	b.want("its mail", bob, &wire.Push{Order: 1, Try: 1, From: ann.key, Text: text(ann, bob, 1, "hi")})
	b.wantIdle("nothing else")
	if row := b.row(bob); row.State != store.Online || row.Revision != 4 {
		t.Errorf("row %+v", row)
	}
}

// protocol.md §8.3: the server answers to where a client was last heard from and tells the others when that changes.
func TestMovedAddressIsPublished(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.tables = true
	bob.path.Remote = netip.MustParseAddrPort("10.9.9.9:99")
	b.recv(bob, &wire.Ping{Nonce: 6, Store: storeID, Revision: 2})
	b.advance(tablePause)
	list := b.sentTo(bob)
	if len(list) == 0 || list[0].path != bob.path {
		t.Errorf("not answered at %v: %+v", bob.path, list)
	}
	row := wire.Row{Key: bob.key, Name: "bob", Epoch: bob.epoch, Addr: bob.path.Remote, State: wire.Online}
	b.want("told", ann, changes(2, 3, row))
}

// protocol.md §8.3: from the address that was asked. That alone is no news for the others.
func TestAnswersFromTheAddressAsked(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	ann.path.Local = netip.MustParseAddr("10.0.0.201")
	b.recv(ann, &wire.Ping{Nonce: 6, Store: storeID, Revision: 1})
	if list := b.sentTo(ann); len(list) != 1 || list[0].path != ann.path {
		t.Errorf("answered %+v", list)
	}
	if rev := b.head().Revision; rev != 1 {
		t.Errorf("revision %d", rev)
	}
}

// What a Deregister overtakes does not bring the client back.
func TestLeaveWhileItIsRevived(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	b.advance(2 * time.Minute)
	b.hold()
	b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID, Revision: 1})
	b.recv(ann, &wire.Deregister{Request: 5, Name: "ann"})
	b.release()
	b.want("left", ann, &wire.Deregistered{Request: 5})
	b.advance(time.Minute)
	b.wantIdle("no session")
	if b.row(ann).State != store.Left || len(b.core.online) != 0 {
		t.Errorf("row %+v, %d sessions", b.row(ann), len(b.core.online))
	}
}
