package seal

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// posts is a lane of n posts of alice, each naming the one before it.
func posts(t *testing.T, n int) []*Post {
	alice, _ := someone("alice")
	var lane []*Post
	var c Chain
	for range n {
		seq, prev := c.Next()
		p := postOf(t, alice, seq, prev, "post")
		lane, c = append(lane, p), c.Take(p)
	}
	return lane
}

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
		{"a first post with a past", []*Post{postOf(t, alice, 1, [32]byte{1}, "x")}, []Verdict{Fork}},
		{"seq 0", []*Post{postOf(t, alice, 0, [32]byte{}, "x")}, []Verdict{Fork}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c Chain
			var got []Verdict
			for _, p := range tt.in {
				got = append(got, c.Check(p))
				c = c.Take(p)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestChainAtTheLastSeq(t *testing.T) {
	alice, _ := someone("alice")
	last := postOf(t, alice, 1<<64-1, [32]byte{1}, "x")
	c := Chain{}.Take(last)
	if got := c.Check(last); got != Old {
		t.Errorf("got %v, want %v", got, Old)
	}
	if got := (Chain{Seq: 1<<64 - 2, Hash: [32]byte{1}}).Check(last); got != OK {
		t.Errorf("got %v, want %v", got, OK)
	}
}

// What the server does to the middle of a lane shows: it drops, repeats and exchanges at random.
func TestChainNoticesEveryChange(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	lane := posts(t, 12)
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
		var c Chain
		ok := true
		for _, p := range served {
			ok = ok && c.Check(p) == OK
			c = c.Take(p)
		}
		if ok {
			t.Fatalf("seed %d: a changed lane of %d posts passed", seed, len(served))
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
