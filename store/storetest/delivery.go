package storetest

import (
	"fmt"
	"reflect"
	"testing"

	"udpchat/store"
)

func deliveredAgain(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(2, store.Range{Lo: 5, Hi: 5})})
	for seq, want := range map[uint64]store.Verdict{1: store.Delivered, 2: store.Delivered, 3: store.Accepted, 4: store.Accepted, 5: store.Delivered, 6: store.Accepted} {
		if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(seq, "b")}); r.Verdict != want {
			t.Errorf("seq %d: %+v, want %d", seq, r, want)
		}
	}
	x := Single(1, "b")
	x.Epoch = 2
	if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: x}); r.Verdict != store.Accepted {
		t.Errorf("other epoch: %+v", r)
	}
}

func olderReport(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	for _, m := range []store.Marks{upTo(5, store.Range{Lo: 8, Hi: 9}), upTo(3, store.Range{Lo: 5, Hi: 6}, store.Range{Lo: 12, Hi: 12}), upTo(1)} {
		Do(t, s, store.Take{To: ann, From: bob, Marks: m})
	}
	want := upTo(6, store.Range{Lo: 8, Hi: 9}, store.Range{Lo: 12, Hi: 12})
	if list := untold(t, s, "bob"); len(list) != 1 || !sameMarks(list[0].Marks, want) {
		t.Errorf("kept %+v, want %+v", list, want)
	}
}

func toldOnce(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(1)})
	if list := untold(t, s, "bob"); !reflect.DeepEqual(list, []store.Delivery{{To: ann, Marks: upTo(1)}}) {
		t.Fatalf("untold %+v", list)
	}
	if list := untold(t, s, "ann"); len(list) != 0 {
		t.Errorf("ann is told %+v", list)
	}
	Do(t, s, store.Told{Sender: bob, To: ann, Marks: upTo(1)})
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(1)})
	if list := untold(t, s, "bob"); len(list) != 0 {
		t.Errorf("told again %+v", list)
	}
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(2)})
	if list := untold(t, s, "bob"); len(list) != 1 {
		t.Errorf("not told of more: %+v", list)
	}
}

func toldOlder(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(2, store.Range{Lo: 4, Hi: 4})})
	Do(t, s, store.Told{Sender: bob, To: ann, Marks: upTo(1, store.Range{Lo: 4, Hi: 9})})
	Do(t, s, store.Told{Sender: bob, To: ann, Marks: upTo(2)})
	if list := untold(t, s, "bob"); len(list) != 1 {
		t.Errorf("untold %+v", list)
	}
	Do(t, s, store.Told{Sender: bob, To: ann, Marks: upTo(2, store.Range{Lo: 4, Hi: 5})})
	if list := untold(t, s, "bob"); len(list) != 0 {
		t.Errorf("untold %+v", list)
	}
}

func manyEpochs(t *testing.T, s store.Server) {
	const kept, more = 64, 2
	Register(t, s, "ann")
	for epoch := uint64(1); epoch <= kept+more; epoch++ {
		Do(t, s, store.Take{To: ann, From: bob, Marks: store.Marks{Epoch: 100 - epoch, ToEpoch: 1, Through: 9}})
	}
	for epoch := uint64(1); epoch <= kept+more; epoch++ {
		x := Single(1, "b")
		x.Epoch = 100 - epoch
		want := store.Delivered
		if epoch <= more {
			want = store.Accepted
		}
		if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: x}); r.Verdict != want {
			t.Errorf("epoch seen as number %d: %+v, want %d", epoch, r, want)
		}
	}
	if n := len(untold(t, s, "bob")); n != kept {
		t.Errorf("%d untold", n)
	}
	for epoch := uint64(1); epoch <= 100; epoch++ {
		Do(t, s, store.Take{To: ann, From: cat, Marks: store.Marks{Epoch: 1, ToEpoch: epoch, Through: 9}})
	}
	if n := len(untold(t, s, "cat")); n > 72 {
		t.Errorf("%d deliveries of one sender's epoch are kept", n)
	}
}

func manyUntold(t *testing.T, s store.Server) {
	const n = 150
	for i := range n {
		Do(t, s, store.Take{To: Key(fmt.Sprintf("c%03d", i)), From: bob, Marks: upTo(uint64(i + 1))})
	}
	list := untold(t, s, "bob")
	for i, d := range list {
		if d.To != Key(fmt.Sprintf("c%03d", i)) || d.Marks.Through != uint64(i+1) {
			t.Fatalf("delivery %d: %+v", i, d)
		}
	}
	if len(list) != n {
		t.Errorf("%d deliveries", len(list))
	}
}

func untold(t testing.TB, s store.Server, who string) []store.Delivery {
	t.Helper()
	list, err := s.Untold(Key(who))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
