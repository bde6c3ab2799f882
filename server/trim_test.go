package server

import (
	"fmt"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// shortly is a server whose log forgets within minutes.
var shortly = Config{ChannelSpare: time.Minute, ChannelKeep: time.Hour}

// goes checks through which order posts are gone.
func (b *bench) goes(why string, want uint64) {
	b.t.Helper()
	if got := b.store.Gone(); got != want {
		b.t.Errorf("%s: posts are gone through %d, want %d", why, got, want)
	}
}

// protocol.md §11.4: posts that all have go after a while, and until one member has them they stay. Who only posts has its own.
func TestReadPostsGo(t *testing.T) {
	b := newBench(t, shortly)
	ann, bob, cid := b.join("ann"), b.join("bob"), b.join("cid")
	for seq := range uint64(40) {
		b.post(ann, seq+1, "x")
	}
	b.seen(bob, 40)
	b.seen(cid, 30)
	b.stay(50*time.Second, ann, bob, cid)
	b.goes("too early", 0)
	b.stay(30*time.Second, ann, bob, cid)
	b.goes("cid lacks the last ten", 30)
	b.leave(cid)
	b.stay(30*time.Minute, ann, bob)
	b.goes("cid left, and may come for them", 30)
	b.stay(40*time.Minute, ann, bob)
	b.goes("nobody waits for ever", 40)
}

// stay lets time pass with these present, who acknowledge nothing.
func (b *bench) stay(d time.Duration, who ...*member) {
	b.t.Helper()
	for end := b.now.Add(d); b.now.Before(end); {
		b.advance(min(10*time.Second, end.Sub(b.now)))
		for _, m := range who {
			h := b.head()
			b.recv(m, &wire.Ping{Store: storeID, Revision: h.Revision, Order: h.Order})
			b.sentTo(m)
		}
	}
}

// protocol.md §11.4: an age counts the time in which a server ran, also over a restart, whatever the clock on the wall says.
func TestAgesAreThoseOfTheServer(t *testing.T) {
	cfg, off := shortly, time.Duration(0)
	cfg.Wall = func(now time.Time) time.Time { return now.Add(off) }
	b := newBench(t, cfg)
	ann := b.join("ann")
	b.join("bob")
	b.post(ann, 1, "x")
	b.advance(10 * time.Minute)
	off = 10 * 365 * 24 * time.Hour
	b.advance(30 * time.Minute)
	b.core.Stop(b.now)
	b.settle()
	b.now = b.now.Add(1000 * time.Hour)
	b.restart()
	b.advance(15 * time.Minute)
	b.goes("it is 55 minutes old", 0)
	b.advance(20 * time.Minute)
	b.goes("now it is older than an hour", 1)
}

// protocol.md §11.4: a server whose runs are all shorter than the pause between two looks has posts go all the same.
func TestShortRunsTrimToo(t *testing.T) {
	b := newBench(t, Config{ChannelSpare: 16 * time.Hour})
	ann, bob := b.join("ann"), b.join("bob")
	b.post(ann, 1, "x")
	b.seen(bob, 1)
	run := func(n int) {
		for range n {
			b.advance(50 * time.Minute)
			b.core.Stop(b.now)
			b.settle()
			b.restart()
		}
	}
	run(18)
	b.goes("it is 15 hours old", 0)
	run(3)
	b.goes("it is more than 16 hours old", 1)
}

// gone takes what was said to a member of posts that went.
func (b *bench) gone(to *member) string {
	list := ""
	for _, s := range b.sentTo(to) {
		switch m := s.msg.(type) {
		case *wire.Gone:
			list += fmt.Sprintf(" gone:%d/%d", m.Store, m.Order)
		case *wire.Registered, *wire.Pong:
			list += " " + s.msg.Kind().String()
		case *wire.PushPost:
			list += fmt.Sprintf(" %d<%d", m.Prev, m.Order)
		}
	}
	return list
}

// protocol.md §11.4: who lacks posts that went is told so behind Registered, and beside each Pong until it answers, and then never
// again. The others reach it all the while.
func TestGoneIsTold(t *testing.T) {
	for _, mode := range []wire.Mode{wire.Present, wire.Hidden} {
		b := newBench(t, Config{ChannelBytes: 3 * store.Text{Body: []byte("x")}.Room()})
		ann, bob := b.join("ann"), b.join("bob")
		b.leave(bob)
		for seq := range uint64(5) {
			b.post(ann, seq+1, "x")
		}
		b.goes("there is room for three", 2)
		again := ask(bob, 501)
		again.Mode = mode
		want := func(why, want string) {
			t.Helper()
			if got := b.gone(bob); got != want {
				t.Errorf("mode %d: %s: heard%q, wanted%q", mode, why, got, want)
			}
		}
		b.recv(bob, again)
		want("registered", " registered gone:77/2 0<3 3<4 4<5")
		b.recv(bob, again)
		want("registered again", " registered gone:77/2")
		ping := &wire.Ping{Store: storeID, Revision: b.head().Revision, Order: 5}
		b.recv(bob, ping)
		want("not answered", " pong gone:77/2")
		b.recv(bob, &wire.Seen{Store: storeID, Order: 2, Try: 1})
		b.recv(bob, ping)
		want("answered", " pong")
		b.advance(2 * cursorPause)
		b.sentTo(bob)
		b.leave(bob)
		again.Request += 2
		b.recv(bob, again)
		want("told already", " registered 0<3 3<4 4<5")
	}
}

// A member that knows nothing of it goes on as ever: what it has moves its cursor past what is gone, at its next registration. A sender is told
// nothing.
func TestGoneIsSkipped(t *testing.T) {
	b := newBench(t, Config{ChannelBytes: 1})
	ann, bob := b.join("ann"), b.join("bob")
	b.leave(bob)
	for seq := range uint64(5) {
		b.post(ann, seq+1, "x")
	}
	sender := ask(bob, 501)
	sender.Mode = wire.Sender
	b.recv(bob, sender)
	if got, want := b.gone(bob), " registered"; got != want {
		t.Errorf("a sender heard%q, wanted%q", got, want)
	}
	b.recv(bob, ask(bob, 503))
	if got, want := b.gone(bob), " registered gone:77/4 0<5"; got != want {
		t.Errorf("heard%q, wanted%q", got, want)
	}
	b.seen(bob, 5)
	b.advance(2 * cursorPause)
	b.restart()
	h := b.head()
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Revision: h.Revision, Order: h.Order})
	if got, want := b.gone(bob), " gone:77/4 0<5"; got != want {
		t.Errorf("not answered, and a restart: heard%q, wanted%q", got, want)
	}
	for _, want := range []string{" registered gone:77/4", " registered"} {
		b.leave(bob)
		again := ask(bob, uint32(b.now.Sub(b.start)/time.Millisecond)|1)
		again.Store, again.Seen, again.Order = storeID, 5, 5
		b.advance(time.Second)
		b.recv(bob, again)
		if got := b.gone(bob); got != want {
			t.Errorf("it has what there is: heard%q, wanted%q", got, want)
		}
	}
}

// protocol.md §11.4: what an author posts in a day is bounded: what was taken keeps its answer, and the next day there is room. Nobody else's
// share is used.
func TestAnAuthorsDay(t *testing.T) {
	b := newBench(t, Config{AuthorBytes: 2 * store.Text{Body: []byte("x")}.Room()})
	ann, bob := b.join("ann"), b.join("bob")
	verdict := func(from *member, seq uint64, want wire.Verdict) {
		t.Helper()
		b.recv(from, &wire.Deposit{To: wire.Channel, Try: 1, Text: post(from, seq, "x")})
		heard := b.sentTo(from)
		m, ok := heard[len(heard)-1].msg.(*wire.Stored)
		if !ok || m.Seq != seq || m.Verdict != want {
			t.Errorf("post %d of %s: %+v, want %v", seq, from.name, m, want)
		}
	}
	verdict(ann, 1, wire.Accepted)
	verdict(ann, 2, wire.Accepted)
	verdict(ann, 3, wire.FullPair)
	verdict(ann, 4, wire.FullPair)
	verdict(ann, 2, wire.Accepted)
	verdict(bob, 1, wire.Accepted)
	b.seen(ann, 3)
	b.seen(bob, 3)
	b.stay(spentTime/2, ann, bob)
	verdict(ann, 3, wire.FullPair)
	b.stay(spentTime/2, ann, bob)
	verdict(ann, 3, wire.Accepted)
}

// A thousand members are looked through in steps, and a thousand posts go in steps: no turn has much to do.
func TestTrimmingGoesInSteps(t *testing.T) {
	b := newBench(t, Config{ChannelSpare: time.Minute})
	ann := b.join("ann")
	for i := range 3 * cursorsAtOnce {
		k := store.Key{0: 9, 1: byte(i), 2: byte(i >> 8)}
		b.store.Apply(store.PutClient{Client: store.Client{Key: k, Name: fmt.Sprint("n", i)}})
		b.store.Apply(store.Advance{Member: k, Order: 1 << 60})
	}
	for seq := range uint64(1000) {
		b.post(ann, seq+1, "x")
	}
	for i := range 3 * cursorsAtOnce {
		b.store.Apply(store.Advance{Member: store.Key{0: 9, 1: byte(i), 2: byte(i >> 8)}, Order: 990})
	}
	last, steps := uint64(0), 0
	for range 40_000 {
		b.advance(10 * time.Millisecond)
		if gone := b.store.Gone(); gone > last {
			if gone > last+trimAtOnce {
				t.Fatalf("from %d to %d in one step", last, gone)
			}
			last, steps = gone, steps+1
		}
	}
	if last != 990 || steps < 990/trimAtOnce {
		t.Errorf("through %d in %d steps", last, steps)
	}
}
