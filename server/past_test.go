package server

import (
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// protocol.md §9.2: a run leaps before it answers anyone.
func TestNobodyIsAnsweredBeforeTheLeap(t *testing.T) {
	b := newBench(t, Config{})
	ann, zoe := b.join("ann"), b.person("zoe")
	b.hold()
	b.restart()
	b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID})
	b.recv(zoe, ask(zoe, 7))
	b.advance(time.Second)
	b.wantIdle("the leap is not on disk")
	b.release()
	b.want("then who was there is asked what it knows", ann, &wire.Ping{Store: storeID, Revision: 1})
	b.recv(zoe, ask(zoe, 7))
	b.want("and others are answered", zoe, welcome(7, 2))
}

// protocol.md §9.2: whoever names a number that this store has not given out has met a newer copy of it.
func TestNumbersOfANewerCopy(t *testing.T) {
	for _, c := range []struct {
		name            string
		revision, order func(h store.Head, p store.Past) uint64
		newer           bool
	}{
		{"nothing", none, none, false},
		{"the head", func(h store.Head, _ store.Past) uint64 { return h.Revision }, func(h store.Head, _ store.Past) uint64 { return h.Order }, false},
		{"where the last run ended", none, func(_ store.Head, p store.Past) uint64 { return p.Leaps[1].Order }, false},
		{"where this one began", func(_ store.Head, p store.Past) uint64 { return p.Leaps[1].Revision + p.Leaps[1].By }, none, false},
		{"an order out of the leap", none, func(_ store.Head, p store.Past) uint64 { return p.Leaps[1].Order + 1 }, true},
		{"a revision out of the leap", func(_ store.Head, p store.Past) uint64 { return p.Leaps[1].Revision + p.Leaps[1].By - 1 }, none, true},
		{"an order to come", none, func(h store.Head, _ store.Past) uint64 { return h.Order + 1 }, true},
		{"a revision to come", func(h store.Head, _ store.Past) uint64 { return h.Revision + 1 }, none, true},
	} {
		for how, say := range map[string]func(b *bench, ann *member, revision, order uint64){
			"register": func(b *bench, ann *member, revision, order uint64) {
				m := ask(ann, 9)
				m.Store, m.Revision, m.Order = storeID, revision, order
				b.recv(ann, m)
			},
			"ping": func(b *bench, ann *member, revision, order uint64) {
				b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID, Revision: revision, Order: order})
			},
			"a later ping": func(b *bench, ann *member, revision, order uint64) { // what the newer copy said came late
				b.recv(ann, &wire.Pong{Known: true, Store: storeID})
				b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID, Revision: revision, Order: order})
			},
			"pong": func(b *bench, ann *member, revision, order uint64) {
				b.recv(ann, &wire.Pong{Known: true, Store: storeID, Revision: revision, Order: order})
			},
		} {
			t.Run(c.name+", "+how, func(t *testing.T) {
				b := newBench(t, Config{})
				b.cfg.level = false
				ann, bob := b.join("ann"), b.join("bob")
				b.deposit(ann, bob, text(ann, bob, 1, "hi"))
				b.restart()
				b.restart()
				past, _ := b.store.Past()
				past.Leaps = past.Leaps[len(past.Leaps)-2:]
				b.sentTo(ann)
				b.sentTo(bob)
				say(b, ann, c.revision(b.head(), past), c.order(b.head(), past))
				if newer := b.head().ID != storeID; newer != c.newer {
					t.Fatalf("the id is %d", b.head().ID)
				}
				if !c.newer {
					return
				}
				if past, _ := b.store.Past(); !past.Had(b.head(), storeID) {
					t.Error("the old id is forgotten")
				}
			})
		}
	}
}

func none(store.Head, store.Past) uint64 { return 0 }

// protocol.md §9.2: a run believes once that there is a newer copy: what it gave out under an id that it drew itself it knows.
func TestOneRunRenewsOnce(t *testing.T) {
	b := newBench(t, Config{})
	b.cfg.level = false
	ann := b.join("ann")
	lie := func(request uint32) uint64 {
		m := ask(ann, request)
		m.Store, m.Order = b.head().ID, 1<<62
		b.recv(ann, m)
		b.advance(time.Second)
		return b.head().ID
	}
	first := lie(9)
	if first == storeID || lie(11) != first || lie(13) != first {
		t.Errorf("the id is %d, then %d", first, b.head().ID)
	}
	if r := b.sentTo(ann); len(r) == 0 {
		t.Error("she is not answered")
	}
	b.cfg.Seed++
	b.restart()
	if lie(15) == first {
		t.Error("the next run does not believe it")
	}
}

// protocol.md §9.2: who was present and named a number of a newer copy is served when it registers, and told of the id until then.
func TestWhoMetANewerCopyRegistersAgain(t *testing.T) {
	b := newBench(t, Config{})
	b.cfg.level = false
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "hi"))
	b.restart()
	b.sentTo(ann)
	b.sentTo(bob)
	h := b.head()
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Order: h.Order + 5})
	b.advance(2 * time.Second)
	list := b.sentTo(bob)
	if len(list) < 2 {
		t.Fatalf("told %d times", len(list))
	}
	for _, s := range list {
		if p, ok := s.msg.(*wire.Ping); !ok || p.Store != b.head().ID {
			t.Errorf("heard %+v", s.msg)
		}
	}
	m := ask(bob, 9)
	m.Store, m.Order = b.head().ID, 1
	b.recv(bob, m)
	if got := pushes(b.sentTo(bob)); len(got) != 1 {
		t.Errorf("pushed %v", got)
	}
}

// protocol.md §8.6: what a client deposits before it said what it knows comes again.
func TestDepositBeforeTheWord(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.away("bob")
	b.restart()
	b.sentTo(ann)
	deposit := &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")}
	b.recv(ann, deposit)
	b.wantIdle("not yet")
	b.back(ann)
	b.recv(ann, deposit)
	b.want("then", ann, storedAway(ann, bob, 1, 1))
}

// protocol.md §9.2: Taken names no store. What a client answered under the id before is no place in the stream that it has of this one: had the
// server taken it for one, all posts behind it would wait there for ever.
func TestAnAnswerUnderTheIDBefore(t *testing.T) {
	b := newBench(t, Config{})
	b.tables = true
	ann, bob := b.join("ann"), b.away("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "hi"))
	m := ask(bob, 9)
	m.Store = storeID + 1
	b.recv(bob, m)
	left := func() int {
		items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9)
		return len(items)
	}
	taken := &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1}
	b.recv(bob, taken) // of what it was sent before
	if left() != 1 {
		t.Error("taken")
	}
	b.advance(tablePause)
	b.ackTable(bob, b.pages(bob)[0])
	b.recv(bob, taken)
	if left() != 0 {
		t.Error("not taken")
	}
}
