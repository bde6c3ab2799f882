package peer

import (
	"testing"

	"udpchat/wire"
	"udpchat/wire/seal"
)

// batch is posts of someone's that were signed together, under the orders from one on: each as it goes by itself.
func (f *friend) batch(order, seq uint64, bodies ...string) (alone []*wire.PushPost) {
	f.bench.t.Helper()
	posts := make([]*seal.Post, len(bodies))
	for i, body := range bodies {
		p := postOf(f.key, postText(f, seq+uint64(i), body))
		if p.Seq > 1 {
			p.After = seal.Place{Epoch: p.Epoch, Seq: p.Seq - 1}
			p.Prev = f.posts[p.After]
		}
		posts[i], f.posts[seal.Place{Epoch: p.Epoch, Seq: p.Seq}] = p, seal.HashPost(p)
	}
	if err := f.keys.Sign(posts); err != nil {
		f.bench.t.Fatal(err)
	}
	for i, p := range posts {
		x := postText(f, p.Seq, bodies[i])
		x.Body, x.Flags = seal.AppendPost(nil, p), covered
		alone = append(alone, &wire.PushPost{Prev: order + uint64(i) - 1, Order: order + uint64(i), Try: 1, Live: true, Author: f.key, Text: x})
	}
	return alone
}

// inRow is posts as they go in a row.
func inRow(t testing.TB, alone []*wire.PushPost) *wire.PushRow {
	t.Helper()
	m := &wire.PushRow{Prev: alone[0].Prev, Live: alone[0].Live, Author: alone[0].Author}
	posts := make([]seal.Post, len(alone))
	for i, p := range alone {
		posts[i] = seal.Post{Epoch: p.Text.Epoch, Seq: p.Text.Seq}
		if err := seal.ParsePost(p.Text.Body, &posts[i]); err != nil {
			t.Fatal(err)
		}
		m.Posts = append(m.Posts, wire.RowPost{Order: p.Order, Position: posts[i].Position, Text: p.Text})
		m.Posts[i].Text.Body = posts[i].Body
	}
	m.Head, m.Path, _ = seal.PackRow(posts)
	return m
}

// protocol.md §11.3: what came in a row is taken, acknowledged and shown as if each had come alone.
func TestRowIsTaken(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	posts := bob.batch(1, 1, "one", "two", "three", "four", "five")
	b.hold()
	b.recv(server, inRow(t, posts[:3]))
	b.wantIdle("not on disk")
	b.release()
	b.want("on disk", server, &wire.Seen{Store: storeID, Through: 3, Order: 3, Try: 1})
	if got := b.events(); got != "one two three" {
		t.Errorf("told %q", got)
	}
	b.recv(server, inRow(t, posts[:3]))
	b.drop()
	b.wantTold("a copy is not shown")
	b.recv(server, posts[1])
	b.drop()
	b.wantTold("nor what is in one and comes alone")
	b.recv(server, inRow(t, posts[2:]))
	b.advance(seenDelay)
	if n := b.seen(); n != 5 {
		t.Errorf("through %d are had", n)
	}
	if got := b.events(); got != "four five" {
		t.Errorf("of a row of which one was had: told %q", got)
	}
	if got := b.chainOf(bob); got.Seq != 5 || got.Hash != bob.posts[seal.Place{Epoch: bob.epoch, Seq: 5}] {
		t.Errorf("the chain on disk ends at %+v", got)
	}
	b.recv(server, pushPost(bob, 5, 6, 6, "six"))
	if got := b.events(); got != "six" {
		t.Errorf("the next one alone: told %q", got)
	}
}

// chainOf is how far someone's posts are on disk.
func (b *bench) chainOf(f *friend) seal.Chain {
	b.t.Helper()
	loaded, err := b.profile.Load()
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range loaded.Chains {
		if wire.Key(c.Author) == f.key && c.Epoch == f.epoch {
			return seal.Chain{Seq: c.Seq, Hash: c.Hash}
		}
	}
	return seal.Chain{}
}

// protocol.md §11.1, §11.3: a row that comes before what stands before it waits, and is the datagram's no more.
func TestEarlyRow(t *testing.T) {
	b, f := readyBench(t, "bob")
	posts := f[0].batch(1, 1, "one", "two", "three", "four")
	b.recv(server, inRow(t, posts[2:]))
	b.wantIdle("it waits")
	b.recv(server, inRow(t, posts[:2]))
	b.advance(seenDelay)
	if n := b.seen(); n != 4 {
		t.Errorf("through %d are had", n)
	}
	if got := b.events(); got != "one two three four" {
		t.Errorf("told %q", got)
	}
}

// protocol.md §11.3: of a row that is not signed as it is nothing is taken, nothing is told, and the answer says so. Post by post, what is its
// author's is taken, and what is not is told.
func TestRowThatIsNotItsAuthors(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	for what, forge := range map[string]func(m *wire.PushRow){
		"another text":       func(m *wire.PushRow) { m.Posts[1].Text.Body = []byte("twa") },
		"another time":       func(m *wire.PushRow) { m.Posts[1].Text.Time++ },
		"made a void":        func(m *wire.PushRow) { x := &m.Posts[1].Text; x.Flags, x.Size, x.Body = x.Flags|wire.FlagVoid, 0, nil },
		"another author":     func(m *wire.PushRow) { m.Author = cid.key },
		"another's":          func(m *wire.PushRow) { m.Author = b.core.me },
		"another signature":  func(m *wire.PushRow) { m.Head[60] ^= 1 },
		"other seqs":         func(m *wire.PushRow) { m.Posts[0].Text.Seq++; m.Posts[1].Text.Seq++; m.Posts[2].Text.Seq++ },
		"exchanged":          func(m *wire.PushRow) { a, b := &m.Posts[0].Text.Body, &m.Posts[1].Text.Body; *a, *b = *b, *a },
		"a path that is not": func(m *wire.PushRow) { m.Path = make([]byte, seal.HashSize) },
	} {
		posts := bob.batch(1, 1, "one", "two", "tre")
		m := inRow(t, posts)
		forge(m)
		b.recv(server, m)
		b.want(what, server, &wire.Seen{Store: storeID, Order: 1, Try: 1})
		b.wantIdle(what)
		b.wantTold(what)
	}
	posts := bob.batch(1, 1, "one", "two", "tre")
	posts[1].Text.Body[len(posts[1].Text.Body)-1] ^= 1
	for _, p := range posts {
		b.recv(server, p)
	}
	if got := b.events(); got != "one !forged !missing tre" {
		t.Errorf("told %q", got)
	}
}

// protocol.md §14.4: what a row says of the posts before it is looked at as ever.
func TestRowWithAnotherPast(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(server, pushPost(bob, 0, 1, 1, "one"))
	bob.batch(2, 2, "two")
	b.recv(server, inRow(t, bob.batch(2, 3, "three", "four")))
	if got := b.events(); got != "one !missing three four" {
		t.Errorf("one left out before it: told %q", got)
	}
	bob.posts[seal.Place{Epoch: bob.epoch, Seq: 4}] = [32]byte{1}
	b.recv(server, inRow(t, bob.batch(4, 5, "five", "six")))
	if got := b.events(); got != "!forked five six" {
		t.Errorf("behind another past: told %q", got)
	}
}

// protocol.md §8.5, §8.10: who does not listen takes no row.
func TestRowForOneWhoLeft(t *testing.T) {
	b, f := readyBench(t, "bob")
	row := inRow(t, f[0].batch(1, 1, "one", "two"))
	b.recv(server, &wire.Pong{Store: storeID})
	b.drop()
	b.recv(server, row)
	b.wantTold("not registered")
	b.answerRegister(storeID)
	b.page()
	b.drop()
	b.recv(server, row)
	if got := b.events(); got != "one two" {
		t.Errorf("told %q", got)
	}
}
