package peer

import (
	"fmt"
	"slices"
	"testing"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// runs is what an author posts in several runs of so many posts each, one behind the other: p10.1 is the first of the run with the epoch 10.
func (f *friend) runs(posts ...int) map[seal.Place]wire.Text {
	all := map[seal.Place]wire.Text{}
	var at seal.Place
	for i, n := range posts {
		for seq := uint64(1); seq <= uint64(n); seq++ {
			x := postText(f, seq, fmt.Sprintf("p%d.%d", 10*(i+1), seq))
			x.Epoch = uint64(10 * (i + 1))
			x = f.signedBehind(at, f.posts[at], x)
			at = seal.Place{Epoch: x.Epoch, Seq: seq}
			all[at] = x
		}
	}
	return all
}

// protocol.md §14.4: the posts of an author's runs follow one another, also for who was not there in between.
func TestPostsOfSeveralRuns(t *testing.T) {
	at := func(epoch, seq uint64) seal.Place { return seal.Place{Epoch: epoch, Seq: seq} }
	again := at(0, 0) // the program is started anew
	for _, c := range []struct {
		name   string
		story  []seal.Place
		events string
	}{
		{"all of them", []seal.Place{at(10, 1), at(10, 2), at(20, 1), at(30, 1), at(30, 2)}, "p10.1 p10.2 p20.1 p30.1 p30.2"},
		{"a whole run is left out", []seal.Place{at(10, 1), at(10, 2), at(30, 1), at(30, 2)}, "p10.1 p10.2 !missing p30.1 p30.2"},
		{"the end of a run is left out", []seal.Place{at(10, 1), at(20, 1), at(30, 1)}, "p10.1 !missing p20.1 p30.1"},
		{"the beginning of a run is left out", []seal.Place{at(20, 1), at(30, 2)}, "p20.1 !missing p30.2"},
		{"joined later", []seal.Place{at(20, 1), at(30, 1)}, "p20.1 p30.1"},
		{"one comes twice", []seal.Place{at(10, 1), at(10, 2), at(20, 1), at(10, 2), at(30, 1)}, "p10.1 p10.2 p20.1 p30.1"},
		{"over a restart", []seal.Place{at(10, 1), at(10, 2), again, at(20, 1), again, at(30, 1)}, "p10.1 p10.2 p20.1 p30.1"},
		{"one run is left out, over a restart", []seal.Place{at(10, 1), at(10, 2), again, at(30, 1), again, at(30, 2)}, "p10.1 p10.2 !missing p30.1 p30.2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			posts := f[0].runs(2, 1, 2)
			l := &log{bench: b}
			events := ""
			for _, p := range c.story {
				if p != again {
					l.push(f[0].key, posts[p])
					continue
				}
				events += b.events() + " "
				b.core.Shown([]uint64{1, 2, 3, 4, 5})
				b.settle()
				b.again()
				b.told = nil
			}
			if got := events + b.events(); got != c.events {
				t.Errorf("told %q, wanted %q", got, c.events)
			}
		})
	}
}

// protocol.md §12: of an author the ends of 64 runs are remembered, on disk too, and those seen last.
func TestRunsOfAnAuthorAreBounded(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	posts := f[0].runs(slices.Repeat([]int{1}, 70)...)
	l := &log{bench: b}
	l.push(f[1].key, f[1].runs(1)[seal.Place{Epoch: 10, Seq: 1}])
	for run := range uint64(70) {
		l.push(f[0].key, posts[seal.Place{Epoch: 10 * (run + 1), Seq: 1}])
	}
	b.told = nil
	for _, when := range []string{"in this run", "in the next"} {
		loaded, _ := b.profile.Load()
		ends := slices.DeleteFunc(loaded.Chains, func(c store.Chain) bool { return wire.Key(c.Author) != f[0].key })
		lowest := slices.MinFunc(ends, func(a, b store.Chain) int { return int(a.Epoch) - int(b.Epoch) })
		if len(ends) != 64 || lowest.Epoch != 70 || len(b.core.inbox.author(f[0].key).seen) != 64 || len(b.core.inbox.author(f[1].key).seen) != 1 {
			t.Errorf("%s: %d on disk from %d on, %d in memory", when, len(ends), lowest.Epoch, len(b.core.inbox.author(f[0].key).seen))
		}
		b.again()
	}
}

// protocol.md §14.4: of one's own posts the last one is remembered, and no run before it.
func TestOwnChainIsOne(t *testing.T) {
	b, _ := readyBench(t)
	for run := range uint64(3) {
		for seq := range uint64(2) {
			b.post("hi")
			b.recv(server, storedOf(myRun+100*run, theChannel, seq+1, wire.Accepted))
		}
		loaded, _ := b.profile.Load()
		if len(loaded.Chains) != 1 || loaded.Chains[0].Epoch != myRun+100*run || loaded.Chains[0].Seq != 2 {
			t.Errorf("run %d: on disk %+v", run, loaded.Chains)
		}
		b.again()
	}
}
