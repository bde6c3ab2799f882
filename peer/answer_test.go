package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §6.1: texts that are on disk together are acknowledged together.
func TestOneAckForARow(t *testing.T) {
	b, f := readyBench(t, "bob", "carol")
	bob, carol := f[0], f[1]
	b.hold()
	for seq := range uint64(3) {
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, seq+1, "hi")})
	}
	b.recv(carol, &wire.Direct{Try: 1, Text: in(carol, 1, "hi")})
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 6, "hi")})
	b.releaseTogether()
	b.want("bob's first three", bob, &wire.Ack{Marks: mine(bob, 3), Seq: 3, Try: 1})
	b.want("carol's", carol, &wire.Ack{Marks: mine(carol, 1), Seq: 1, Try: 1})
	b.want("bob's that came alone", bob, &wire.Ack{Marks: mine(bob, 3, wire.Range{Lo: 6, Hi: 6}), Seq: 6, Try: 1})
	b.wantIdle("nothing else")
}

// protocol.md §6.1: an acknowledgement names 16 ranges. What it leaves out is said by one of its own.
func TestNoAckGoesForWhatItLeavesOut(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	var ranges []wire.Range
	for i := range uint64(wire.MaxRanges + 2) {
		seq := 2 * (i + 1)
		b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, seq, "hi")})
		ranges = append(ranges, wire.Range{Lo: seq, Hi: seq})
	}
	b.releaseTogether()
	few, most := ranges[:wire.MaxRanges-1], ranges[:wire.MaxRanges:wire.MaxRanges]
	b.want("up to what one holds", bob, &wire.Ack{Marks: mine(bob, 0, few...), Seq: few[len(few)-1].Hi, Try: 1})
	b.want("the last that it holds", bob, &wire.Ack{Marks: mine(bob, 0, most...), Seq: most[len(most)-1].Hi, Try: 1})
	for _, r := range ranges[wire.MaxRanges:] {
		most[len(most)-1] = r
		b.want("beyond", bob, &wire.Ack{Marks: mine(bob, 0, append([]wire.Range(nil), most...)...), Seq: r.Hi, Try: 1})
	}
	b.wantIdle("nothing else")
}

// releaseTogether lets what waits happen in one transaction.
func (b *bench) releaseTogether() {
	b.t.Helper()
	for _, c := range b.commits {
		b.profile.Apply(c.Change)
		c.Done(b.now)
	}
	b.commits = nil
	b.collect()
}

// protocol.md §11.2: an acknowledgement of posts waits for more of them: 10 ms, or until 16 are together. What comes again is answered at once.
func TestSeenWaitsForMore(t *testing.T) {
	b, f := readyBench(t, "bob")
	next := uint64(0)
	posts := func(n int, try uint8) {
		for range n {
			next++
			p := pushPost(f[0], next-1, next, next, "x")
			p.Try = try
			b.recv(server, p)
		}
	}
	posts(1, 1)
	b.advance(seenDelay - 1)
	b.wantIdle("more may come")
	posts(1, 1)
	b.advance(1)
	b.want("10 ms after the first", server, &wire.Seen{Store: storeID, Through: 2, Order: 2, Try: 1})
	posts(seenRow-1, 1)
	b.wantIdle("one less")
	posts(1, 1)
	b.want("a row", server, &wire.Seen{Store: storeID, Through: 18, Order: 18, Try: 1})
	posts(1, 1)
	posts(1, 2)
	b.want("the second try", server, &wire.Seen{Store: storeID, Through: 20, Order: 20, Try: 2})
	b.recv(server, pushPost(f[0], 19, 20, 20, "x"))
	b.advance(seenDelay)
	b.want("a copy", server, &wire.Seen{Store: storeID, Through: 20, Order: 20, Try: 1})
	b.advance(time.Second)
	b.wantIdle("each once")
}

// What is had when the program ends, or leaves, is acknowledged then: it may have no other memory of it.
func TestSeenGoesBeforeTheEnd(t *testing.T) {
	for name, end := range map[string]func(b *bench){
		"stopped": func(b *bench) { b.do(func(time.Time) { b.core.Stop() }) },
		"left":    func(b *bench) { b.do(b.core.Quit) },
	} {
		t.Run(name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			b.recv(server, pushPost(f[0], 0, 1, 1, "x"))
			b.wantIdle("more may come")
			end(b)
			b.want("at once", server, &wire.Seen{Store: storeID, Through: 1, Order: 1, Try: 1})
		})
	}
}
