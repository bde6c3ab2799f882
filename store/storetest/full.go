package storetest

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"udpchat/store"
)

// RunServerFull runs the cases about a full disk. open gives an empty store and what makes its disk full, and not.
func RunServerFull(t *testing.T, open func(t *testing.T) (s store.Server, full func(is bool))) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s store.Server, full func(bool))
	}{
		{"a full disk refuses what is new, and says so", fullRefusesTheNew},
		{"a full disk takes what frees room, and what is there already", fullFrees},
		{"what a full disk refused left no trace", fullLeavesNoTrace},
		{"a full disk lets a text take the place of one that is no smaller", fullAnew},
		{"a full disk lets a run begin, and the id be a new one", fullBegins},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, full := open(t)
			c.run(t, s, full)
		})
	}
}

func fullRefusesTheNew(t *testing.T, s store.Server, full func(bool)) {
	Register(t, s, "ann", "bob")
	post := Single(1, "post")
	post.ToEpoch = head(t, s).ID
	full(true)
	for _, c := range []store.Change{
		store.Deposit{To: Key("ann"), From: Key("bob"), Text: Single(1, "x")},
		store.Deposit{To: Key("ann"), From: Key("bob"), Text: Part(2, 0, 3, 3000)},
		store.Post{Author: Key("bob"), Text: post},
		store.PutClient{Client: store.Client{Key: Key("cat"), Name: "cat"}},
	} {
		if r := Do(t, s, c); r != (store.Result{Verdict: store.FullDisk}) {
			t.Errorf("%T: %+v", c, r)
		}
	}
	for want, c := range map[store.Verdict]store.Change{
		store.NoClient: store.Deposit{To: Key("nobody"), From: Key("bob"), Text: Single(1, "x")},
		store.KeyTaken: store.PutClient{Client: store.Client{Key: Key("bob"), Name: "bobby"}},
	} {
		if r := Do(t, s, c); r.Verdict != want {
			t.Errorf("%T: %+v, want verdict %d", c, r, want)
		}
	}
}

func fullFrees(t *testing.T, s store.Server, full func(bool)) {
	Register(t, s, "ann", "bob")
	deposit := func(seq uint64) store.Change {
		return store.Deposit{To: Key("ann"), From: Key("bob"), Text: Single(seq, "text")}
	}
	post := Single(1, "post")
	post.ToEpoch = head(t, s).ID
	DoAll(t, s, deposit(1), deposit(2), store.Post{Author: Key("ann"), Text: post})
	full(true)
	got := DoAll(t, s, deposit(3), deposit(1), store.Post{Author: Key("ann"), Text: post},
		store.Take{To: Key("ann"), From: Key("bob"), Marks: upTo(1), Orders: []uint64{1}}, deposit(1),
		store.Told{Sender: Key("bob"), To: Key("ann"), Marks: upTo(1)},
		store.Advance{Member: Key("bob"), Order: 3},
		store.PutClient{Client: store.Client{Key: Key("bob"), Name: "bob", State: store.Online}})
	want := []store.Verdict{store.FullDisk, store.Accepted, store.Accepted, store.Accepted, store.Delivered, store.Accepted, store.Accepted, store.Accepted}
	for i, r := range got {
		if r.Verdict != want[i] {
			t.Errorf("change %d: %+v, want verdict %d", i, r, want[i])
		}
	}
	if got[1].Order != 1 || got[2].Order != 3 || got[6].Cursor != 3 || got[7].Revision != 3 {
		t.Errorf("results %+v", got)
	}
	s = reopen(s)
	if items := waiting(t, s, "ann"); len(items) != 2 || items[0].Order != 2 {
		t.Errorf("waiting %+v", items)
	}
	if list := untold(t, s, "bob"); len(list) != 0 {
		t.Errorf("untold %+v", list)
	}
}

func fullLeavesNoTrace(t *testing.T, s store.Server, full func(bool)) {
	Register(t, s, "ann", "bob")
	before := head(t, s)
	full(true)
	deposit := store.Deposit{To: Key("ann"), From: Key("bob"), Text: Single(1, "text"), Quota: store.Quota{Texts: 1}}
	post := Single(1, "post")
	post.ToEpoch = before.ID
	put := store.PutClient{Client: store.Client{Key: Key("cat"), Name: "cat"}}
	DoAll(t, s, deposit, store.Post{Author: Key("bob"), Text: post}, put, deposit)
	if h := head(t, s); h != before || len(waiting(t, s, "ann")) != 0 || len(clients(t, s, store.Key{}, 9)) != 2 {
		t.Errorf("head %+v, before %+v", h, before)
	}
	full(false)
	for i, r := range DoAll(t, s, deposit, store.Post{Author: Key("bob"), Text: post}, put) {
		if r.Verdict != store.Accepted || i < 2 && r.Order != uint64(i+1) || i == 2 && r.Revision != 3 {
			t.Errorf("change %d: %+v", i, r)
		}
	}
	if items := waiting(t, reopen(s), "ann"); len(items) != 2 || !bytes.Equal(items[0].Text.Body, []byte("text")) {
		t.Errorf("waiting %+v", items)
	}
}

func fullAnew(t *testing.T, s store.Server, full func(bool)) {
	Register(t, s, "ann")
	anew := func(body string) store.Change {
		return store.Deposit{To: Key("ann"), From: Key("bob"), Text: Single(1, body), Anew: true}
	}
	DoAll(t, s, anew("sealed"))
	full(true)
	for i, c := range []struct {
		body string
		want store.Result
	}{
		{"larger than it was", store.Result{Verdict: store.FullDisk}},
		{"sealed", store.Result{Order: 2}},
		{"small", store.Result{Order: 3}},
	} {
		if r := Do(t, s, anew(c.body)); r != c.want {
			t.Errorf("step %d: %+v, want %+v", i, r, c.want)
		}
	}
	if items := waiting(t, reopen(s), "ann"); len(items) != 1 || items[0].Order != 3 {
		t.Errorf("waiting %+v", items)
	}
}

func fullBegins(t *testing.T, s store.Server, full func(bool)) {
	Register(t, s, "ann")
	full(true)
	want, wantPast := past(t, s).Renew(head(t, s)).Begin(head(t, s), 1<<40)
	want.ID = 99
	DoAll(t, s, store.Renew{ID: 99}, store.Begin{By: 1 << 40})
	s = reopen(s)
	if h, p := head(t, s), past(t, s); !reflect.DeepEqual(h, want) || !reflect.DeepEqual(p, wantPast) {
		t.Errorf("head %+v, past %+v, want %+v, %+v", h, p, want, wantPast)
	}
}

// RunProfileFull does for a profile what RunServerFull does.
func RunProfileFull(t *testing.T, open func(t *testing.T) (p store.Profile, full func(is bool))) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, p store.Profile, full func(bool))
	}{
		{"a full disk refuses a typed text", fullRefusesAccept},
		{"what is received waits for room, in order, and is overtaken", fullReceiveWaits},
		{"what waits when the store closes did not happen", fullWaitsAtClose},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, full := open(t)
			c.run(t, p, full)
		})
	}
}

func fullRefusesAccept(t *testing.T, p store.Profile, full func(bool)) {
	Change(t, p, accept(1, 1))
	full(true)
	for _, c := range []store.ProfileChange{accept(2, 2), store.PinServer{Pin: store.ServerPin{Address: "a:1"}}} {
		answer := make(chan error, 1)
		p.Submit(c, func(err error) { answer <- err })
		if err := <-answer; !errors.Is(err, store.ErrFull) {
			t.Errorf("%T: %v", c, err)
		}
	}
	if l := load(t, p); len(l.Outbox) != 1 || l.Lanes[0].Last != 1 || l.Lines != 1 || len(l.Servers) != 0 {
		t.Errorf("loaded %+v", l)
	}
	full(false)
	Change(t, p, accept(2, 2))
	if l := load(t, p); len(l.Outbox) != 2 || l.Lines != 2 {
		t.Errorf("loaded %+v", l)
	}
}

// received is a line of bob's, with the marks of all before it.
func received(seq uint64) *store.Receive {
	l := line(seq, false)
	return &store.Receive{Source: &store.Source{From: bob, Marks: upTo(seq)}, Line: &l}
}

func fullReceiveWaits(t *testing.T, p store.Profile, full func(bool)) {
	told := make(chan bool, 9)
	p.WhenCrowded(func(waits bool) { told <- waits })
	Change(t, p, accept(1, 100))
	full(true)
	answers := make(chan uint64, 9)
	for seq := uint64(1); seq <= 3; seq++ {
		p.Submit(received(seq), func(err error) {
			if err != nil {
				t.Error(err)
			}
			answers <- seq
		})
	}
	if !<-told {
		t.Error("told of room")
	}
	Change(t, p, store.Shown{}, store.Meet{Contacts: []store.Contact{{Key: cat, Name: "cat"}}})
	if l := load(t, p); len(answers) > 0 || len(l.Inbox) > 0 || len(l.Unshown) > 0 || len(l.Contacts) != 1 {
		t.Errorf("%d answers, loaded %+v", len(answers), l)
	}
	full(false)
	for seq := uint64(1); seq <= 3; seq++ {
		select {
		case got := <-answers:
			if got != seq {
				t.Errorf("answer %d, want %d", got, seq)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it waits although there is room")
		}
	}
	if <-told {
		t.Error("told again")
	}
	l := load(t, p)
	if len(l.Unshown) != 3 || len(l.Inbox) != 1 || !sameMarks(l.Inbox[0].Marks, upTo(3)) {
		t.Errorf("loaded %+v", l)
	}
}

func fullWaitsAtClose(t *testing.T, p store.Profile, full func(bool)) {
	full(true)
	answers := make(chan error, 9)
	for seq := uint64(1); seq <= 2; seq++ {
		p.Submit(received(seq), func(err error) { answers <- err })
	}
	p.Submit(store.Meet{}, func(err error) { answers <- err })
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	var got []error
	for range 3 {
		got = append(got, <-answers)
	}
	full1 := func(err error) bool { return errors.Is(err, store.ErrFull) }
	if slices.IndexFunc(got, full1) != 1 || !full1(got[2]) {
		t.Errorf("answers %v", got)
	}
}
