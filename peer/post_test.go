package peer

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/seal"
)

var theChannel = &friend{key: wire.Channel}

// post types a post, and waits until it has left.
func (b *bench) post(typed string) {
	b.t.Helper()
	b.do(func(now time.Time) { b.core.SendAll(now, typed) })
	b.advance(gatherFor)
}

// stores says that the server has one's own post.
func (b *bench) stores(seqs ...uint64) {
	b.t.Helper()
	for _, seq := range seqs {
		b.recv(server, storedFor(theChannel, seq, 1, wire.Accepted))
	}
}

// chained takes what was posted, and checks that each post follows the one before it: of several with one name the last one counts.
// from is the first seq, and of the first run whose posts are here.
func (b *bench) chained(from uint64) []*seal.Post {
	b.t.Helper()
	of := map[seal.Place]*seal.Post{}
	for _, s := range b.drop() {
		if s.post != nil {
			of[seal.Place{Epoch: s.post.Epoch, Seq: s.post.Seq}] = s.post
		}
	}
	list := slices.SortedFunc(maps.Values(of), func(a, b *seal.Post) int {
		return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Seq, b.Seq))
	})
	seen := seal.History{}
	for i, p := range list {
		if v := seen.Check(p); v != seal.OK && (v != seal.Start || i > 0) || i == 0 && p.Seq != from {
			b.t.Errorf("post %d of %d: %v", p.Seq, p.Epoch, v)
		}
		seen[p.Epoch] = seen[p.Epoch].Take(p)
	}
	return list
}

// protocol.md §14.4: each post names the one before it, however the program ended in between. What an earlier run left is stored before
// what is typed then goes.
func TestOwnChain(t *testing.T) {
	for _, c := range []struct {
		name  string
		three string // the third post
		mid   func(b *bench)
		seq   uint64 // above all of them
		last  seal.Place
	}{
		{"at once", "3", func(*bench) {}, 4, seal.Place{Epoch: 500, Seq: 4}},
		{"all are stored", "3", func(b *bench) { b.stores(1, 2, 3) }, 4, seal.Place{Epoch: 500, Seq: 4}},
		{"stored, and a restart", "3", func(b *bench) { b.stores(1, 2, 3); b.again() }, 4, seal.Place{Epoch: 600, Seq: 1}},
		{"some are stored, and a restart", "3", func(b *bench) { b.stores(1); b.again() }, 4, seal.Place{Epoch: 600, Seq: 1}},
		{"none is stored, and a restart", "3", (*bench).again, 4, seal.Place{Epoch: 600, Seq: 1}},
		{"the answers are reordered, and a restart", "3", func(b *bench) { b.stores(3, 2, 1); b.again() }, 4, seal.Place{Epoch: 600, Seq: 1}},
		{"the last is answered first, and a restart", "3", func(b *bench) { b.stores(3); b.again() }, 4, seal.Place{Epoch: 600, Seq: 1}},
		{"of several parts", strings.Repeat("3", 2*wire.PartSize+1), func(b *bench) { b.stores(1, 2, 3, 4, 5) }, 6, seal.Place{Epoch: 500, Seq: 6}},
		{"of several parts, and a restart", strings.Repeat("3", 2*wire.PartSize+1), func(b *bench) { b.stores(1, 2, 3, 4, 5); b.again() }, 6, seal.Place{Epoch: 600, Seq: 1}},
		{"in the middle of several parts", strings.Repeat("3", 2*wire.PartSize+1), func(b *bench) { b.stores(1, 2, 3, 4); b.again() }, 6, seal.Place{Epoch: 600, Seq: 1}},
		{"two restarts", "3", func(b *bench) { b.stores(1, 2); b.again(); b.stores(3); b.again() }, 4, seal.Place{Epoch: 700, Seq: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := readyBench(t)
			for _, typed := range []string{"1", "2", c.three} {
				b.post(typed)
			}
			before := b.chained(1)
			if len(before) != int(c.seq)-1 {
				t.Fatalf("%d posts", len(before))
			}
			c.mid(b)
			for _, s := range b.drop() { // what goes out again is the same
				if s.post != nil && s.post.Seq < c.seq && seal.HashPost(s.post) != seal.HashPost(before[s.post.Seq-1]) {
					t.Errorf("post %d is another one now", s.post.Seq)
				}
			}
			b.post("last")
			if c.last.Epoch != myRun {
				for seq := uint64(1); seq < c.seq-1; seq++ {
					b.stores(seq)
				}
				waits := b.core.outbox.lane(wire.Channel, myRun) != nil
				if n := len(b.chained(1)); waits && n > 0 || !waits && n != 1 {
					t.Errorf("%d are posted before the others are stored", n)
				}
				b.stores(c.seq - 1)
				b.again() // and once more, whether it was posted or not
				b.drop()
				b.again()
			}
			list := b.chained(c.last.Seq)
			if len(list) != 1 || list[0].Prev != seal.HashPost(before[c.seq-2]) || list[0].After != (seal.Place{Epoch: myRun, Seq: c.seq - 1}) ||
				list[0].Epoch != c.last.Epoch {
				t.Fatalf("%+v does not follow %+v", list, before[c.seq-2])
			}
		})
	}
}

// protocol.md §5.6, §14.4: a post that is given up goes on as a void, and what follows it follows the void.
func TestOwnChainOverAVoid(t *testing.T) {
	b, _ := readyBench(t)
	for _, typed := range []string{"1", "2", "3"} {
		b.post(typed)
	}
	b.stores(1)
	b.recv(server, storedFor(theChannel, 3, 1, wire.Skipped))
	b.recv(server, storedFor(theChannel, 2, 1, wire.TooLong))
	b.stores(2)
	b.advance(time.Second)
	list := b.chained(1)
	if len(list) != 3 || list[1].Flags&wire.FlagVoid == 0 || len(list[1].Body) > 0 || string(list[2].Body) != "3" {
		t.Fatalf("posted %+v", list)
	}
	b.stores(3)
	b.again()
	b.post("4")
	if next := b.chained(1); len(next) != 1 || next[0].Prev != seal.HashPost(list[2]) {
		t.Errorf("then %+v", next)
	}
}

// protocol.md §9.1, §11.1: what another store gets is what was posted before, under the same names and with the same past.
func TestOwnChainGoesOnInAnotherStore(t *testing.T) {
	for _, c := range []struct {
		name  string
		other func(b *bench)
	}{
		{"another store", func(b *bench) {
			b.recv(server, &wire.Pong{Known: true, Store: 88})
			b.head = 0
			b.answerRegister(88)
			b.page()
		}},
		{"and another start", func(b *bench) {
			b.restart()
			b.do(b.core.Register)
			b.head = 0
			b.answerRegister(88)
			b.page()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := readyBench(t)
			for _, typed := range []string{"1", "2", "3"} {
				b.post(typed)
			}
			before := b.chained(1)
			b.stores(1, 3) // the second is not
			c.other(b)
			b.advance(time.Second)
			for _, s := range b.sent {
				if m, ok := s.msg.(*wire.Deposit); ok && m.Base != 2 {
					t.Errorf("base %d, and the first is over", m.Base)
				}
			}
			list := b.chained(2)
			if len(list) != 2 {
				t.Fatalf("posted %+v", list)
			}
			for i, p := range list {
				if seal.HashPost(p) != seal.HashPost(before[i+1]) || p.ToEpoch != 0 {
					t.Errorf("%+v was %+v", p, before[i+1])
				}
			}
		})
	}
}

// protocol.md §14.4: a post bears the channel that it is for, so that no server can show it in another's.
func TestPostNamesItsChannel(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.post("hi")
	p := b.drop()[0].post
	if p.Channel = f[0].key; (*seal.Roots)(nil).VerifyPost(p) == nil {
		t.Error("it is good in another channel")
	}
	p = postOf(f[0].key, postText(f[0], 1, "hi"))
	p.Channel = f[0].key
	if err := f[0].keys.Sign([]*seal.Post{p}); err != nil {
		t.Fatal(err)
	}
	x := postText(f[0], 1, "hi")
	x.Body, x.Flags = seal.AppendPost(nil, p), covered
	b.recv(server, &wire.PushPost{Order: 1, Try: 1, Author: f[0].key, Text: x})
	b.wantTold("of another channel", Distrust{From: "bob", Post: true, Why: Forged})
}

// protocol.md §14.4: one's own posts come from one's own outbox: what a server pushes of them is not shown, and says nothing of where
// one's own chain is.
func TestOwnPostThatComesBack(t *testing.T) {
	b, _ := readyBench(t)
	b.changed(wire.Row{Key: me, Name: "ann", Epoch: myEpoch, Addr: server.addr, State: wire.Online})
	b.post("1")
	b.stores(1)
	b.post("2") // the server does not say that it has it
	before := b.chained(1)
	b.told = nil
	x := b.out(theChannel, 2, "2")
	x.Body, x.Flags = seal.AppendPost(nil, before[1]), covered
	b.recv(server, &wire.PushPost{Order: 3, Try: 1, Live: true, Author: me, Text: x})
	b.wantTold("it is one's own")
	b.again()
	if list := b.chained(2); len(list) != 1 || list[0].Prev != seal.HashPost(before[0]) {
		t.Errorf("then posted %+v", list)
	}
}
