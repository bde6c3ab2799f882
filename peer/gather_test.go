package peer

import (
	"slices"
	"testing"
	"time"

	"udpchat/wire"
)

// deposited takes the seqs of the posts that left.
func (b *bench) deposited() (seqs []uint64) {
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Deposit); ok {
			seqs = append(seqs, m.Text.Seq)
		}
	}
	return seqs
}

// types types posts, all in one moment.
func (b *bench) types(n int) {
	b.t.Helper()
	for range n {
		b.do(func(now time.Time) { b.core.SendAll(now, "x") })
	}
}

// protocol.md §11.1: a post that comes alone goes at once. While it is on its way others wait for each other: until it is stored, until they
// are a batch, or for 10 ms.
func TestPostsGather(t *testing.T) {
	for _, c := range []struct {
		name  string
		typed int
		then  func(b *bench)
		want  []uint64
		depth int // of the batch that they are in
	}{
		{"what is before them is stored", 2, func(b *bench) { b.stores(1) }, []uint64{2, 3}, 1},
		{"10 ms have passed", 4, func(b *bench) { b.advance(gatherFor) }, []uint64{2, 3, 4, 5}, 2},
		{"a moment sooner", 4, func(b *bench) { b.advance(gatherFor - 1) }, nil, 0},
		{"a batch is full", 16, func(*bench) {}, []uint64{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, 4},
		{"one less", 15, func(*bench) {}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := readyBench(t)
			b.types(1)
			if got := b.deposited(); !slices.Equal(got, []uint64{1}) {
				t.Fatalf("alone: %d left", got)
			}
			b.types(c.typed)
			c.then(b)
			for _, depth := range b.levels(wire.Channel) {
				if depth != c.depth {
					t.Errorf("in a batch of depth %d, want %d", depth, c.depth)
				}
			}
			if got := b.deposited(); !slices.Equal(got, c.want) {
				t.Errorf("%d left, want %d", got, c.want)
			}
		})
	}
}

// The wait is over for all of them with the first: what is typed all the time does not put it off.
func TestPostsGatherNoLonger(t *testing.T) {
	b, _ := readyBench(t)
	b.types(1)
	b.drop()
	for range 10 {
		b.types(1)
		b.advance(gatherFor / 10)
	}
	if got := b.deposited(); len(got) != 10 || got[0] != 2 {
		t.Errorf("%d left", got)
	}
}

// A post that gathers is lost by nothing: the server went, and came back.
func TestPostsGatherOverARegistration(t *testing.T) {
	b, _ := readyBench(t)
	b.types(3)
	b.drop()
	b.restart()
	b.register()
	if got := b.deposited(); !slices.Equal(got, []uint64{1, 2, 3}) {
		t.Errorf("%d left after the restart", got)
	}
}
