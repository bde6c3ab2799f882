package peer

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §6.2: what reaches beyond the set is not acknowledged, and nothing is remembered of it: a peer that makes up epochs does not fill
// the memory.
func TestEpochsOfWhichNothingIsTaken(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for i := range uint64(1000) {
		b.recv(bob, &wire.Direct{Try: 1, Text: wire.Text{Epoch: 9000 + i, ToEpoch: myEpoch, Seq: wire.MaxSparse + 1, Parts: 1, Size: 1, Body: []byte("x")}})
	}
	if n := len(b.core.inbox.sources); n > 0 {
		t.Errorf("%d sources are remembered of which nothing was taken", n)
	}
	if n := len(b.core.inbox.order) + len(b.core.inbox.senders); n > 0 {
		t.Errorf("%d more traces of them", n)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: wire.Text{Epoch: 9000, ToEpoch: myEpoch, Seq: 1, Parts: 1, Size: 1, Body: []byte("x")}})
	if n := len(b.core.inbox.sources); n != 1 {
		t.Errorf("%d sources after a text that was taken", n)
	}
}

// protocol.md §7.1: who tries the direct way leaves no trace, and neither does who sends what is not taken: keys cost nothing.
func TestKeysOfWhichNothingIsTaken(t *testing.T) {
	b, _ := readyBench(t, "bob")
	known := len(b.core.book.entries)
	for i := range byte(100) {
		who := &friend{key: wire.Key{7, i}, addr: netip.MustParseAddrPort("10.0.0.9:9")}
		b.recv(who, &wire.Direct{Try: 1, Text: wire.Void(uint64(i)+1, 99, 1, 1)})
		b.recv(who, &wire.Direct{Try: 1, Text: wire.Text{Epoch: 1, ToEpoch: myEpoch, Seq: wire.MaxSparse + 1, Parts: 1, Size: 1, Body: []byte("x")}})
	}
	if n := len(b.core.book.entries); n != known {
		t.Errorf("%d keys are remembered, %d before", n, known)
	}
}

// A recipient that names one new epoch after the other, which no honest one does, uses up neither the sender's memory, nor its disk, nor the epochs that its runs
// may still have (protocol.md §5.1).
func TestRecipientThatMakesUpEpochs(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "delivered")
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	lie := func(n uint64) {
		for i := range n {
			b.recv(bob, &wire.Ack{Marks: wire.Marks{Epoch: myRun, ToEpoch: 1 << 40 * (i + 1)}, Seq: 1, Try: 1})
			b.advance(time.Second)
		}
	}
	lie(1000)
	if most := uint64(myRun + 2*minLeap); b.core.run > most {
		t.Errorf("the run's epoch went from %d to %d, at most %d is one leap", myRun, b.core.run, most)
	}
	if n := len(b.core.outbox.ways[bob.key].past); n > maxEpochs {
		t.Errorf("%d epochs that are over are remembered", n)
	}

	b.send(bob, strings.Repeat("waits", 300)) // goes to the epoch that was made up last, in parts
	b.hold()
	commits := len(b.commits)
	for i := range uint64(1000) {
		for _, l := range b.core.outbox.ways[bob.key].lanes {
			b.recv(bob, &wire.Ack{Marks: wire.Marks{Epoch: l.epoch, ToEpoch: 1<<50 + i}, Seq: 1, Try: 1})
		}
	}
	if n := len(b.commits) - commits; n > 1 {
		t.Errorf("one moment's acknowledgements had what waits written %d times", n)
	}
}

// The same of posts, whose authors' lanes are taken in order; and what is left of a lane that is forgotten goes with it.
func TestPartsThatNeverBecomeAPost(t *testing.T) {
	part := func(seq uint64, part, parts uint16) func(bob *friend) wire.Text {
		return func(bob *friend) wire.Text {
			x := postText(bob, seq, "x")
			x.Part, x.Parts, x.Size, x.Body = part, parts, uint32(parts-1)*wire.PartSize+1, bytes.Repeat([]byte("x"), wire.PartSize)
			return x
		}
	}
	void := func(lo, hi uint64) func(bob *friend) wire.Text {
		return func(bob *friend) wire.Text { return wire.Void(bob.epoch, 0, lo, hi) }
	}
	for _, c := range []struct {
		name  string
		posts []func(bob *friend) wire.Text
		left  int
	}{
		{"its end is void", []func(*friend) wire.Text{part(1, 0, 2), void(2, 2)}, 0},
		{"its author begins another one in its middle", []func(*friend) wire.Text{part(1, 0, 2), part(2, 0, 2), part(3, 0, 2)}, 1},
		{"it may still become one", []func(*friend) wire.Text{part(1, 0, 3), part(2, 1, 3)}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			l := &log{bench: b}
			for _, x := range c.posts {
				l.push(f[0].key, f[0].signed(x(f[0])))
			}
			b.wantParts(c.left)
		})
	}
	t.Run("in one lane after the other", func(t *testing.T) {
		b, f := readyBench(t, "bob")
		l := &log{bench: b}
		for range 3 * maxEpochs {
			l.push(f[0].key, f[0].signed(part(1, 0, 2)(f[0])))
			f[0].epoch++
		}
		b.wantParts(maxEpochs)
	})
}

// protocol.md §11.1: the to-epoch of a post is 0.
func TestAPostToAnEpochIsNotTaken(t *testing.T) {
	b, f := readyBench(t, "bob")
	x := postText(f[0], 1, "hello")
	x.ToEpoch = 9
	(&log{bench: b}).push(f[0].key, f[0].signed(x))
	if told := b.events(); told != "!forged" {
		t.Errorf("told %s", told)
	}
}

// wantParts wants so many parts of texts that are not whole, in memory and on disk.
func (b *bench) wantParts(want int) {
	b.t.Helper()
	held := 0
	for _, s := range b.core.inbox.sources {
		for _, parts := range s.parts {
			held += len(parts)
		}
	}
	for _, parts := range b.core.inbox.posts {
		held += len(parts)
	}
	loaded, _ := b.profile.Load()
	if held != want || len(loaded.Parts) != want {
		b.t.Errorf("%d parts in memory and %d on disk, not %d", held, len(loaded.Parts), want)
	}
}

// protocol.md §5.6: parts of a text whose other seqs were closed as void, or taken as something else, never become a text. They are forgotten, in memory
// and on disk.
func TestPartsThatNeverBecomeAText(t *testing.T) {
	part := func(seq uint64, part, parts uint16) wire.Text {
		return wire.Text{Epoch: 9000, ToEpoch: myEpoch, Seq: seq, Part: part, Parts: parts, Size: uint32(parts-1)*wire.PartSize + 1, Body: []byte("x")}
	}
	for _, c := range []struct {
		name  string
		texts []wire.Text
		left  int // parts
	}{
		{"its end is void", []wire.Text{part(1, 0, 3), wire.Void(9000, myEpoch, 2, 3)}, 0},
		{"its middle is void", []wire.Text{part(1, 0, 3), part(3, 2, 3), wire.Void(9000, myEpoch, 2, 2)}, 0},
		{"its beginning is void, and comes last", []wire.Text{part(3, 2, 3), part(2, 1, 3), wire.Void(9000, myEpoch, 1, 1)}, 0},
		{"its sender begins another one in its middle", []wire.Text{part(1, 0, 2), part(2, 0, 2), part(3, 0, 2)}, 1},
		{"it may still become one", []wire.Text{part(1, 0, 3), part(3, 2, 3)}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			for _, x := range c.texts {
				b.recv(f[0], &wire.Direct{Try: 1, Text: x})
			}
			b.wantParts(c.left)
		})
	}
}
