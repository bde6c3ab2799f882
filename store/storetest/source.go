package storetest

import (
	"reflect"
	"slices"
	"testing"

	"udpchat/store"
)

func sourceReplaced(t *testing.T, p store.Profile) {
	a := store.Source{From: bob, Age: 3, Marks: upTo(4, store.Range{Lo: 6, Hi: 9})}
	b := store.Source{From: bob, Age: 4, Marks: store.Marks{Epoch: 1, ToEpoch: 2, Through: 1}}
	old := a
	old.Marks = upTo(1)
	for _, s := range []store.Source{old, b, a} {
		Change(t, p, &store.Receive{Source: &s})
	}
	if l := load(t, reopen(p)); len(l.Inbox) != 2 || !sameMarks(l.Inbox[0].Marks, a.Marks) || l.Inbox[0].Age != 3 || !sameMarks(l.Inbox[1].Marks, b.Marks) {
		t.Errorf("inbox %+v", l.Inbox)
	}
}

func partsUntilWhole(t *testing.T, p store.Profile) {
	for part := range uint16(2) {
		Change(t, p, &store.Receive{
			Source: &store.Source{From: bob, Marks: upTo(uint64(part) + 5)},
			Part:   &store.Part{From: bob, Text: Part(5, part, 3, 3000), Mail: part == 1},
		})
	}
	Change(t, p, &store.Receive{Part: &store.Part{From: bob, Text: Part(20, 0, 3, 3000)}})
	l := load(t, reopen(p))
	if len(l.Parts) != 3 || !reflect.DeepEqual(l.Parts[1], store.Part{From: bob, Text: Part(5, 1, 3, 3000), Mail: true}) {
		t.Errorf("parts %+v", l.Parts)
	}
	whole := line(1, false)
	whole.First, whole.Last = 5, 7
	Change(t, p, &store.Receive{Source: &store.Source{From: bob, Marks: upTo(7)}, Line: &whole})
	if l := load(t, reopen(p)); len(l.Parts) != 1 || l.Parts[0].Text.Seq != 20 || len(l.Unshown) != 1 {
		t.Errorf("loaded %+v", l)
	}
}

func partsOfOtherLane(t *testing.T, p store.Profile) {
	post := Part(5, 0, 3, 3000)
	post.ToEpoch = 77
	for _, part := range []store.Part{{From: bob, Text: post}, {From: bob, Text: Part(5, 0, 3, 3000)}, {From: cat, Text: Part(5, 0, 3, 3000)}} {
		Change(t, p, &store.Receive{Part: &part})
	}
	whole := line(1, false)
	whole.First, whole.Last = 5, 7
	Change(t, p, &store.Receive{Source: &store.Source{From: bob, Marks: upTo(7)}, Line: &whole})
	if l := load(t, p); len(l.Parts) != 2 || l.Parts[0].Text.ToEpoch != 77 || l.Parts[1].From != cat {
		t.Errorf("parts %+v", l.Parts)
	}
}

func partsTorn(t *testing.T, p store.Profile) {
	post := Part(5, 0, 3, 3000)
	post.ToEpoch = 77
	for _, part := range []store.Part{
		{From: bob, Text: post}, {From: bob, Text: Part(4, 0, 1, 10)}, {From: bob, Text: Part(5, 0, 3, 3000)}, {From: bob, Text: Part(5, 2, 3, 3000)},
		{From: bob, Text: Part(8, 0, 3, 3000)}, {From: cat, Text: Part(5, 0, 3, 3000)},
	} {
		Change(t, p, &store.Receive{Part: &part})
	}
	Change(t, p, &store.Receive{Source: &store.Source{From: bob, Marks: upTo(9)}, Torn: []uint64{5, 6, 7, 99}, Part: &store.Part{From: bob, Text: Part(5, 1, 3, 3000)}})
	var left []uint64
	for _, part := range load(t, reopen(p)).Parts {
		left = append(left, part.Text.Seq)
	}
	if slices.Sort(left); !slices.Equal(left, []uint64{4, 5, 5, 8}) {
		t.Errorf("left are parts %v", left)
	}
}

func sourceDropped(t *testing.T, p store.Profile) {
	a, b := store.Source{From: bob, Marks: upTo(5)}, store.Source{From: bob, Marks: store.Marks{Epoch: 2, ToEpoch: 1, Through: 1}}
	Change(t, p,
		&store.Receive{Source: &a, Part: &store.Part{From: bob, Text: Part(5, 0, 3, 3000)}},
		&store.Receive{Source: &b, Drop: &a},
	)
	if l := load(t, reopen(p)); len(l.Inbox) != 1 || l.Inbox[0].Marks.Epoch != 2 || len(l.Parts) != 0 {
		t.Errorf("loaded %+v", l)
	}
}

func streamsKept(t *testing.T, p store.Profile) {
	for _, s := range []store.Stream{{Store: 9, Marks: store.Marks{Through: 1}}, {Store: 8, Marks: store.Marks{Through: 5}}, {Store: 9, Marks: store.Marks{Through: 2, Ranges: []store.Range{{Lo: 4, Hi: 6}}}}} {
		Change(t, p, &store.Receive{Stream: &s})
	}
	l := load(t, reopen(p))
	if len(l.Streams) != 2 || l.Streams[0].Marks.Through != 5 || !sameMarks(l.Streams[1].Marks, store.Marks{Through: 2, Ranges: []store.Range{{Lo: 4, Hi: 6}}}) {
		t.Errorf("streams %+v", l.Streams)
	}
}
