package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

func push(from *friend, prev, order, seq uint64, body string) *wire.Push {
	return &wire.Push{Prev: prev, Order: order, Try: 1, From: from.key, Text: from.sealed(in(from, seq, body))}
}

func pushPost(from *friend, prev, order, seq uint64, body string) *wire.PushPost {
	x := in(from, seq, body)
	x.ToEpoch = 0
	return &wire.PushPost{Prev: prev, Order: order, Try: 1, Live: true, Author: from.key, Text: from.signed(x)}
}

// protocol.md §10.3: the recipient answers with Taken, after its commit.
func TestTakenFollowsTheCommit(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.recv(server, push(bob, 0, 5, 1, "hi"))
	b.wantIdle("not on disk")
	b.release()
	b.want("on disk", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1), Order: 5, Try: 1})
	b.wantTold("§10.6: with its time of sending", Arrived{Line: 1, From: "bob", Text: "hi", Time: 1001, Mail: true})
	b.recv(server, push(bob, 0, 5, 1, "hi"))
	b.want("again", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1), Order: 5, Try: 1})
	b.wantTold("not shown again")
}

// protocol.md §11.2: Seen says through which order a member has the posts, after its commit.
func TestSeenFollowsTheCommit(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.recv(server, pushPost(bob, 0, 5, 1, "hi"))
	b.wantIdle("not on disk")
	b.release()
	b.want("on disk", server, &wire.Seen{Store: storeID, Through: 5, Order: 5, Try: 1})
	b.wantTold("live", Arrived{Line: 1, From: "bob", Text: "hi", Time: 1001, Post: true})
	b.recv(server, pushPost(bob, 0, 5, 1, "hi"))
	b.want("again", server, &wire.Seen{Store: storeID, Through: 5, Order: 5, Try: 1})
	m := pushPost(bob, 7, 9, 2, "ho")
	m.Live = false
	b.recv(server, m)
	b.wantIdle("posts are taken in the order of receipt, and one is missing")
	b.recv(server, push(bob, 5, 7, 1, "mail"))
	b.want("which comes", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1), Order: 7, Try: 1})
	b.want("and then the other", server, &wire.Seen{Store: storeID, Through: 9, Order: 9, Try: 1})
	b.wantTold("in order of receipt", Arrived{Line: 2, From: "bob", Text: "mail", Time: 1001, Mail: true},
		Arrived{Line: 3, From: "bob", Text: "ho", Time: 1002, Post: true, Mail: true})
}

// protocol.md §10.2: what waited is shown in the order of receipt: mail and posts are one sequence.
func TestMailAndPostsAreShownInOrderOfReceipt(t *testing.T) {
	for _, c := range []struct {
		name  string
		comes []int
		shown string
	}{
		{"in order", []int{0, 1, 2, 3}, "b1 p1 c1 b2"},
		{"backwards", []int{3, 2, 1, 0}, "b1 p1 c1 b2"},
		{"a duplicate between", []int{1, 3, 1, 0, 0, 2}, "b1 p1 c1 b2"},
		{"one is lost: mail waits for 10 s, posts for what is before them", []int{1, 2, 3}, "c1 b2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob", "cid")
			bob, cid := f[0], f[1]
			all := []wire.Message{push(bob, 0, 2, 1, "b1"), pushPost(cid, 2, 4, 1, "p1"), push(cid, 4, 5, 1, "c1"), push(bob, 5, 9, 2, "b2")}
			for i, n := range c.comes {
				b.recv(server, all[n])
				if i == 0 && n > 0 {
					b.wantTold("something waited before it")
				}
			}
			if len(c.comes) < len(all) {
				b.wantTold("the first is missing")
				b.advance(10 * time.Second)
			}
			if got := b.arrived(); got != c.shown {
				t.Errorf("shown %q, wanted %q", got, c.shown)
			}
			b.advance(time.Minute)
			if got := b.arrived(); got != "" {
				t.Errorf("and then %q", got)
			}
			b.recv(server, all[0])
			if got := b.arrived(); len(c.comes) < len(all) && got != "~b1 ~p1" || len(c.comes) >= len(all) && got != "" {
				t.Errorf("the first comes again: %q", got)
			}
		})
	}
}

// protocol.md §8.2: a client says through which receipt order it has everything; that outlives the program.
func TestSeenIsSaidAtTheRegistration(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(server, push(bob, 0, 3, 1, "mail"))
	b.recv(server, pushPost(bob, 3, 4, 1, "post"))
	b.recv(server, push(bob, 6, 8, 3, "later"))
	b.restart()
	b.do(b.core.Register)
	b.want("the store is remembered, the table is not", server, &wire.Register{Request: b.core.request, Name: "ann", Epoch: myEpoch, Store: storeID, Seen: 4, Order: 8, Card: b.core.prekeys.card})
}

// protocol.md §5.3, §11: a post of several parts is shown when it is whole, also when the program ended between two.
func TestPostOfSeveralParts(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for i := range uint16(3) {
		x := piece(bob, 4, i)
		x.ToEpoch = 0
		b.recv(server, &wire.PushPost{Prev: uint64(i), Order: uint64(i + 1), Try: 1, Live: true, Author: bob.key, Text: bob.signed(x)})
		if i == 1 {
			b.wantTold("not whole")
			b.restart()
			b.register()
		}
	}
	b.wantTold("whole", Arrived{Line: 1, From: "bob", Text: "aabbc", Time: 7, Post: true})
}

// protocol.md §5.6, §11: a void in the channel is marked and not shown.
func TestVoidPost(t *testing.T) {
	b, f := readyBench(t, "bob")
	void := &wire.PushPost{Order: 1, Try: 1, Live: true, Author: f[0].key, Text: f[0].signed(voidOf(f[0], 1))}
	b.recv(server, pushPost(f[0], 1, 2, 2, "hi"))
	b.recv(server, void)
	b.drop()
	b.wantTold("the other one", Arrived{Line: 1, From: "bob", Text: "hi", Time: 1002, Post: true})
}

// protocol.md §10.2: a duplicate by the mailbox while the first is on its way to the disk is answered, and closes its place.
func TestMailOfWhatCameDirectly(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "one")})
	b.recv(server, push(bob, 0, 3, 1, "one"))
	b.recv(server, pushPost(bob, 3, 4, 1, "post"))
	b.wantIdle("not on disk")
	b.release()
	b.want("directly", bob, &wire.Ack{Marks: mine(bob, 1), Seq: 1, Try: 1})
	b.want("by the mailbox", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1), Order: 3, Try: 1})
	b.want("what comes behind it", server, &wire.Seen{Store: storeID, Through: 4, Order: 4, Try: 1})
	b.wantTold("each once, and nothing waits", Arrived{Line: 1, From: "bob", Text: "one", Time: 1001},
		Arrived{Line: 2, From: "bob", Text: "post", Time: 1001, Post: true})
}

// protocol.md §12: a stream with too many holes takes nothing more; what was not taken comes again.
func TestHolesInAStreamAreBounded(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for i := range uint64(wire.MaxSpans) {
		b.recv(server, push(bob, 2*i+2, 2*i+3, i+1, "x"))
	}
	if n := len(b.drop()); n != wire.MaxSpans {
		t.Fatalf("%d answers", n)
	}
	b.recv(server, pushPost(bob, 9000, 9001, 300, "x"))
	b.recv(server, push(bob, 9001, 9003, 301, "x"))
	b.wantIdle("no room")
	b.recv(server, pushPost(bob, 0, 1, 301, "x"))
	b.want("a hole less", server, &wire.Seen{Store: storeID, Through: 1, Ranges: b.ranges(), Order: 1, Try: 1})
}

// ranges are the first ones of what ann has above the watermark of the server's stream.
func (b *bench) ranges() []wire.Range {
	return b.core.inbox.stream(storeID).had.Marks(wire.MaxRanges, 0)
}
