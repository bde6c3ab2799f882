package storetest

import (
	"reflect"
	"testing"

	"udpchat/store"
)

var (
	ann, bob, cat = Key("ann"), Key("bob"), Key("cat")
	noQuota       = store.Quota{}
)

func mailForNobody(t *testing.T, s store.Server) {
	if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(1, "hello")}); r != (store.Result{Verdict: store.NoClient}) {
		t.Errorf("result %+v", r)
	}
	Register(t, s, "ann")
	if items := waiting(t, s, "ann"); len(items) != 0 || head(t, s).Order != 0 {
		t.Errorf("waiting %+v", items)
	}
}

func mailListed(t *testing.T, s store.Server) {
	Register(t, s, "ann", "bob")
	x := store.Text{
		Epoch: 1 << 63, ToEpoch: 3, Seq: 1 << 62, Part: 7, Parts: 60, Size: 65536, Time: -1, Flags: 255, Body: make([]byte, 1200),
	}
	empty := Single(1, "")
	Do(t, s, store.Deposit{To: ann, From: bob, Text: x})
	Do(t, s, store.Deposit{To: ann, From: cat, Text: empty})
	Do(t, s, store.Deposit{To: bob, From: ann, Text: Single(1, "other box")})
	got := waiting(t, s, "ann")
	if len(got) != 2 || !sameItem(got[0], store.Item{Order: 1, From: bob, Text: x}) || !sameItem(got[1], store.Item{Order: 2, From: cat, Text: empty}) {
		t.Errorf("waiting %+v", got)
	}
}

func mailIsCallers(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	body := []byte("text")
	x := Single(1, "text")
	x.Body = body
	Do(t, s, store.Deposit{To: ann, From: bob, Text: x})
	body[0] = 'X'
	for range 2 {
		got := waiting(t, s, "ann")
		if string(got[0].Text.Body) != "text" {
			t.Fatalf("body %q", got[0].Text.Body)
		}
		got[0].Text.Body[0] = 'Y'
	}
}

func depositTwice(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	x := store.Deposit{To: ann, From: bob, Text: Single(1, "hello"), Quota: store.Quota{Texts: 1}}
	first := Do(t, s, x)
	again := DoAll(t, s, x, x, x)
	for _, r := range again {
		if r != first || r.Verdict != store.Accepted {
			t.Errorf("again %+v, first %+v", r, first)
		}
	}
	if n := len(waiting(t, s, "ann")); n != 1 || head(t, s).Order != 1 {
		t.Errorf("%d texts wait", n)
	}
}

func depositOtherEpochs(t *testing.T, s store.Server) {
	Register(t, s, "ann", "bob")
	x := Single(1, "a")
	y, z := x, x
	y.Epoch, z.ToEpoch = 2, 2
	for i, d := range []store.Deposit{{To: ann, From: bob, Text: x}, {To: ann, From: bob, Text: y}, {To: ann, From: bob, Text: z}, {To: ann, From: cat, Text: x}, {To: bob, From: cat, Text: x}} {
		if r := Do(t, s, d); r.Order != uint64(i+1) {
			t.Errorf("text %d: %+v", i, r)
		}
	}
}

func takeCovered(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	for seq := uint64(1); seq <= 6; seq++ {
		Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(seq, "b")})
	}
	Do(t, s, store.Deposit{To: ann, From: cat, Text: Single(1, "c")})
	other := Single(1, "other epoch of bob")
	other.Epoch = 2
	Do(t, s, store.Deposit{To: ann, From: bob, Text: other})
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(2, store.Range{Lo: 4, Hi: 5}), Orders: []uint64{1, 2, 3, 4, 5, 6, 7, 8, 99, 1}})
	if got := orders(waiting(t, s, "ann")); !reflect.DeepEqual(got, []uint64{3, 6, 7, 8}) {
		t.Errorf("left %v", got)
	}
}

func takeNamedOnly(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	for seq := uint64(1); seq <= 3; seq++ {
		Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(seq, "b")})
	}
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(3), Orders: []uint64{2}})
	if got := orders(waiting(t, s, "ann")); !reflect.DeepEqual(got, []uint64{1, 3}) {
		t.Errorf("left %v", got)
	}
	// Covered and there: it is on disk already, so it is given its order again.
	if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(3, "b")}); r != (store.Result{Order: 3}) {
		t.Errorf("again %+v", r)
	}
}

func takeStale(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	stale := Single(9, "to an ann that is no more")
	stale.ToEpoch, stale.Epoch = 5, 4
	Do(t, s, store.Deposit{To: ann, From: bob, Text: stale})
	Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(1, "to ann")})
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(0), Orders: []uint64{1, 2}})
	if got := orders(waiting(t, s, "ann")); !reflect.DeepEqual(got, []uint64{2}) {
		t.Errorf("left %v", got)
	}
	if list := untold(t, s, "bob"); len(list) != 1 || list[0].To != ann || list[0].Marks.ToEpoch != 1 || list[0].Marks.Through != 0 {
		t.Errorf("bob is not told of ann's epoch: %+v", list)
	}
}

func takeRefused(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	for seq := range uint64(3) {
		Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(seq+1, "b")})
	}
	Do(t, s, store.Take{To: ann, From: cat, Marks: upTo(0), Orders: []uint64{1}, Refused: true})
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(0), Orders: []uint64{2}, Refused: true})
	if got := orders(waiting(t, s, "ann")); !reflect.DeepEqual(got, []uint64{1, 3}) {
		t.Errorf("left %v", got)
	}
	if list := untold(t, s, "bob"); len(list) > 0 {
		t.Errorf("bob is told %+v", list)
	}
	if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(2, "again")}); r != (store.Result{Order: 4}) {
		t.Errorf("stored again: %+v", r)
	}
}

// anew: what its recipient can't open makes way for the same text, sealed anew, or for a void.
func anew(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	quota := store.Quota{Texts: 2}
	first := store.Deposit{To: ann, From: bob, Text: Single(1, "one"), Quota: quota}
	Do(t, s, first)
	Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(2, "two"), Quota: quota})
	again := first
	again.Text.Body, again.Anew = []byte("anew"), true
	if r := Do(t, s, again); r != (store.Result{Order: 3}) {
		t.Errorf("anew: %+v", r)
	}
	if got := waiting(t, s, "ann"); !reflect.DeepEqual(orders(got), []uint64{2, 3}) || string(got[1].Text.Body) != "anew" {
		t.Errorf("waiting %+v", got)
	}
	again.Anew = false
	if r := Do(t, s, again); r != (store.Result{Order: 3}) {
		t.Errorf("the same again: %+v", r)
	}
	void := again
	void.Text.Body, void.Text.Size, void.Text.Flags, void.Anew = nil, 0, 1, true
	Do(t, s, void)
	if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(3, "three"), Quota: quota}); r.Verdict != store.FullMailbox {
		t.Errorf("a void takes a place until it is taken: %+v", r)
	}
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(2), Orders: []uint64{2, 4}})
	if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(3, "three"), Quota: store.Quota{Texts: 1, Bytes: 10}}); r.Verdict != store.Accepted {
		t.Errorf("all room is free again: %+v", r)
	}
	if r := Do(t, s, store.Deposit{To: ann, From: cat, Text: Single(1, "new"), Anew: true}); r.Verdict != store.Accepted || r.Order != 6 {
		t.Errorf("anew of what is not there: %+v", r)
	}
}

func waiting(t testing.TB, s store.Server, who string) []store.Item {
	t.Helper()
	items, damaged, err := s.Waiting(Key(who), 0, 100_000)
	if err != nil || damaged != 0 {
		t.Fatalf("waiting: %v, %d damaged", err, damaged)
	}
	return items
}

func orders(items []store.Item) (list []uint64) {
	for _, it := range items {
		list = append(list, it.Order)
	}
	return list
}

// sameItem compares items; an empty body and none are the same.
func sameItem(a, b store.Item) bool {
	if len(a.Text.Body) == 0 && len(b.Text.Body) == 0 {
		a.Text.Body, b.Text.Body = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

func sameMarks(a, b store.Marks) bool {
	if len(a.Ranges) == 0 && len(b.Ranges) == 0 {
		a.Ranges, b.Ranges = nil, nil
	}
	return reflect.DeepEqual(a, b)
}
