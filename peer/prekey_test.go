package peer

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

const day = 24 * time.Hour

// start is Unix time 1772600767: the id of a prekey is when it was made.
const startID = 1772600767

// prekeys are those on disk.
func (b *bench) prekeys() []store.Prekey {
	loaded, _ := b.profile.Load()
	return loaded.Prekeys
}

// cards gives the prekey ids that the server was told, in order, by requests.
func (b *bench) cards() []uint32 {
	b.t.Helper()
	var ids []uint32
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Register); ok {
			card, err := b.core.keys.Check(me, m.Card)
			if err != nil {
				b.t.Fatal(err)
			}
			ids = append(ids, card.Prekey.ID)
		}
	}
	return ids
}

// protocol.md §14.2: a card is told when its prekey's private part is on disk, and not before.
func TestCardFollowsTheCommit(t *testing.T) {
	b := newBench(t, Config{})
	b.profile.Apply(store.Rotate{Drop: []uint32{startID}})
	b.hold()
	b.restart()
	b.do(b.core.Register)
	b.advance(2 * time.Second)
	b.wantIdle("not on disk")
	b.release()
	if ids := b.cards(); !slices.Equal(ids, []uint32{startID}) || len(b.prekeys()) != 1 {
		t.Errorf("told %v", ids)
	}
}

// protocol.md §14.2: a running client makes a prekey every 7 days and tells it when it is on disk.
func TestPrekeyOfARunningClient(t *testing.T) {
	b, _ := readyBench(t)
	b.hold()
	b.advance(7*day - time.Second)
	if len(b.commits) > 0 {
		t.Fatal("before its time")
	}
	b.advance(time.Second)
	if len(b.commits) != 1 {
		t.Fatal("not in its time")
	}
	b.advance(time.Second)
	b.wantIdle("not on disk")
	b.release()
	if ids := b.cards(); !slices.Equal(ids, []uint32{startID + 604800}) {
		t.Errorf("told %v", ids)
	}
	b.answerRegister(storeID)
	b.page()
	b.wantTold("the user is not troubled")
	old := store.Prekey{ID: startID, Secret: b.prekeys()[0].Secret, Made: 1772600767000000, Replaced: 1772600767000000 + 604800000000}
	if list := b.prekeys(); len(list) != 2 || list[0] != old || list[1].ID != startID+604800 || list[1].Replaced != 0 {
		t.Errorf("on disk: %+v", list)
	}
}

// protocol.md §14.2: who left tells its new card when it comes back.
func TestPrekeyOfWhoLeft(t *testing.T) {
	b, _ := readyBench(t)
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.leave()
	b.drop()
	b.advance(8 * day)
	b.wantIdle("it left")
	b.do(b.core.Register)
	if ids := b.cards(); !slices.Equal(ids, []uint32{startID + 604800}) {
		t.Errorf("told %v", ids)
	}
}

// protocol.md §14.2: the private part of a prekey is kept for 30 days after it was replaced. Mail sealed to it opens until then.
func TestOldPrekeysAreForgotten(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob, first := f[0], b.myPrekey()
	week := func() {
		b.advance(7 * day)
		b.answerRegister(storeID)
		b.page()
		b.sent, b.told = nil, nil
	}
	for range 5 {
		week()
	}
	b.recv(server, &wire.Push{Order: 1, Try: 1, From: bob.key, Text: bob.sealedTo(first, in(bob, 1, "35 days"))})
	b.wantTold("28 days after it was replaced", Arrived{Line: 1, From: "bob", Text: "35 days", Time: 1001, Mail: true})
	week()
	b.recv(server, &wire.Push{Prev: 1, Order: 2, Try: 1, From: bob.key, Text: bob.sealedTo(first, in(bob, 2, "42 days"))})
	b.wantTold("35 days after it was replaced", Distrust{From: "bob", Why: Forged})
	if list := b.prekeys(); len(list) != 6 || list[0].ID != startID+604800 {
		t.Errorf("on disk: %+v", list)
	}
}

// protocol.md §14.2: what a clock says is not always so: a prekey is made when the last one seems to be from another time, its id
// grows in any case, and nothing is forgotten before its time by the clock that there is.
func TestPrekeyAtTheStart(t *testing.T) {
	const year = 365 * day
	for _, c := range []struct {
		name string
		at   []time.Duration // of the starts, since the first
		ids  []uint32        // on disk, since the first one's id
	}{
		{"at once again", []time.Duration{0}, []uint32{0}},
		{"before 7 days", []time.Duration{7*day - time.Second}, []uint32{0}},
		{"after 7 days", []time.Duration{7 * day}, []uint32{0, 604800}},
		{"a clock set back by days", []time.Duration{-6 * day}, []uint32{0}},
		{"a clock set back by years", []time.Duration{-5 * year}, []uint32{0, 1}},
		{"back and right again", []time.Duration{-5 * year, time.Hour}, []uint32{0, 1, 3600}},
		{"back and back again", []time.Duration{-5 * year, -5*year + time.Hour}, []uint32{0, 1}},
		{"years ahead", []time.Duration{5 * year}, []uint32{0, 157680000}},
		{"years ahead and right again", []time.Duration{5 * year, time.Hour}, []uint32{0, 157680000, 157680001}},
		{"29 days after it was replaced", []time.Duration{7 * day, 36 * day}, []uint32{0, 604800, 3110400}},
		{"30 days after it was replaced", []time.Duration{7 * day, 37 * day}, []uint32{604800, 3196800}},
		{"ahead of what an id can be", []time.Duration{100 * year}, []uint32{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			for _, at := range c.at {
				b.now = b.start.Add(at)
				b.restart()
			}
			var ids []uint32
			for _, p := range b.prekeys() {
				ids = append(ids, p.ID-startID)
			}
			if !slices.Equal(ids, c.ids) {
				t.Errorf("on disk: %v, wanted %v", ids, c.ids)
			}
			b.do(b.core.Register)
			if told := b.cards(); !slices.Equal(told, []uint32{startID + c.ids[len(c.ids)-1]}) {
				t.Errorf("told %v", told)
			}
		})
	}
}

// newer is a card of ann's that this profile never made.
func (b *bench) newer(above uint32) *wire.Found {
	b.t.Helper()
	card, err := b.core.keys.Card(store.Prekey{ID: b.core.prekeys.newest() + above, Secret: [32]byte{5}})
	if err != nil {
		b.t.Fatal(err)
	}
	return &wire.Found{Key: me, Card: card}
}

// protocol.md §5.5: a card of one's own with a prekey above one's own says that this profile is an older copy: it goes on with a
// prekey above that one, and with a new epoch.
func TestOwnNewerCard(t *testing.T) {
	for _, c := range []struct {
		name  string
		found func(b *bench) *wire.Found
		older bool
	}{
		{"newer", func(b *bench) *wire.Found { return b.newer(5) }, true},
		{"the same", func(b *bench) *wire.Found { return b.newer(0) }, false},
		{"forged", func(b *bench) *wire.Found { m := b.newer(5); m.Card[99]++; return m }, false},
		{"none", func(*bench) *wire.Found { return &wire.Found{Key: me} }, false},
		{"someone else's", func(b *bench) *wire.Found {
			b.friends[0].rotate(startID + 5)
			return &wire.Found{Key: me, Card: b.friends[0].card()}
		}, false},
	} {
		for _, when := range []string{"while registering", "ready"} {
			t.Run(c.name+" "+when, func(t *testing.T) {
				b, f := readyBench(t, "bob")
				b.send(f[0], "hi")
				if when != "ready" {
					b.restart()
					b.do(b.core.Register)
				}
				b.drop()
				b.recv(server, c.found(b))
				if older := b.core.epoch != myEpoch; older != c.older {
					t.Fatalf("epoch %d", b.core.epoch)
				}
				if !c.older {
					b.wantIdle("nothing happened")
					return
				}
				if loaded, _ := b.profile.Load(); loaded.Epoch != b.core.epoch || b.prekeys()[1].ID != startID+6 {
					t.Errorf("on disk: epoch %d, prekeys %+v", loaded.Epoch, b.prekeys())
				}
				last := b.sent[len(b.sent)-1].msg.(*wire.Register)
				if ids := b.cards(); last.Epoch != b.core.epoch || last.Request != b.core.request || ids[len(ids)-1] != startID+6 {
					t.Errorf("registered with %+v and prekeys %v", last, ids)
				}
				b.answerRegister(storeID)
				b.page(f[0].row(wire.Online))
				if got := b.directs(); !slices.Equal(got, []string{fmt.Sprintf("%d>1001/1", b.core.epoch)}) {
					t.Errorf("sent %v", got)
				}
			})
		}
	}
}

// protocol.md §8.1: a retry, which has the same request number, gets the same answer, and no one looks at the card in it: so a new
// card comes with a new request.
func TestCardComesWithItsRequest(t *testing.T) {
	for _, c := range []struct {
		name string
		does func(b *bench)
	}{
		{"own newer card", func(b *bench) { b.recv(server, b.newer(5)) }},
		{"own newer card while registering", func(b *bench) {
			b.recv(server, &wire.Pong{Store: storeID})
			b.recv(server, b.newer(5))
		}},
		{"a week, while registering", func(b *bench) {
			b.advance(7*day - time.Second)
			b.recv(server, &wire.Pong{Store: storeID})
			b.advance(2 * time.Second)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := readyBench(t)
			b.drop()
			c.does(b)
			of := map[uint32]uint32{}
			for _, s := range b.drop() {
				if m, ok := s.msg.(*wire.Register); ok {
					id := wire.CardPrekey(m.Card)
					if before, again := of[m.Request]; again && before != id {
						t.Errorf("request %d has prekey %d and then %d", m.Request, before, id)
					}
					of[m.Request] = id
				}
			}
		})
	}
}

// The user is welcomed once, also when what the server says of an own newer card overtakes the first table.
func TestOwnNewerCardWhileLoading(t *testing.T) {
	b := newBench(t, Config{})
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.recv(server, b.newer(5))
	b.answerRegister(storeID)
	b.page()
	b.wantTold("once", Welcome{Name: "ann"}, Table{Server: server.addr, First: true})
}
