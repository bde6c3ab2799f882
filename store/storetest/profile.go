package storetest

import (
	"errors"
	"reflect"
	"testing"

	"udpchat/store"
)

// RunProfile runs the suite on a client's store. open gives an empty one, and closes it when the test ends.
func RunProfile(t *testing.T, open func(t *testing.T) store.Profile) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, p store.Profile)
	}{
		{"a new profile has a seed and an epoch, and keeps them", newProfile},
		{"an accepted text is in the outbox and in the history", accepted},
		{"what is settled leaves the outbox", settled},
		{"a line's end is noted with what ends it", endsNoted},
		{"a renumbered lane has the new texts only", renumbered},
		{"lanes that hold nothing make way", lanesByUse},
		{"a source's marks are replaced, by both epochs", sourceReplaced},
		{"parts are kept until their text is whole", partsUntilWhole},
		{"parts of another lane stay", partsOfOtherLane},
		{"parts of a text that can't become whole go", partsTorn},
		{"a dropped source goes with its parts", sourceDropped},
		{"a stream is kept per store", streamsKept},
		{"lines are unshown until they were shown", linesShown},
		{"history is listed in pages", historyInPages},
		{"history is read from both ends, with one client or all", historyRead},
		{"contacts are replaced, and listed by key", contactsReplaced},
		{"prekeys are replaced and forgotten, and listed by id", prekeysRotated},
		{"a chain moves with what was received", chainsReceived},
		{"a chain moves with what was settled", chainsSettled},
		{"a server is pinned per address", serversPinned},
		{"only a store that was known may be bound", knownStoresBound},
		{"changes after close are refused", closedProfileRefuses},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
	t.Run("random changes agree with the model", func(t *testing.T) { profileModel(t, open) })
}

func newProfile(t *testing.T, p store.Profile) {
	l := load(t, p)
	if l.Seed == [32]byte{} || l.Epoch == 0 || !reflect.DeepEqual(l, store.Loaded{Seed: l.Seed, Epoch: l.Epoch}) {
		t.Errorf("loaded %+v", l)
	}
	if again := load(t, reopen(p)); again.Seed != l.Seed || again.Epoch != l.Epoch {
		t.Errorf("loaded %+v, before %+v", again, l)
	}
}

func line(order uint64, out bool) store.Line {
	return store.Line{
		Order: order, Peer: bob, Epoch: 1, First: order, Last: order, Time: -1, Arrived: 1 << 60, Out: out,
		Post: order%2 == 0, Mail: order%3 == 0, Text: "text ☺",
	}
}

func accept(last uint64, order uint64) *store.Accept {
	a := &store.Accept{Lane: store.Lane{To: bob, Epoch: 1, ToEpoch: 1, Last: last}, Line: line(order, true)}
	for seq := uint64(1); seq <= last; seq++ {
		a.Items = append(a.Items, store.Outgoing{To: bob, Text: Single(seq, "x"), Line: order})
	}
	return a
}

func accepted(t *testing.T, p store.Profile) {
	a := accept(3, 1)
	Change(t, p, a)
	a.Items[0].Text.Body[0] = 'Y'
	p = reopen(p)
	for range 2 {
		l := load(t, p)
		if len(l.Outbox) != 3 || !reflect.DeepEqual(l.Outbox[0], accept(1, 1).Items[0]) || l.Lines != 1 || len(l.Unshown) != 0 {
			t.Errorf("loaded %+v", l)
		}
		if !reflect.DeepEqual(l.Lanes, []store.Lane{a.Lane}) {
			t.Errorf("lanes %+v", l.Lanes)
		}
		l.Outbox[0].Text.Body[0] = 'Z'
	}
	if h := history(t, p, 0, 9); !reflect.DeepEqual(h, []store.Line{a.Line}) {
		t.Errorf("history %+v", h)
	}
}

func settled(t *testing.T, p store.Profile) {
	Change(t, p, accept(5, 1))
	Change(t, p,
		store.Settle{To: bob, Epoch: 1, ToEpoch: 1, Seqs: []uint64{2, 4, 99}},
		store.Settle{To: bob, Epoch: 1, ToEpoch: 2, Seqs: []uint64{1}},
		store.Settle{To: cat, Epoch: 1, ToEpoch: 1, Seqs: []uint64{1}},
	)
	if got := outboxSeqs(load(t, reopen(p))); !reflect.DeepEqual(got, []uint64{1, 3, 5}) {
		t.Errorf("outbox %v", got)
	}
}

func endsNoted(t *testing.T, p store.Profile) {
	accept := func(order uint64, end store.End) *store.Accept {
		a := accept(order, order)
		a.Line.End = end
		return a
	}
	received := line(5, false)
	Change(t, p, accept(1, store.EndOpen), accept(2, store.EndOpen), accept(3, store.EndUnnoted), accept(4, store.EndOpen), &store.Receive{Line: &received})
	lane := store.Lane{To: bob, Epoch: 1, ToEpoch: 1, Last: 4}
	Change(t, p,
		store.Settle{To: bob, Epoch: 1, ToEpoch: 1, Seqs: []uint64{1}, Ends: []store.Ended{{Line: 1, End: store.EndDelivered}, {Line: 3, End: store.EndDelivered}, {Line: 5, End: store.EndDelivered}, {Line: 99, End: store.EndDelivered}}},
		store.Renumber{Old: []store.Lane{lane}, New: lane, Ends: []store.Ended{{Line: 2, End: store.EndGivenUp}}},
	)
	p = reopen(p)
	var ends []store.End
	for _, l := range history(t, p, 0, 9) {
		ends = append(ends, l.End)
	}
	if want := []store.End{store.EndDelivered, store.EndGivenUp, store.EndUnnoted, store.EndOpen, store.EndUnnoted}; !reflect.DeepEqual(ends, want) {
		t.Errorf("ends %v, want %v", ends, want)
	}
	Change(t, p, accept(99, store.EndOpen)) // what was not there has taken nothing of what is to come
	if h := history(t, p, 5, 9); len(h) != 1 || h[0].End != store.EndOpen {
		t.Errorf("history %+v", h)
	}
}

func renumbered(t *testing.T, p store.Profile) {
	a := accept(100, 1)
	Change(t, p, a, store.Settle{To: bob, Epoch: 1, ToEpoch: 1, Seqs: []uint64{1}})
	other := store.Outgoing{To: cat, Text: Single(1, "other lane")}
	Change(t, p, &store.Accept{Items: []store.Outgoing{other}, Lane: store.Lane{To: cat, Epoch: 1, ToEpoch: 1, Last: 1}, Line: line(2, true)})
	x := Single(1, "anew")
	x.ToEpoch = 2
	next := store.Outgoing{To: bob, Text: x, Line: 1}
	Change(t, p, store.Renumber{Old: []store.Lane{a.Lane}, New: store.Lane{To: bob, Epoch: 1, ToEpoch: 2, Last: 1}, Items: []store.Outgoing{next}})
	l := load(t, reopen(p))
	if !reflect.DeepEqual(l.Outbox, []store.Outgoing{next, other}) {
		t.Errorf("outbox %+v", l.Outbox)
	}
}

// lanesByUse: a lane stays while something of it is in the outbox, and after that until its recipient gets a new one.
func lanesByUse(t *testing.T, p store.Profile) {
	use := func(epoch, last uint64, texts ...uint64) *store.Accept {
		a := &store.Accept{Lane: store.Lane{To: bob, Epoch: epoch, ToEpoch: 1, Last: last}, Line: line(10*epoch+last, true)}
		for _, seq := range texts {
			x := Single(seq, "x")
			x.Epoch = epoch
			a.Items = append(a.Items, store.Outgoing{To: bob, Text: x})
		}
		return a
	}
	lanes := func(name string, want ...store.Lane) {
		t.Helper()
		if l := load(t, reopen(p)); !reflect.DeepEqual(l.Lanes, want) {
			t.Errorf("%s: lanes %+v, want %+v", name, l.Lanes, want)
		}
	}
	other := &store.Accept{Lane: store.Lane{To: cat, Epoch: 5, ToEpoch: 1, Last: 1}, Line: line(3, true)}
	Change(t, p, other, use(5, 1), use(5, 2, 2))
	lanes("one each", other.Lane, use(5, 2).Lane)
	Change(t, p, use(9, 1, 1), use(2, 3, 3), use(5, 3, 3))
	lanes("all hold something, by first use", other.Lane, use(5, 3).Lane, use(9, 1).Lane, use(2, 3).Lane)
	Change(t, p, store.Settle{To: bob, Epoch: 9, ToEpoch: 1, Seqs: []uint64{1}})
	lanes("one holds nothing any more", other.Lane, use(5, 3).Lane, use(9, 1).Lane, use(2, 3).Lane)
	Change(t, p, use(7, 1, 1))
	lanes("a new one", other.Lane, use(5, 3).Lane, use(2, 3).Lane, use(7, 1).Lane)
	Change(t, p, store.Renumber{Old: []store.Lane{use(5, 3).Lane, use(2, 3).Lane}, New: use(8, 1).Lane, Items: use(8, 1, 1).Items})
	lanes("two became one", other.Lane, use(7, 1).Lane, use(8, 1).Lane)
}

func linesShown(t *testing.T, p store.Profile) {
	for order := uint64(1); order <= 200; order++ {
		l := line(order, false)
		Change(t, p, &store.Receive{Line: &l})
	}
	Change(t, p, accept(1, 201))
	l := load(t, reopen(p))
	if len(l.Unshown) != 200 || l.Unshown[99] != line(100, false) || l.Lines != 201 {
		t.Errorf("%d unshown, %d lines", len(l.Unshown), l.Lines)
	}
	Change(t, p, store.Shown{Lines: []uint64{1, 2, 200, 999}})
	if l := load(t, reopen(p)); len(l.Unshown) != 197 || l.Unshown[0].Order != 3 {
		t.Errorf("%d unshown", len(l.Unshown))
	}
}

func historyInPages(t *testing.T, p store.Profile) {
	var changes []store.ProfileChange
	for order := uint64(1); order <= 150; order++ {
		l := line(order*2, false)
		changes = append(changes, &store.Receive{Line: &l})
	}
	Change(t, p, changes...)
	for _, limit := range []int{1, 64, 65, 1000} {
		var got []store.Line
		for {
			var after uint64
			if len(got) > 0 {
				after = got[len(got)-1].Order
			}
			page := history(t, p, after, limit)
			if got = append(got, page...); len(page) < limit {
				break
			}
		}
		if len(got) != 150 || got[149] != line(300, false) {
			t.Errorf("limit %d: %d lines", limit, len(got))
		}
	}
}

func closedProfileRefuses(t *testing.T, p store.Profile) {
	Change(t, p, accept(1, 1))
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	p.Submit(store.Meet{}, func(err error) { answer <- err })
	if err := <-answer; !errors.Is(err, store.ErrClosed) {
		t.Errorf("change after close: %v", err)
	}
	if _, err := p.Load(); !errors.Is(err, store.ErrClosed) {
		t.Errorf("load after close: %v", err)
	}
}

func load(t testing.TB, p store.Profile) store.Loaded {
	t.Helper()
	l, err := p.Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func history(t testing.TB, p store.Profile, after uint64, limit int) []store.Line {
	t.Helper()
	lines, err := p.History(after, limit)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func outboxSeqs(l store.Loaded) (seqs []uint64) {
	for _, o := range l.Outbox {
		seqs = append(seqs, o.Text.Seq)
	}
	return seqs
}
