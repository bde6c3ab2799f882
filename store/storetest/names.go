package storetest

import (
	"reflect"
	"slices"
	"testing"

	"udpchat/store"
)

var newcomer = Key("new")

// away puts ann into the directory as one who was last seen at 100.
func away(t *testing.T, s store.Server, state store.State) {
	t.Helper()
	row := store.Client{Key: ann, Name: "ann", Epoch: 1, Card: "old card", State: state, Registered: 50, LastSeen: 100}
	if r := Do(t, s, store.PutClient{Client: row}); r.Verdict != store.Accepted {
		t.Fatalf("register ann: %+v", r)
	}
}

// claim is a new key's registration as ann.
func claim(freeBefore int64) store.PutClient {
	return store.PutClient{
		Client:     store.Client{Key: newcomer, Name: "ann", Card: "new card", State: store.Online, Registered: 200, LastSeen: 200},
		FreeBefore: freeBefore,
	}
}

func nameMakesWay(t *testing.T, s store.Server) {
	Register(t, s, "bob")
	for i, state := range []store.State{store.Offline, store.Left} {
		away(t, s, state)
		mail := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(uint64(i+1), "taken in time")})
		Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(uint64(i + 1)), Orders: []uint64{mail.Order}})
		Do(t, s, post(bob, uint64(i+1))) // waits for ann, and is not mail
		before := head(t, s)

		r := Do(t, s, claim(101))
		if want := (store.Result{Revision: before.Revision + 1, Cursor: before.Order, Freed: ann}); r != want {
			t.Errorf("state %d: %+v, want %+v", state, r, want)
		}
		row := claim(0).Client
		row.Revision = r.Revision
		if rows := clients(t, s, bob, 9); !reflect.DeepEqual(rows, []store.Client{row}) {
			t.Errorf("state %d: rows %+v", state, rows)
		}
		s = reopen(s)
		if rows := clients(t, s, store.Key{}, 9); len(rows) != 2 || rows[1] != row {
			t.Errorf("state %d: rows %+v", state, rows)
		}
		if items := waiting(t, s, "new"); len(items) != 0 {
			t.Errorf("state %d: for the new owner waits %+v", state, items)
		}
		gone(t, s)
		// The new owner goes the same way, so that the next round finds the name free.
		lost := store.PutClient{Client: store.Client{Key: newcomer, Name: "ann", LastSeen: 300}}
		Do(t, s, lost)
		if r := Do(t, s, store.PutClient{Client: store.Client{Key: ann, Name: "ann"}, FreeBefore: 301}); r.Freed != newcomer || r.Verdict != store.Accepted {
			t.Errorf("state %d: back: %+v", state, r)
		}
	}
}

// gone checks that ann is nobody, and that her name is another's.
func gone(t *testing.T, s store.Server) {
	t.Helper()
	if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(9, "to nobody")}); r.Verdict != store.NoClient {
		t.Errorf("mail for who made way: %+v", r)
	}
	if r := Do(t, s, store.Advance{Member: ann, Order: 1}); r.Verdict != store.NoClient {
		t.Errorf("cursor of who made way: %+v", r)
	}
	if items := waiting(t, s, "ann"); len(items) != 0 {
		t.Errorf("for who made way waits %+v", items)
	}
	if r := Do(t, s, store.PutClient{Client: store.Client{Key: ann, Name: "ann"}}); r.Verdict != store.NameTaken {
		t.Errorf("who made way comes for the name: %+v", r)
	}
}

func nameStays(t *testing.T, s store.Server) {
	Register(t, s, "bob")
	mail := func() uint64 { return Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(1, "waits")}).Order }
	for _, c := range []struct {
		name       string
		state      store.State
		freeBefore int64
		mail       bool
	}{
		{"no time is named", store.Offline, 0, false},
		{"seen at that time", store.Offline, 100, false},
		{"seen after it", store.Left, 1, false},
		{"online", store.Online, 1 << 60, false},
		{"mail waits", store.Offline, 1 << 60, true},
	} {
		away(t, s, c.state)
		if c.mail {
			mail()
		}
		before, rows, items := head(t, s), clients(t, s, store.Key{}, 9), waiting(t, s, "ann")
		if r := Do(t, s, claim(c.freeBefore)); r != (store.Result{Verdict: store.NameTaken}) {
			t.Errorf("%s: %+v", c.name, r)
		}
		s = reopen(s)
		if got := clients(t, s, store.Key{}, 9); head(t, s) != before || !slices.Equal(got, rows) {
			t.Errorf("%s: rows %+v, before %+v", c.name, got, rows)
		}
		if got := waiting(t, s, "ann"); !slices.EqualFunc(got, items, sameItem) {
			t.Errorf("%s: waiting %+v, before %+v", c.name, got, items)
		}
	}
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(1), Orders: []uint64{mail()}})
	if r := Do(t, s, claim(1<<60)); r.Freed != ann {
		t.Errorf("when no mail waits any more: %+v", r)
	}
}

func nameMakesWayOnce(t *testing.T, s store.Server) {
	away(t, s, store.Offline)
	third := claim(150)
	third.Client.Key = Key("third")
	other := store.PutClient{Client: store.Client{Key: Key("anna"), Name: "anna"}, FreeBefore: 1 << 60}
	results := DoAll(t, s, other, claim(150), claim(150), third, store.PutClient{Client: store.Client{Key: ann, Name: "annie", LastSeen: 1}})
	for i, want := range []store.Result{{Revision: 2}, {Revision: 3, Freed: ann}, {Revision: 4}, {Verdict: store.NameTaken}, {Revision: 5}} {
		if results[i] != want {
			t.Errorf("step %d: %+v, want %+v", i, results[i], want)
		}
	}
	// The same key again frees nothing, whenever it was last seen: its row and cursor are those that it has.
	Do(t, s, post(bob, 1))
	if r := Do(t, s, claim(1<<60)); r != (store.Result{Revision: 6}) {
		t.Errorf("again: %+v", r)
	}
	if rows := clients(t, s, store.Key{}, 9); len(rows) != 3 {
		t.Errorf("rows %+v", rows)
	}
}

func knownKeyFreesNothing(t *testing.T, s store.Server) {
	away(t, s, store.Left)
	Register(t, s, "new")
	before, rows := head(t, s), clients(t, s, store.Key{}, 9)
	if r := Do(t, s, claim(1<<60)); r != (store.Result{Verdict: store.NameTaken}) {
		t.Errorf("result %+v", r)
	}
	if r := Do(t, s, store.PutClient{Client: store.Client{Key: newcomer}, FreeBefore: 1}); r != (store.Result{Verdict: store.NameTaken}) {
		t.Errorf("no name: %+v", r)
	}
	s = reopen(s)
	if got := clients(t, s, store.Key{}, 9); head(t, s) != before || !slices.Equal(got, rows) {
		t.Errorf("rows %+v, before %+v", got, rows)
	}
}

func backUnderOtherName(t *testing.T, s store.Server) {
	Register(t, s, "bob")
	away(t, s, store.Offline)
	Do(t, s, post(ann, 1))
	mail := Do(t, s, store.Deposit{To: ann, From: bob, Text: Single(1, "b")})
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(1), Orders: []uint64{mail.Order}})
	Do(t, s, claim(101))
	Do(t, s, post(bob, 1))

	back := store.PutClient{Client: store.Client{Key: ann, Name: "anna", Registered: 400}, Rewind: new(uint64)}
	before := head(t, s)
	if r := Do(t, s, back); r != (store.Result{Revision: before.Revision + 1, Cursor: before.Order}) {
		t.Errorf("back: %+v, before %+v", r, before)
	}
	s = reopen(s)
	if rows := clients(t, s, store.Key{}, 1); rows[0].Name != "anna" || rows[0].Registered != 400 || rows[0].Card != "" {
		t.Errorf("row %+v", rows[0])
	}
	quota := store.Quota{Texts: 1, PairTexts: 1}
	for i, c := range []struct {
		change store.Change
		want   store.Verdict
	}{
		{store.Deposit{To: ann, From: bob, Text: Single(1, "b"), Quota: quota}, store.Delivered}, // what she has, she has
		{store.Deposit{To: ann, From: bob, Text: Single(2, "b"), Quota: quota}, store.Accepted},
		{store.Deposit{To: ann, From: bob, Text: Single(3, "b"), Quota: quota}, store.FullMailbox},
		{post(ann, 1), store.Accepted}, // again
		{post(ann, 3), store.Gap},
		{post(ann, 2), store.Accepted},
	} {
		if r := Do(t, s, c.change); r.Verdict != c.want {
			t.Errorf("step %d: %+v, want %d", i, r, c.want)
		}
	}
	if got := orders(waiting(t, s, "ann")); !slices.Equal(got, []uint64{before.Order + 1, before.Order + 2}) {
		t.Errorf("waiting %v", got)
	}
	if got := waiting(t, s, "bob"); len(got) != 3 || got[0].From != ann { // what was posted under the old name stays
		t.Errorf("for bob waits %+v", got)
	}
	if list := untold(t, s, "bob"); len(list) != 1 || list[0].To != ann {
		t.Errorf("untold %+v", list)
	}
}
