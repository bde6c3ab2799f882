package storetest

import (
	"math"
	"slices"
	"testing"
	"time"

	"udpchat/store"
)

// trim lets a minute pass and removes what may go then: at the age of an hour what all have, at that of a day the rest.
func trim(t *testing.T, s store.Server, lowest uint64) int {
	t.Helper()
	return Do(t, s, store.Trim{Elapsed: time.Minute, Spare: time.Hour, Keep: 24 * time.Hour, Lowest: lowest, Limit: 10}).Removed
}

// pass lets time pass and removes nothing.
func pass(t *testing.T, s store.Server, d time.Duration) {
	t.Helper()
	Do(t, s, store.Trim{Elapsed: d})
}

// age lets a day pass after what was posted.
func age(t *testing.T, s store.Server) {
	t.Helper()
	pass(t, s, time.Minute)
	pass(t, s, 24*time.Hour)
}

// postMany has bob post seqs from lo to hi.
func postMany(t *testing.T, s store.Server, lo, hi uint64) {
	t.Helper()
	for seq := lo; seq <= hi; seq++ {
		if r := Do(t, s, post(bob, seq)); r.Verdict != store.Accepted {
			t.Fatalf("post %d: %+v", seq, r)
		}
	}
}

// has checks what waits for a client; the first order with a minus is that through which posts are gone.
func has(t *testing.T, s store.Server, who string, want ...int) {
	t.Helper()
	var got []int
	for _, it := range waiting(t, s, who) {
		if got = append(got, int(it.Order)); it.Gone {
			got[len(got)-1] *= -1
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("for %s waits %v, want %v", who, got, want)
	}
}

func readPostsGo(t *testing.T, s store.Server) {
	Register(t, s, "ann", "cat")
	postMany(t, s, 1, 4)
	pass(t, s, time.Minute)
	postMany(t, s, 5, 6)
	if n := trim(t, s, math.MaxUint64); n != 0 {
		t.Errorf("%d posts went at once", n)
	}
	pass(t, s, time.Hour-time.Minute)
	if n := trim(t, s, 3); n != 3 {
		t.Errorf("%d posts went that all have, and which are old enough, want 3", n)
	}
	has(t, s, "ann", -3, 4, 5, 6)
	Do(t, s, store.Advance{Member: cat, Order: 3})
	s = reopen(s)
	has(t, s, "cat", 4, 5, 6)
	if n := trim(t, s, math.MaxUint64); n != 3 {
		t.Errorf("%d posts went after another minute, want 3", n)
	}
	has(t, s, "cat", -6)
	postMany(t, s, 7, 8)
	has(t, s, "cat", -6, 7, 8)
	Do(t, s, store.Advance{Member: cat, Order: 6})
	has(t, s, "cat", 7, 8)
	Register(t, s, "new")
	has(t, s, "new")
	back := uint64(2)
	if r := Do(t, s, store.PutClient{Client: store.Client{Key: cat, Name: "cat"}, Rewind: &back}); r.Cursor != 2 {
		t.Errorf("rewound to %d", r.Cursor)
	}
	has(t, s, "cat", -6, 7, 8)
}

func oldPostsGo(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	postMany(t, s, 1, 2)
	Do(t, s, store.Deposit{To: ann, From: cat, Text: Single(1, "mail")})
	pass(t, s, time.Second)
	postMany(t, s, 3, 25)
	pass(t, s, 24*time.Hour-time.Minute)
	if n := trim(t, s, 0); n != 2 {
		t.Errorf("%d posts went, want those that are a day old", n)
	}
	has(t, s, "ann", append([]int{-2}, numbers(3, 26)...)...)
	pass(t, s, 24*time.Hour)
	s = reopen(s)
	if n := []int{trim(t, s, 0), trim(t, s, 0), trim(t, s, 0), trim(t, s, 0)}; !slices.Equal(n, []int{10, 10, 3, 0}) {
		t.Errorf("%v posts went, want ten at a time", n)
	}
	has(t, s, "ann", 3, -26)
	pass(t, s, 1000*time.Hour)
	postMany(t, s, 26, 26)
	if r := Do(t, s, store.Trim{Elapsed: time.Minute, Spare: time.Hour, Lowest: 0, Limit: 10}); r.Removed != 0 {
		t.Errorf("without a limit %d went", r.Removed)
	}
}

func numbers(lo, hi int) (list []int) {
	for n := lo; n <= hi; n++ {
		list = append(list, n)
	}
	return list
}

func postsMakeWay(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	room := 4 * post(bob, 1).Text.Room()
	for seq := uint64(1); seq <= 4; seq++ {
		c := post(bob, seq)
		c.Room = room
		Do(t, s, c)
	}
	has(t, s, "ann", 1, 2, 3, 4)
	c := post(bob, 5)
	c.Room = room
	Do(t, s, c)
	has(t, s, "ann", -1, 2, 3, 4, 5)
	c = post(cat, 1)
	c.Room = room / 4 // two make way for one
	Do(t, s, c)
	has(t, s, "ann", -3, 4, 5, 6)
	s = reopen(s)
	if r := Do(t, s, store.Trim{Room: 2 * room / 4, Limit: 10}); r.Removed != 1 {
		t.Errorf("%+v went for a size", r)
	}
	has(t, s, "ann", -4, 5, 6)
	c = post(cat, 2)
	c.Room = 1 // what is new is there in any case
	Do(t, s, c)
	has(t, s, "ann", -6, 7)
}

func goneIsPosted(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	postMany(t, s, 1, 3)
	age(t, s)
	if n := trim(t, s, 0); n != 3 {
		t.Fatalf("%d went", n)
	}
	for range 2 {
		s = reopen(s)
		for seq := uint64(1); seq <= 3; seq++ {
			if r := Do(t, s, post(bob, seq)); r.Verdict != store.Accepted || r.Order > 4 {
				t.Errorf("again %d: %+v", seq, r)
			}
		}
		if r := Do(t, s, post(bob, 6)); r.Verdict != store.Gap {
			t.Errorf("one that skips: %+v", r)
		}
		if r := Do(t, s, post(bob, 4)); r.Order != 4 {
			t.Errorf("the next one: %+v", r)
		}
		has(t, s, "ann", -3, 4)
	}
	age(t, s)
	trim(t, s, 0)
	c := post(bob, 9)
	c.Base = 9
	if r := Do(t, s, c); r.Order != 5 {
		t.Errorf("from a base: %+v", r)
	}
	for _, seq := range []uint64{1, 4, 7, 9} { // those between are over for their author
		if r := Do(t, s, post(bob, seq)); r != (store.Result{Order: 5}) {
			t.Errorf("again %d: %+v", seq, r)
		}
	}
	has(t, s, "ann", -4, 5)
}

func authorIsSpent(t *testing.T, s store.Server) {
	postMany(t, s, 1, 2)
	for i, c := range []struct {
		seq  uint64
		want store.Result
	}{{1, store.Result{Order: 1}}, {2, store.Result{Order: 2}}, {3, store.Result{Verdict: store.FullPair}}, {5, store.Result{Verdict: store.FullPair}}} {
		p := post(bob, c.seq)
		p.Spent = true
		if r := Do(t, s, p); r != c.want {
			t.Errorf("step %d: %+v, want %+v", i, r, c.want)
		}
	}
	postMany(t, s, 3, 3)
}

func lowestInPages(t *testing.T, s store.Server) {
	if at, last, err := s.Cursors(store.Key{}, 10); at != math.MaxUint64 || last != (store.Key{}) || err != nil {
		t.Errorf("of nobody: %d, %v, %v", at, last, err)
	}
	for i := range 7 {
		Register(t, s, string(rune('a'+i)))
		postMany(t, s, uint64(i)+1, uint64(i)+1)
	}
	Do(t, s, store.Advance{Member: Key("a"), Order: 6})
	for limit, want := range map[int][]uint64{3: {1, 3, 6}, 7: {1}, 4: {1, 4}, 6: {1, 6}} {
		var got []uint64
		for after := (store.Key{}); ; {
			at, last, err := s.Cursors(after, limit)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, at)
			if after = last; last == (store.Key{}) {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d at a time: %v, want %v", limit, got, want)
		}
	}
}
