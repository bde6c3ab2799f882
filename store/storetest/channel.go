package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"udpchat/store"
)

var channelTests = []serverTest{
	{"posts are stored in order only", postsInOrder},
	{"posts begin where their author says", postsFromABase},
	{"a new member sees the channel from its registration on", channelFromRegistration},
	{"mail and posts are one sequence, in pages", waitingMerged},
	{"a cursor never goes back by itself, nor past the head", cursorForward},
	{"a cursor is rewound, not below where it began", cursorRewinds},
	{"posts that all have go after a while", readPostsGo},
	{"posts go after a time whoever has them", oldPostsGo},
	{"posts beyond a size go, oldest first", postsMakeWay},
	{"a post that went is not posted again", goneIsPosted},
	{"the last seqs of 64 epochs outlive their posts", lanesOutlive},
	{"no more than 64 do, whatever order they come and go in", lanesAreBounded},
	{"an author who has used up their share is refused what is new", authorIsSpent},
	{"the lowest cursor is found in pages", lowestInPages},
}

// post makes the author's next post in its epoch 1.
func post(author store.Key, seq uint64) store.Post {
	x := Single(seq, fmt.Sprintf("post %d", seq))
	return store.Post{Author: author, Text: x}
}

func postsInOrder(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	other := post(bob, 2)
	other.Text.Epoch = 2
	for i, c := range []struct {
		post store.Post
		want store.Result
	}{
		{post(bob, 2), store.Result{Verdict: store.Gap}},
		{post(bob, 0), store.Result{Verdict: store.Gap}},
		{post(bob, 1), store.Result{Order: 1}},
		{post(bob, 1), store.Result{Order: 1}},
		{post(bob, 3), store.Result{Verdict: store.Gap}},
		{post(bob, 2), store.Result{Order: 2}},
		{post(cat, 1), store.Result{Order: 3}},
		{post(bob, 1), store.Result{Order: 1}},
		{other, store.Result{Verdict: store.Gap}},
	} {
		if r := Do(t, s, c.post); r != c.want {
			t.Errorf("step %d: %+v, want %+v", i, r, c.want)
		}
	}
	if got := waiting(t, s, "ann"); !reflect.DeepEqual(orders(got), []uint64{1, 2, 3}) || !got[0].Post || !sameItem(got[2], store.Item{Order: 3, From: cat, Post: true, Text: post(cat, 1).Text}) {
		t.Errorf("waiting %+v", got)
	}
}

// postsFromABase: an author knows what is over, and the store may have lost it.
func postsFromABase(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	at := func(seq, base uint64) store.Post {
		c := post(bob, seq)
		c.Base = base
		return c
	}
	for i, c := range []struct {
		post store.Post
		want store.Result
	}{
		{at(7, 6), store.Result{Verdict: store.Gap}},
		{at(7, 7), store.Result{Order: 1}},
		{at(7, 7), store.Result{Order: 1}},
		{at(9, 8), store.Result{Verdict: store.Gap}},
		{at(8, 8), store.Result{Order: 2}},
		{at(0, 0), store.Result{Verdict: store.Gap}},
	} {
		if r := Do(t, s, c.post); r != c.want {
			t.Errorf("step %d: %+v, want %+v", i, r, c.want)
		}
	}
	next := post(bob, 9)
	Do(t, s, store.Renew{ID: head(t, s).ID + 1})
	if r := Do(t, s, next); r != (store.Result{Order: 3}) {
		t.Errorf("a post goes on whatever the store's id is: %+v", r)
	}
}

func channelFromRegistration(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	Do(t, s, post(bob, 1))
	Do(t, s, post(bob, 2))
	r := Do(t, s, store.PutClient{Client: store.Client{Key: cat, Name: "cat"}})
	Do(t, s, post(bob, 3))
	if got := orders(waiting(t, s, "cat")); r.Cursor != 2 || !reflect.DeepEqual(got, []uint64{3}) {
		t.Errorf("cursor %d, waiting %v", r.Cursor, got)
	}
	if got := orders(waiting(t, s, "ann")); !reflect.DeepEqual(got, []uint64{1, 2, 3}) {
		t.Errorf("ann has waiting %v", got)
	}
	if got := orders(waiting(t, s, "nobody")); len(got) != 0 {
		t.Errorf("nobody has waiting %v", got)
	}
}

func waitingMerged(t *testing.T, s store.Server) {
	Register(t, s, "ann", "cat")
	var changes []store.Change
	var want []uint64
	seqs := [3]uint64{}
	for i := range uint64(400) {
		which := (i * i / 3) % 3
		seqs[which]++
		switch which {
		case 0:
			changes = append(changes, store.Deposit{To: ann, From: bob, Text: Single(seqs[0], "b")})
		case 1:
			changes = append(changes, post(bob, seqs[1]))
		default:
			changes = append(changes, store.Deposit{To: cat, From: bob, Text: Single(seqs[2], "c")})
			continue
		}
		want = append(want, i+1)
	}
	wants := func(head uint64) []uint64 {
		n, _ := slices.BinarySearch(want, head+1)
		return want[:n]
	}
	for i, c := range changes {
		Do(t, s, c)
		if got := orders(waiting(t, s, "ann")); !slices.Equal(got, wants(uint64(i+1))) { // at every length: it is the last page that goes wrong
			t.Fatalf("after %d changes there are %d items, want %d", i+1, len(got), len(wants(uint64(i+1))))
		}
	}
	for _, limit := range []int{1, 63, 64, 65, 129, 1000} {
		var got []uint64
		for {
			var after uint64
			if len(got) > 0 {
				after = got[len(got)-1]
			}
			items, _, err := s.Waiting(ann, after, limit)
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, orders(items)...); len(items) < limit {
				break
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("limit %d: %d items, want %d", limit, len(got), len(want))
		}
	}
}

func cursorForward(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	for seq := uint64(1); seq <= 5; seq++ {
		Do(t, s, post(bob, seq))
	}
	for i, c := range []struct{ to, cursor uint64 }{{2, 2}, {1, 2}, {4, 4}, {100, 5}} {
		if r := Do(t, s, store.Advance{Member: ann, Order: c.to}); r.Cursor != c.cursor {
			t.Errorf("step %d: %+v, want cursor %d", i, r, c.cursor)
		}
	}
	Do(t, s, post(bob, 6))
	if got := orders(waiting(t, s, "ann")); !reflect.DeepEqual(got, []uint64{6}) {
		t.Errorf("waiting %v", got)
	}
	if r := Do(t, s, store.Advance{Member: cat, Order: 1}); r.Verdict != store.NoClient {
		t.Errorf("nobody's cursor: %+v", r)
	}
}

func cursorRewinds(t *testing.T, s store.Server) {
	Do(t, s, post(bob, 1))
	Do(t, s, post(bob, 2))
	row := store.Client{Key: ann, Name: "ann"}
	to := func(n uint64) *uint64 { return &n }
	Do(t, s, store.PutClient{Client: row, Rewind: to(0)}) // registers at 2
	for seq := uint64(3); seq <= 6; seq++ {
		Do(t, s, post(bob, seq))
	}
	Do(t, s, store.Advance{Member: ann, Order: 6})
	for i, c := range []struct {
		rewind *uint64
		cursor uint64
	}{{nil, 6}, {to(9), 6}, {to(4), 4}, {to(5), 4}, {to(0), 2}, {to(1), 2}, {nil, 2}} {
		if r := Do(t, s, store.PutClient{Client: row, Rewind: c.rewind}); r.Cursor != c.cursor {
			t.Errorf("step %d: %+v, want cursor %d", i, r, c.cursor)
		}
	}
	for i, c := range []struct{ to, cursor uint64 }{{9, 6}, {4, 4}, {5, 5}, {0, 2}} {
		if r := Do(t, s, store.Advance{Member: ann, Order: c.to, Back: true}); r.Cursor != c.cursor {
			t.Errorf("step %d, there and back: %+v, want cursor %d", i, r, c.cursor)
		}
	}
	if got := orders(waiting(t, s, "ann")); !reflect.DeepEqual(got, []uint64{3, 4, 5, 6}) {
		t.Errorf("waiting %v", got)
	}
}
