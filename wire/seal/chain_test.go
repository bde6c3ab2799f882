package seal

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// posts is a lane of n posts of alice, each naming the one before it.
func posts(t *testing.T, n int) []*Post { return laneOf(t, 5, Place{}, [32]byte{}, n) }

// laneOf is a lane of alice's that begins behind another post.
func laneOf(t *testing.T, epoch uint64, after Place, prev [32]byte, n int) []*Post {
	t.Helper()
	var lane []*Post
	for seq := uint64(1); seq <= uint64(n); seq++ {
		p := postAfter(t, epoch, seq, after, prev)
		lane, after, prev = append(lane, p), Place{epoch, seq}, HashPost(p)
	}
	return lane
}

func postAfter(t *testing.T, epoch, seq uint64, after Place, prev [32]byte) *Post {
	t.Helper()
	alice, _ := someone("alice")
	p := postOf(t, alice, seq, prev, "post")
	p.Epoch, p.After = epoch, after
	if err := SignPosts(alice, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// judge says what a member who saw this before thinks of posts, one after the other, and takes each.
func judge(seen History, in ...*Post) (all []Verdict) {
	for _, p := range in {
		all = append(all, seen.Check(p))
		seen[p.Epoch] = seen[p.Epoch].Take(p)
	}
	return all
}

// protocol.md §14.4: one lane.
func TestChain(t *testing.T) {
	alice, _ := someone("alice")
	lane := posts(t, 6)
	other := postOf(t, alice, 2, HashPost(lane[0]), "what alice told the others") // she, or who has her key, signed both
	later := postOf(t, alice, 3, HashPost(other), "and what followed")
	tests := []struct {
		name string
		in   []*Post
		want []Verdict
	}{
		{"from the beginning", lane[:4], []Verdict{OK, OK, OK, OK}},
		{"from the middle", lane[2:5], []Verdict{Start, OK, OK}},
		{"one is dropped", []*Post{lane[0], lane[2], lane[3]}, []Verdict{OK, Gap, OK}},
		{"many are dropped", []*Post{lane[0], lane[5]}, []Verdict{OK, Gap}},
		{"two are exchanged", []*Post{lane[0], lane[2], lane[1], lane[3]}, []Verdict{OK, Gap, Old, OK}},
		{"one comes twice", []*Post{lane[0], lane[1], lane[1], lane[2]}, []Verdict{OK, OK, Old, OK}},
		{"an old log", []*Post{lane[0], lane[1], lane[2], lane[0], lane[1], lane[2], lane[3]}, []Verdict{OK, OK, OK, Old, Old, Old, OK}},
		{"another at the same seq", []*Post{lane[0], lane[1], other}, []Verdict{OK, OK, Fork}},
		{"another, and then what followed the first", []*Post{lane[0], other, lane[2]}, []Verdict{OK, OK, Fork}},
		{"the other story to its end", []*Post{lane[0], other, later}, []Verdict{OK, OK, OK}},
		{"a post of the other story in between", []*Post{lane[0], lane[1], later, lane[3]}, []Verdict{OK, OK, Fork, Fork}},
		{"a fork, and on with it", []*Post{lane[0], other, lane[2], lane[3]}, []Verdict{OK, OK, Fork, OK}},
		{"a first post with a past and nothing before it", []*Post{postOf(t, alice, 1, [32]byte{1}, "x")}, []Verdict{Fork}},
		{"a first post behind its own lane", []*Post{postAfter(t, 5, 1, Place{5, 7}, [32]byte{1})}, []Verdict{Fork}},
		{"a further post behind nothing", []*Post{postAfter(t, 5, 2, Place{}, [32]byte{})}, []Verdict{Fork}},
		{"a further post behind another lane", []*Post{lane[0], postAfter(t, 5, 2, Place{4, 1}, HashPost(lane[0]))}, []Verdict{OK, Fork}},
		{"a further post behind itself", []*Post{lane[0], postAfter(t, 5, 2, Place{5, 2}, HashPost(lane[0]))}, []Verdict{OK, Fork}},
		{"a hash that its author did not know", []*Post{lane[0], postAfter(t, 5, 2, Place{5, 1}, [32]byte{})}, []Verdict{OK, Fork}},
		{"seq 0", []*Post{postAfter(t, 5, 0, Place{}, [32]byte{})}, []Verdict{Fork}},
		{"seq 0 behind the last one", []*Post{postAfter(t, 5, 0, Place{5, 1<<64 - 1}, [32]byte{})}, []Verdict{Fork}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := judge(History{}, tt.in...); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// protocol.md §14.4: an author's lanes, one of each run, follow one another.
func TestHistory(t *testing.T) {
	one := posts(t, 4)
	follow := func(p *Post, epoch uint64, n int) []*Post {
		return laneOf(t, epoch, Place{p.Epoch, p.Seq}, HashPost(p), n)
	}
	two := follow(one[3], 6, 3)
	three := follow(two[2], 7, 2)
	back := follow(one[1], 8, 2) // from a copy that knew two posts of the first lane
	all := func(lanes ...[]*Post) []*Post { return slices.Concat(lanes...) }
	tests := []struct {
		name string
		in   []*Post
		want []Verdict
	}{
		{"the first lane", one[:2], []Verdict{OK, OK}},
		{"the next lane after it", all(one, two), []Verdict{OK, OK, OK, OK, OK, OK, OK}},
		{"three lanes", all(one[:1], one[1:], two, three), []Verdict{OK, OK, OK, OK, OK, OK, OK, OK, OK}},
		{"a whole lane left out", all(one, three), []Verdict{OK, OK, OK, OK, Gap, OK}},
		{"the end of a lane left out", all(one[:3], two), []Verdict{OK, OK, OK, Gap, OK, OK}},
		{"the beginning of a lane left out", all(one, two[1:]), []Verdict{OK, OK, OK, OK, Gap, OK}},
		{"the end, and it comes late", all(one[:3], two[:1], one[3:], two[1:]), []Verdict{OK, OK, OK, Gap, OK, OK, OK}},
		{"a whole lane comes late", all(one, three[:1], two[:1]), []Verdict{OK, OK, OK, OK, Gap, OK}},
		{"the author went back", all(one, back), []Verdict{OK, OK, OK, OK, OK, OK}},
		{"the author went back behind another lane", all(one, two, back), []Verdict{OK, OK, OK, OK, OK, OK, OK, OK, OK}},
		{"joined at a later lane", three, []Verdict{Start, OK}},
		{"joined in the middle of a lane", all(one[2:], two), []Verdict{Start, OK, OK, OK, OK}},
		{"joined later, and an older lane comes", all(two, one[:2]), []Verdict{Start, OK, OK, OK, OK}},
		{"joined later, and what that begins with is left out", all(three[:1], two[1:]), []Verdict{Start, Gap, OK}},
		{"another end of the lane before", all(one, laneOf(t, 6, Place{5, 4}, [32]byte{9}, 2)), []Verdict{OK, OK, OK, OK, Fork, OK}},
		{"two lanes behind one, and both are shown", all(one, two[:1], follow(one[3], 7, 1)), []Verdict{OK, OK, OK, OK, OK, OK}},
		{"a beginning behind nothing, when there is a lane", all(one[:1], laneOf(t, 6, Place{}, [32]byte{}, 1)), []Verdict{OK, OK}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := judge(History{}, tt.in...); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestChainAtTheLastSeq(t *testing.T) {
	alice, _ := someone("alice")
	last := postOf(t, alice, 1<<64-1, [32]byte{1}, "x")
	seen := History{}
	if got := judge(seen, last, last); !slices.Equal(got, []Verdict{Start, Old}) {
		t.Errorf("got %v", got)
	}
	if got := (History{5: {Seq: 1<<64 - 2, Hash: [32]byte{1}}}).Check(last); got != OK {
		t.Errorf("got %v, want %v", got, OK)
	}
}

// What the server does to an author's posts, but to the end of them, shows: it drops, repeats and exchanges at random, in the middle of a
// lane and where one gives way to the next.
func TestHistoryNoticesEveryChange(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	lane := posts(t, 5)
	for epoch := uint64(6); epoch < 8; epoch++ {
		last := lane[len(lane)-1]
		lane = append(lane, laneOf(t, epoch, Place{last.Epoch, last.Seq}, HashPost(last), 4)...)
	}
	for range 2000 {
		served := slices.Clone(lane)
		i := 1 + random.IntN(len(lane)-2)
		switch random.IntN(3) {
		case 0:
			served = slices.Delete(served, i, i+1)
		case 1:
			served = slices.Insert(served, i, served[random.IntN(i)])
		case 2:
			j := random.IntN(len(served))
			if i == j {
				continue
			}
			served[i], served[j] = served[j], served[i]
		}
		if got := judge(History{}, served...); !slices.ContainsFunc(got, func(v Verdict) bool { return v != OK }) {
			t.Fatalf("seed %d: a changed log of %d posts passed", seed, len(served))
		}
	}
}

func TestLanesAreApart(t *testing.T) {
	p := posts(t, 1)[0]
	q := *p
	q.Epoch++
	if p.Lane() == q.Lane() {
		t.Error("two epochs are one lane")
	}
}

func TestVerdictsHaveNames(t *testing.T) {
	for v, want := range map[Verdict]string{OK: "next", Start: "start", Gap: "gap", Fork: "fork", Old: "old", 9: "unknown"} {
		if got := v.String(); got != want {
			t.Errorf("%d: got %q, want %q", v, got, want)
		}
	}
}
