package server_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/server"
	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// protocol.md §8.6: a server that starts again pings those who were present: it dials by their cards, and need not be spoken to.
func TestRestartedServerDialsByCards(t *testing.T) {
	for _, c := range []struct {
		name    string
		card    func(own []byte) []byte
		leaves  bool
		reached bool
	}{
		{"with her card", func(own []byte) []byte { return own }, false, true},
		{"with a card that is not hers", func([]byte) []byte { return cardOf(link.NewIdentity([32]byte{55})) }, false, false},
		{"with a card that is no key", func([]byte) []byte { return make([]byte, wire.CardSize) }, false, false},
		{"who left", func(own []byte) []byte { return own }, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newPlace(t, linktest.Conditions{Delay: 10 * time.Millisecond})
				end := w.open()
				ann := w.visit("ann")
				defer ann.end()
				hello := ann.register()
				hello.Card = c.card(hello.Card)
				ann.say(hello)
				if pass(time.Second); c.leaves {
					ann.say(&wire.Deregister{Request: 3, Name: "ann"})
					pass(time.Second)
				}
				end()
				ann.heard()
				r := w.record(nil)
				defer w.open()()
				pass(time.Second)
				pings := of[*wire.Ping](ann.heard())
				if (len(pings) > 0) != c.reached {
					t.Errorf("heard %d pings", len(pings))
				}
				if all := r.take(netip.AddrPort{}); c.reached && (len(all) < 3 || all[0].from != w.server || all[0].kind != wire.TypeInitiation) {
					t.Errorf("it began with %+v", all)
				}
				if c.reached {
					ann.say(&wire.Pong{Nonce: pings[0].Nonce, Known: true, Store: 77})
				}
				pass(5 * time.Second)
				if row, _ := w.state(ann.me.Key()); (row.State == store.Online) != c.reached {
					t.Errorf("state %d", row.State)
				}
			})
		})
	}
}

// protocol.md §8.6: everybody is back after one handshake, which the server began: in the same second for all that they need not wait for each
// other, and nobody dials it beside. protocol.md §13.6: however young the session is that the server lost.
func TestReturnTakesOneHandshakeEach(t *testing.T) {
	for _, c := range []struct {
		name      string
		age, away time.Duration
	}{
		{"of old", time.Minute, 20 * time.Second}, // some have asked meanwhile whether it is there
		{"just registered", 3 * time.Second, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, linktest.Conditions{Delay: 10 * time.Millisecond})
				for i := range 40 {
					w.join(fmt.Sprintf("p%d", i))
				}
				pass(c.age)
				w.end()
				pass(c.away)
				said := w.record(nil)
				w.serve()
				pass(10 * time.Second)
				calls, resets := 0, 0
				for _, s := range said.take(netip.AddrPort{}) {
					switch {
					case s.kind == wire.TypeReset:
						resets++
					case s.kind == wire.TypeInitiation && s.from != w.server:
						t.Errorf("%v dials the server", s.from)
					case s.kind == wire.TypeInitiation:
						calls++
					}
				}
				if calls != 40 || c.age < time.Minute && resets > 0 { // later there are keepalives
					t.Errorf("%d initiations for 40 clients, %d resets", calls, resets)
				}
				for _, p := range w.people {
					if row, _ := w.state(p.client.Key()); row.State != store.Online {
						t.Errorf("%s is %v", p.name, row.State)
					}
				}
			})
		})
	}
}

// protocol.md §13.8: data for a session that is not known is answered with a reset, which only who has the server's seed can make.
func TestResetAfterARestart(t *testing.T) {
	for _, c := range []struct {
		name  string
		store func(w *place) *memory.Server
		back  bool
	}{
		{"the same server", func(w *place) *memory.Server { return w.store }, true},
		{"another one at its address", func(*place) *memory.Server { return memory.NewServer(78) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newPlace(t, linktest.Conditions{Delay: 10 * time.Millisecond})
				end := w.open()
				ann := w.visit("ann") // who has no card there, and so is not dialled
				ann.say(&wire.Ping{Nonce: 1})
				pass(time.Second)
				end()
				w.store = c.store(w)
				defer w.open()()
				ann.heard()
				r := w.record(nil)
				ann.say(&wire.Ping{Nonce: 2})
				pass(10 * time.Second)
				var kinds []uint8
				for _, s := range r.take(netip.AddrPort{}) {
					kinds = append(kinds, s.kind)
				}
				want := []uint8{wire.TypeData, wire.TypeReset}
				if c.back {
					want = append(want, wire.TypeInitiation, wire.TypeResponse, wire.TypeData)
				}
				if !slices.Equal(kinds, want) {
					t.Errorf("datagrams of types %v, want %v", kinds, want)
				}
				ann.say(&wire.Ping{Nonce: 3})
				pass(time.Second)
				if got := of[*wire.Pong](ann.heard()); (len(got) == 1 && got[0].Nonce == 3) != c.back {
					t.Errorf("heard %+v", got)
				}
				ann.end()
				if n := ann.loop.Counts().Lost; (n == 1) != c.back {
					t.Errorf("%d sessions were lost", n)
				}
			})
		})
	}
}

// protocol.md §8.6, §13.8: a client that a restarted server can't dial is back by itself, with the mail that came meanwhile.
func TestClientIsBackByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linktest.Conditions{Delay: 10 * time.Millisecond})
		ann, bob := w.join("ann"), w.join("bob")
		bob.wait("ann is there", 1, func(n peer.Notice) bool { table, ok := n.(peer.Table); return ok && len(table.All) == 2 })
		bob.client.Deregister("bob")
		bob.told(peer.Left{})
		ann.wait("bob is away", 1, func(n peer.Notice) bool {
			table, ok := n.(peer.Table)
			return ok && len(table.Changed) > 0 && !table.Changed[0].Online
		})
		ann.client.Send("bob", "one")
		ann.told(peer.Stored{To: "bob"})
		w.end()
		resets := w.record(func(s shot) bool { return s.from == w.server && s.kind == wire.TypeInitiation })
		w.serve()
		pass(10 * time.Second)
		if row, _ := w.state(ann.client.Key()); row.State == store.Online {
			t.Error("ann counts as present and was not heard")
		}
		pass(time.Minute)
		if row, _ := w.state(ann.client.Key()); row.State != store.Online {
			t.Error("ann is not back")
		}
		got := slices.DeleteFunc(resets.take(w.server), func(s shot) bool { return s.kind != wire.TypeReset })
		if len(got) == 0 {
			t.Error("no reset was needed")
		}
		bob.client.Register()
		bob.reads("ann", "one")
		ann.told(peer.Delivered{To: "bob"})
		for _, p := range w.people {
			if n := p.count(isA[peer.ServerSilent]); n > 0 {
				t.Errorf("%s gave the server up", p.name)
			}
		}
	})
}

// protocol.md §5.5: a client that goes on with an older copy of its profile is told its own card; then it has a newer one, and the server
// has that.
func TestOlderProfileGetsANewerCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newPlace(t, linktest.Conditions{Delay: 10 * time.Millisecond})
		defer w.open()()
		older, later := memory.NewProfile([32]byte{1}, 1000), memory.NewProfile([32]byte{1}, 1000)
		cfg := peer.Config{Name: "ann", Server: link.Path{Remote: w.server}, ServerKey: w.key, Static: w.card.Static}
		for i, profile := range []*memory.Profile{older, later, older} {
			cfg.Seed = uint64(i) // another program, another number of its request
			client, err := peer.New(cfg, w.net.Listen(netip.MustParseAddrPort("10.0.0.1:4000")), profile)
			if err != nil {
				t.Fatal(err)
			}
			stop := run(t, "ann", client.Run)
			client.Register()
			pass(24 * time.Hour) // prekeys are times
			stop()
		}
		newest := func(p *memory.Profile) uint32 {
			l, _ := p.Load()
			return l.Prekeys[len(l.Prekeys)-1].ID
		}
		row, _ := w.state(peer.PublicKey([32]byte{1}))
		if kept := wire.CardPrekey([]byte(row.Card)); kept != newest(older) || kept <= newest(later) {
			t.Errorf("prekey %d is told to others; the client's is %d, the one that it forgot %d", kept, newest(older), newest(later))
		}
	})
}

// The identity of a server is its store's: it outlives the process, and a renewed store keeps it.
func TestIdentityOfAStore(t *testing.T) {
	s := memory.NewServer(5)
	key, card, err := server.Identity(s)
	if err != nil || card.Verify(key) != nil {
		t.Fatal(key, err)
	}
	s.Apply(store.Renew{ID: 6})
	if again, same, err := server.Identity(s); err != nil || again != key || same != card {
		t.Errorf("%v, then %v, %v", key, again, err)
	}
	if other, _, _ := server.Identity(memory.NewServer(6)); other == key {
		t.Error("two stores have one identity")
	}
}

// protocol.md §8.6, §13.8: what was typed while the server was away is stored as soon as server and client have heard each other.
func TestWhatWaitsForARestartedServerIsStoredAtOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		dialed bool
		within time.Duration
	}{
		{"the server dials", true, 6 * 10 * time.Millisecond}, // initiation, response, ping, pong and deposit, stored
		// The second try, its reset, initiation, response, deposit, ping, pong and deposit, stored.
		{"the client dials", false, 400*time.Millisecond + 9*10*time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, linktest.Conditions{Delay: 10 * time.Millisecond})
				ann, bob := w.join("ann"), w.join("bob")
				bob.client.Deregister("bob")
				bob.told(peer.Left{})
				ann.client.Send("bob", "before") // so that she has his card
				ann.told(peer.Stored{To: "bob"})
				pass(time.Second)
				w.end()
				ann.client.Send("bob", "hi")
				pass(100 * time.Millisecond)
				w.record(func(s shot) bool { return !c.dialed && s.from == w.server && s.kind == wire.TypeInitiation })
				w.serve()
				pass(c.within + time.Millisecond)
				if n := ann.count(isA[peer.Stored]); n != 2 {
					t.Errorf("%d are stored", n)
				}
			})
		})
	}
}
