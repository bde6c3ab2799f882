package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/seal"
)

// batch is posts of someone's from a seq on, signed together: as far as a server looks.
func batch(from *member, seq uint64, bodies ...string) (texts []wire.Text) {
	posts := make([]*seal.Post, len(bodies))
	for i, body := range bodies {
		posts[i] = &seal.Post{Author: from.key, Epoch: from.epoch, Seq: seq + uint64(i), Parts: 1, Size: uint32(len(body)), Time: 5, Body: []byte(body)}
		if posts[i].Seq > 1 {
			posts[i].After = seal.Place{Epoch: from.epoch, Seq: posts[i].Seq - 1}
		}
		if i > 0 {
			posts[i].Prev = seal.HashPost(posts[i-1])
		}
	}
	root := seal.PlacePosts(posts...)
	for _, p := range posts {
		copy(p.Sig[:], root[:])
		texts = append(texts, wire.Text{Epoch: p.Epoch, Seq: p.Seq, Parts: 1, Size: p.Size, Time: p.Time,
			Flags: wire.FlagCovered | wire.FlagBatch, Body: seal.AppendPost(nil, p)})
	}
	return texts
}

// lay deposits posts, and leaves their commits to be done.
func (b *bench) lay(from *member, texts ...wire.Text) {
	b.t.Helper()
	b.hold()
	for _, x := range texts {
		b.recv(from, &wire.Deposit{To: wire.Channel, Try: 1, Base: 1, Text: x})
	}
}

// durable does all commits that wait in one moment.
func (b *bench) durable() {
	commits := b.commits
	b.commits, b.holding = nil, false
	for _, c := range commits {
		c.Done(b.now, b.store.Apply(c.Change))
	}
}

// posted deposits posts that become durable in one moment.
func (b *bench) posted(from *member, texts ...wire.Text) {
	b.t.Helper()
	b.lay(from, texts...)
	b.durable()
	b.settle()
	b.sentTo(from)
}

// channel takes what was pushed of the channel: posts by their orders, in brackets those that came in one row, with + what is live.
func (b *bench) channel(to *member) string {
	b.t.Helper()
	var list []string
	for _, s := range b.sentTo(to) {
		switch m := s.msg.(type) {
		case *wire.PushPost:
			list = append(list, fmt.Sprintf("%d<%d", m.Prev, m.Order)+map[bool]string{true: "+"}[m.Live])
		case *wire.PushRow:
			row := fmt.Sprintf("[%d", m.Prev)
			for i := range m.Posts {
				row += fmt.Sprintf("<%d", m.Posts[i].Order)
			}
			list = append(list, row+"]"+map[bool]string{true: "+"}[m.Live])
			b.rowIsWhole(m)
		case *wire.Push:
			list = append(list, fmt.Sprintf("mail %d<%d", m.Prev, m.Order))
		}
	}
	return strings.Join(list, " ")
}

// rowIsWhole: a member has of a row all that it needs to verify it.
func (b *bench) rowIsWhole(m *wire.PushRow) {
	b.t.Helper()
	posts := make([]seal.Post, len(m.Posts))
	for i, p := range m.Posts {
		posts[i] = seal.Post{Author: m.Author, Epoch: p.Text.Epoch, Seq: p.Text.Seq, Parts: p.Text.Parts, Size: p.Text.Size, Time: p.Text.Time,
			Body: p.Text.Body, Proof: seal.Proof{Position: p.Position}}
	}
	root, ok := seal.RowRoot(posts, m.Head, m.Path)
	if !ok || [32]byte(posts[0].Sig[:32]) != root {
		b.t.Errorf("a row from %d on does not lead to what was signed", m.Posts[0].Order)
	}
}

func (b *bench) wantChannel(why string, to *member, want string) {
	b.t.Helper()
	if got := b.channel(to); got != want {
		b.t.Errorf("%s: %s was pushed %q, wanted %q", why, to.name, got, want)
	}
}

// protocol.md §11.3: what was signed together and leaves together goes in a row, the same to every member; what is not answered comes again
// post by post.
func TestRow(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, cid := b.join("ann"), b.join("bob"), b.join("cid")
	b.posted(ann, batch(ann, 1, "one", "two", "three")...)
	b.wantChannel("a batch", bob, "[0<1<2<3]+")
	b.wantChannel("a batch", cid, "[0<1<2<3]+")
	b.seen(bob, 3)
	b.recv(cid, &wire.Seen{Store: storeID, Ranges: []wire.Range{{Lo: 2, Hi: 2}}, Order: 2, Try: 1})
	b.advance(400 * time.Millisecond)
	b.wantChannel("answered", bob, "")
	b.wantChannel("two are not", cid, "0<1+ 2<3+")
	b.seen(cid, 3)
	b.post(ann, 4, "four")
	b.wantChannel("one by itself", bob, "3<4+")
	b.posted(ann, append(batch(ann, 5, "five"), batch(ann, 6, "six", "seven")...)...)
	b.wantChannel("two batches", bob, "4<5+ [5<6<7]+")
	b.wantChannel("and for who has one before them unanswered", cid, "3<4+ 4<5+ [5<6<7]+")
}

// protocol.md §11.3: only what stands one behind the other for a member goes in a row.
func TestNoRowAcrossMail(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, cid := b.join("ann"), b.join("bob"), b.join("cid")
	all := batch(ann, 1, "one", "two", "three")
	b.lay(ann, all[0])
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: wire.Text{Epoch: ann.epoch, ToEpoch: bob.epoch, Seq: 1, Parts: 1, Size: 1, Flags: wire.FlagCovered, Body: []byte("m")}})
	b.posted(ann, all[1:]...)
	b.wantChannel("mail between them", bob, "0<1+ mail 1<2 [2<3<4]+")
	b.wantChannel("none for cid: what is an order higher is the next all the same", cid, "[0<1<3<4]+")
}

// protocol.md §11.3: as many as fit, and parts of which no two fit one by one.
func TestRowsOfLongPosts(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	long := strings.Repeat("x", 400)
	b.posted(ann, batch(ann, 1, long, long, long, long, long)...)
	b.wantChannel("two in each", bob, "[0<1<2]+ [2<3<4]+ 4<5+")
	full := strings.Repeat("x", wire.PartSize)
	b.posted(ann, batch(ann, 6, full, full)...)
	b.wantChannel("one in each", bob, "5<6+ 6<7+")
	var many []string
	for range seal.MaxBatch {
		many = append(many, "x")
	}
	b.seen(bob, 7)
	b.posted(ann, batch(ann, 8, many...)...)
	if got := b.channel(bob); strings.Count(got, "<") != seal.MaxBatch || strings.Count(got, "[") != 1 {
		t.Errorf("a full batch of short ones: %q", got)
	}
}

// What waited is not live, and goes in a row by itself; posts that say of themselves what is not so go one by one.
func TestRowsOfWhatWaited(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.leave(bob)
	odd := batch(ann, 4, "four", "five")
	odd[1].Size++ // an author may say so: it is a member's to judge
	odd[1].Body = append(slices.Clip(odd[1].Body), '!')
	odd[1].Size++
	b.posted(ann, append(batch(ann, 1, "one", "two", "three"), odd...)...)
	b.recv(bob, ask(bob, 50))
	b.wantChannel("after his return", bob, "[0<1<2<3] 3<4 4<5")
}

// protocol.md §11.3: a member that can't take a row says so by an answer that names its first post and does not have it. It gets it post by
// post, once, and is not sent less for it.
func TestRefusedRow(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.posted(ann, append(batch(ann, 1, "one", "two", "three"), batch(ann, 4, "four", "five")...)...)
	b.wantChannel("two batches", bob, "[0<1<2<3]+ [3<4<5]+")
	window := b.core.clients.Get(bob.key).session.stream.congestion.Window()
	refusal := &wire.Seen{Store: storeID, Order: 1, Try: 1}
	b.recv(bob, refusal)
	b.wantChannel("refused", bob, "0<1+ 1<2+ 2<3+")
	b.recv(bob, refusal)
	b.recv(bob, &wire.Seen{Store: storeID, Order: 5, Try: 1})
	b.wantChannel("once, and by its first post", bob, "")
	if now := b.core.clients.Get(bob.key).session.stream.congestion.Window(); now < window {
		t.Errorf("a window of %d became one of %d", window, now)
	}
	b.seen(bob, 3)
	b.recv(bob, &wire.Seen{Store: storeID, Through: 3, Order: 4, Try: 1})
	b.wantChannel("the other one", bob, "3<4+ 4<5+")
}

// protocol.md §11.3: who does not know rows gets all post by post, and no rows after the third; who knows them may miss any number.
func TestRowsForOneWhoDoesNotKnowThem(t *testing.T) {
	for _, knows := range []bool{false, true} {
		b := newBench(t, Config{})
		ann, bob := b.join("ann"), b.join("bob")
		seq, last := uint64(1), uint64(0)
		two := func() string {
			last = seq + 1
			b.posted(ann, batch(ann, seq, "a", "b")...)
			seq += 2
			return b.channel(bob)
		}
		if knows {
			two()
			b.seen(bob, last)
		}
		for range 5 {
			two()
			b.advance(400 * time.Millisecond)
			if got := b.channel(bob); !knows && strings.Contains(got, "[") {
				t.Errorf("a row again: %q", got)
			}
			b.recv(bob, &wire.Seen{Store: storeID, Through: last, Order: last, Try: 2})
		}
		if got := two(); strings.Contains(got, "[") != knows {
			t.Errorf("knows rows: %v, and was pushed %q", knows, got)
		}
		b.leave(bob)
		two()
		b.recv(bob, ask(bob, 51))
		if got := b.channel(bob); !strings.Contains(got, "[") {
			t.Errorf("in a new session: %q", got)
		}
	}
}

// A client answers for what is not its to answer for: nothing is sent that is not there any more.
func TestAnswerBeforeTheRow(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	answered := func(through uint64, ranges ...wire.Range) {
		b.durable()
		b.core.Handle(b.now, bob.path, bob.key, &wire.Seen{Store: storeID, Through: through, Ranges: ranges, Order: through, Try: 1})
		b.settle()
	}
	b.lay(ann, batch(ann, 1, "one", "two", "three")...)
	answered(2)
	b.wantChannel("the last is left", bob, "2<3+")
	b.lay(ann, batch(ann, 4, "four", "five")...)
	answered(5)
	b.wantChannel("nothing is left", bob, "")
	b.lay(ann, batch(ann, 6, "six", "seven", "eight")...)
	answered(0, wire.Range{Lo: 8, Hi: 8})
	b.wantChannel("the last is not left", bob, "[5<6<7]+")
	b.posted(ann, batch(ann, 9, "nine", "ten")...)
	b.wantChannel("and then", bob, "[8<9<10]+")
}
