package peer

import (
	"math"
	"slices"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

const day = 24 * time.Hour

// The bench starts at Unix time 1772600767: the id of a prekey is when it was made, and up to 12 days more.
const startTime = 1772600767

// firstID is the id of the first prekey.
func (b *bench) firstID() uint32 { return b.prekeys()[0].ID }

// wantID tells whether an id is one of a prekey made at a time, in seconds since the start of the bench, after one with another id.
func wantID(t *testing.T, id, after uint32, at int64) {
	t.Helper()
	low := int64(after) + 1
	if unix := startTime + at; unix <= math.MaxUint32 {
		low = max(low, unix)
	}
	if int64(id) < low || int64(id) >= low+1<<20 {
		t.Errorf("id %d of %d s, wanted from %d on", id, at, low)
	}
}

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
	b.profile.Apply(store.Rotate{Drop: []uint32{b.firstID()}})
	b.hold()
	b.restart()
	b.do(b.core.Register)
	b.advance(2 * time.Second)
	b.wantIdle("not on disk")
	b.release()
	if ids := b.cards(); len(b.prekeys()) != 1 || !slices.Equal(ids, []uint32{b.firstID()}) {
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
	first := b.firstID()
	ids := b.cards()
	if len(ids) != 1 || len(b.prekeys()) != 2 {
		t.Fatalf("told %v", ids)
	}
	wantID(t, ids[0], first, 604800)
	b.answerRegister(storeID)
	b.page()
	b.wantTold("the user is not troubled")
	old := store.Prekey{ID: first, Secret: b.prekeys()[0].Secret, Made: 1772600767000000, Replaced: 1772600767000000 + 604800000000}
	if list := b.prekeys(); len(list) != 2 || list[0] != old || list[1].ID != ids[0] || list[1].Replaced != 0 {
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
	ids := b.cards()
	if len(ids) != 1 {
		t.Fatalf("told %v", ids)
	}
	wantID(t, ids[0], b.firstID(), 604800)
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
	b.want("35 days after it was replaced", server, &wire.Taken{From: bob.key, Marks: wire.Marks{Epoch: bob.epoch, ToEpoch: myEpoch}, Order: 2,
		Try: 1, Refusal: wire.Anew})
	b.wantTold("that is nobody's lie")
	list := b.prekeys()
	if len(list) != 6 || list[0].Made != 1772600767000000+604800000000 {
		t.Errorf("on disk: %+v", list)
	}
	for i, p := range list[1:] {
		wantID(t, p.ID, list[i].ID, int64(i+2)*604800)
	}
}

// protocol.md §14.2: what a clock says is not always so: a prekey is made when the last one seems to be from another time, its id
// grows in any case, and nothing is forgotten before its time by the clock that there is.
func TestPrekeyAtTheStart(t *testing.T) {
	const year = 365 * day
	for _, c := range []struct {
		name string
		at   []time.Duration // of the starts, since the first
		made []int64         // those on disk, in seconds since the first
	}{
		{"at once again", []time.Duration{0}, []int64{0}},
		{"before 7 days", []time.Duration{7*day - time.Second}, []int64{0}},
		{"after 7 days", []time.Duration{7 * day}, []int64{0, 604800}},
		{"a clock set back by days", []time.Duration{-6 * day}, []int64{0}},
		{"a clock set back by years", []time.Duration{-5 * year}, []int64{0, -157680000}},
		{"back and right again", []time.Duration{-5 * year, time.Hour}, []int64{0, -157680000, 3600}},
		{"back and back again", []time.Duration{-5 * year, -5*year + time.Hour}, []int64{0, -157680000}},
		{"years ahead", []time.Duration{5 * year}, []int64{0, 157680000}},
		{"years ahead and right again", []time.Duration{5 * year, time.Hour}, []int64{0, 157680000, 3600}},
		{"29 days after it was replaced", []time.Duration{7 * day, 36 * day}, []int64{0, 604800, 3110400}},
		{"30 days after it was replaced", []time.Duration{7 * day, 37 * day}, []int64{604800, 3196800}},
		{"ahead of what an id can be", []time.Duration{100 * year}, []int64{0, 3153600000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			for _, at := range c.at {
				b.now = b.start.Add(at)
				b.restart()
			}
			var made []int64
			last := uint32(0)
			for _, p := range b.prekeys() {
				made = append(made, p.Made/1_000_000-startTime)
				wantID(t, p.ID, last, made[len(made)-1])
				last = p.ID
			}
			if !slices.Equal(made, c.made) {
				t.Errorf("on disk: made %v, wanted %v", made, c.made)
			}
			b.do(b.core.Register)
			if told := b.cards(); !slices.Equal(told, []uint32{last}) {
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
// prekey above that one. Its texts have an epoch of their own already.
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
			b.friends[0].rotate(b.firstID() + 5)
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
				list := b.prekeys()
				if b.core.epoch != myEpoch || len(list) > 1 != c.older {
					t.Fatalf("epoch %d, %d prekeys", b.core.epoch, len(list))
				}
				if !c.older {
					b.wantIdle("nothing happened")
					return
				}
				wantID(t, list[1].ID, list[0].ID+5, 0)
				last := b.sent[len(b.sent)-1].msg.(*wire.Register)
				if ids := b.cards(); last.Epoch != myEpoch || last.Request != b.core.request || ids[len(ids)-1] != list[1].ID {
					t.Errorf("registered with %+v and prekeys %v", last, ids)
				}
				b.answerRegister(storeID)
				b.page(f[0].row(wire.Online))
				if got := b.directs(); when != "ready" && !slices.Equal(got, []string{"500>1001/1"}) {
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
