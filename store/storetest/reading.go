package storetest

import (
	"errors"
	"slices"
	"testing"

	"udpchat/store"
)

// passage reads all of a query, page by page, and gives it by order.
func passage(t testing.TB, p store.Profile, q store.Query) (lines []store.Line) {
	t.Helper()
	limit := q.Limit
	for {
		got, err := p.Read(q)
		if err != nil || got.Damaged > 0 || len(got.Lines) > q.Limit {
			t.Fatalf("read %+v: %d lines, %d damaged, %v", q, len(got.Lines), got.Damaged, err)
		}
		if q.Oldest {
			lines = append(lines, got.Lines...)
			q.After = got.Next
		} else {
			lines = append(slices.Clone(got.Lines), lines...)
			q.Before = got.Next
		}
		if q.Limit -= len(got.Lines); got.Next == 0 || q.Limit == 0 {
			break
		}
	}
	if len(lines) > limit {
		t.Fatalf("%d lines, the limit is %d", len(lines), limit)
	}
	return lines
}

// talkative fills a profile with 300 lines, of even orders: with bob, with cat, and posts of both and of this client.
func talkative(t testing.TB, p store.Profile) (all []store.Line) {
	t.Helper()
	var changes []store.ProfileChange
	for i := range uint64(300) {
		l := store.Line{Order: 2 * (i + 1), Peer: bob, Epoch: 1, First: i + 1, Last: i + 1, Text: "text"}
		switch i % 5 {
		case 1:
			l.Peer = cat
		case 2:
			l.Post = true
		case 3:
			l.Peer, l.Post, l.Out, l.End = store.Channel, true, true, store.EndOpen
		case 4:
			l.Out, l.End = true, store.EndOpen
		}
		all = append(all, l)
		if l.Out {
			changes = append(changes, &store.Accept{Lane: store.Lane{To: l.Peer, Epoch: 1, ToEpoch: 1, Last: i + 1}, Line: l})
		} else {
			changes = append(changes, &store.Receive{Line: &l})
		}
	}
	Change(t, p, changes...)
	return all
}

func historyRead(t *testing.T, p store.Profile) {
	if got, err := p.Read(store.Query{Limit: 5}); err != nil || len(got.Lines) != 0 || got.Next != 0 {
		t.Errorf("of an empty history: %+v, %v", got, err)
	}
	all := talkative(t, p)
	p = reopen(p)
	channel := store.Channel
	for _, c := range []struct {
		name string
		q    store.Query
	}{
		{"everything", store.Query{}},
		{"with one client", store.Query{With: &bob}},
		{"with a client that said little", store.Query{With: &cat}},
		{"with someone unknown", store.Query{With: &ann}},
		{"the channel", store.Query{With: &channel}},
		{"before a line", store.Query{Before: 300}},
		{"before an order that no line has", store.Query{Before: 301, With: &bob}},
		{"after a line", store.Query{After: 300}},
		{"between", store.Query{After: 101, Before: 300}},
		{"between lines that stand side by side", store.Query{After: 100, Before: 102}},
		{"nothing between", store.Query{After: 300, Before: 100}},
		{"behind the last", store.Query{After: 600}},
		{"before the first", store.Query{Before: 2}},
	} {
		for _, oldest := range []bool{false, true} {
			for _, limit := range []int{1, 7, 64, 65, 1000} {
				c.q.Oldest, c.q.Limit = oldest, limit
				var want []store.Line
				for _, l := range all {
					if c.q.Asks(l) {
						want = append(want, l)
					}
				}
				if n := len(want); oldest {
					want = want[:min(n, limit)]
				} else {
					want = want[max(0, n-limit):]
				}
				if got := passage(t, p, c.q); !slices.Equal(got, want) {
					t.Errorf("%s, oldest %v, limit %d: %d lines, want %d", c.name, oldest, limit, len(got), len(want))
				}
			}
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Read(store.Query{Limit: 1}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
}
