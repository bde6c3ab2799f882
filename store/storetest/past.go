package storetest

import (
	"reflect"
	"testing"

	"udpchat/store"
)

func past(t *testing.T, s store.Server) store.Past {
	t.Helper()
	p, err := s.Past()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// leaps: each run leaps, and the last MaxLeaps of them and all former ids are remembered.
func leaps(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	before := head(t, s)
	Do(t, s, store.Begin{By: 1000})
	Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(1, "one")})
	Register(t, s, "bob")
	Do(t, s, store.Begin{By: 500})
	h, p := head(t, s), past(t, s)
	if h.Order != before.Order+1501 || h.Revision != before.Revision+1501 {
		t.Errorf("head %+v after %+v", h, before)
	}
	want := []store.Leap{{Order: before.Order, Revision: before.Revision, By: 1000}, {Order: before.Order + 1001, Revision: before.Revision + 1001, By: 500}}
	if !reflect.DeepEqual(p.Leaps, want) || len(p.Former) > 0 {
		t.Errorf("past %+v, want %+v", p, want)
	}
	DoAll(t, s, store.Begin{By: 0}, store.Begin{By: 7}) // over nothing: the next one begins at the same place
	if p = past(t, s); len(p.Leaps) != 3 || p.Leaps[2] != (store.Leap{Order: h.Order, Revision: h.Revision, By: 7}) {
		t.Errorf("past %+v after leaps of 0 and 7", p)
	}
	id := h.ID
	Do(t, s, store.Renew{ID: 9})
	Do(t, s, store.Renew{ID: 3})
	if h, p = head(t, s), past(t, s); h.ID != 3 || !p.Had(h, id) || !p.Had(h, 9) || !p.Had(h, 3) || p.Had(h, 4) {
		t.Errorf("id %d, past %+v", h.ID, p)
	}
	for range store.MaxLeaps {
		Do(t, s, store.Begin{By: 2})
	}
	if p = past(t, s); len(p.Leaps) != store.MaxLeaps || p.Leaps[0].By != 2 {
		t.Errorf("%d leaps, the first %+v", len(p.Leaps), p.Leaps[0])
	}
}
