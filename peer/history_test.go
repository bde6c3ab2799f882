package peer

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/store"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// said are the lines of a history, as they would be told.
func said(p Past) (list []string) {
	for _, l := range p.Lines {
		way := "from"
		if l.Out {
			way = "to"
		}
		if l.Post {
			way += " all"
		}
		list = append(list, fmt.Sprintf("%s %s: %s (%d)", way, l.Name, l.Text, l.End))
	}
	return list
}

func TestHistoryIsReadBesideTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		h := newHost(t, n)
		ann, bob := h.client(t, n, 1, "ann"), h.client(t, n, 2, "bob")
		for _, c := range []*Client{ann, bob} {
			c.Register()
			next(t, c, Welcome{Name: c.core.cfg.Name})
		}
		for i := range 100 {
			text := fmt.Sprintf("Grüße %d", i)
			ann.Send("bob", text)
			next(t, ann, Delivered{To: "bob"})
		}
		bob.SendAll("an ANSWER to all")
		next(t, bob, append(arrivals(100), Stored{})...)
		next(t, ann, Arrived{Line: 101, From: "bob", Text: "an ANSWER to all", Post: true})
		bob.Send("ann", "an answer to ann")
		next(t, ann, Arrived{Line: 102, From: "bob", Text: "an answer to ann"})
		synctest.Wait()
		for _, c := range []struct {
			name string
			r    Reading
			want []string
			more bool
		}{
			{"the newest", Reading{Limit: 3}, []string{"to bob: Grüße 99 (2)", "from all bob: an ANSWER to all (0)", "from bob: an answer to ann (0)"}, true},
			{"the oldest", Reading{Limit: 1, Oldest: true}, []string{"to bob: Grüße 0 (2)"}, true},
			{"with a name", Reading{With: "bob", Limit: 2}, []string{"to bob: Grüße 99 (2)", "from bob: an answer to ann (0)"}, true},
			{"the channel", Reading{Channel: true, Limit: 2}, []string{"from all bob: an ANSWER to all (0)"}, false},
			{"before a line", Reading{Before: 3, Limit: 5}, []string{"to bob: Grüße 0 (2)", "to bob: Grüße 1 (2)"}, false},
			{"after a line", Reading{After: 101, Oldest: true, Limit: 5}, []string{"from bob: an answer to ann (0)"}, false},
			{"words", Reading{Words: []string{"Answer", "AN"}, Limit: 5}, []string{"from all bob: an ANSWER to all (0)", "from bob: an answer to ann (0)"}, false},
			{"words of one talk, far back", Reading{Words: []string{"GRÜSSE", ""}, Limit: 5}, nil, false},
			{"words in other letters, far back", Reading{Words: []string{"GRÜßE 1"}, With: "bob", Limit: 2}, []string{"to bob: Grüße 18 (2)", "to bob: Grüße 19 (2)"}, true},
			{"as many as there are", Reading{Words: []string{"answer"}, Limit: 2}, []string{"from all bob: an ANSWER to all (0)", "from bob: an answer to ann (0)"}, true},
		} {
			got, err := ann.History(t.Context(), c.r)
			if err != nil || got.Damaged != 0 || got.More != c.more || fmt.Sprint(said(got)) != fmt.Sprint(c.want) {
				t.Errorf("%s: %q, more %v, %v; want %q", c.name, said(got), got.More, err, c.want)
			}
		}
		if _, err := ann.History(t.Context(), Reading{With: "cat", Limit: 1}); !errors.Is(err, ErrUnknown) {
			t.Errorf("of an unknown name: %v", err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := ann.History(ended, Reading{Limit: 1}); !errors.Is(err, context.Canceled) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// slow is a profile on a disk that takes its time.
type slow struct{ store.Profile }

func (p slow) Submit(c store.ProfileChange, done func(error)) {
	time.AfterFunc(10*time.Second, func() { p.Profile.Submit(c, done) })
}

// What was told is waited for, however long the disk takes: a history that is asked for at once has it, as it was told.
func TestHistoryWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		h := newHost(t, n)
		ann := h.client(t, n, 1, "ann")
		ann.Register()
		next(t, ann, Welcome{Name: "ann"})
		synctest.Wait()
		ann.profile = slow{ann.profile}
		ann.SendAll("to all")
		next(t, ann, Stored{})
		got, err := ann.History(t.Context(), Reading{Limit: 9})
		if want := []string{"to all : to all (2)"}; err != nil || fmt.Sprint(said(got)) != fmt.Sprint(want) {
			t.Errorf("%q, %v, want %q", said(got), err, want)
		}
	})
}

func arrivals(n int) (list []Notice) {
	for i := range n {
		list = append(list, Arrived{Line: uint64(i + 1), From: "ann", Text: fmt.Sprintf("Grüße %d", i)})
	}
	return list
}

// torn is a profile with records that can't be read.
type torn struct {
	store.Profile
	err error
}

func (p torn) Read(q store.Query) (store.Passage, error) {
	if p.err != nil {
		return store.Passage{}, p.err
	}
	got, err := p.Profile.Read(q)
	got.Damaged++
	return got, err
}

func TestHistoryCountsWhatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		h := newHost(t, n)
		ann := h.client(t, n, 1, "ann")
		var past Past
		lines, err := past.read(t.Context(), torn{ann.profile, nil}, store.Query{Limit: 1}, nil)
		if err != nil || len(lines) != 0 || past.Damaged != 1 {
			t.Errorf("%d lines, %d damaged, %v", len(lines), past.Damaged, err)
		}
		if _, err := past.read(t.Context(), torn{ann.profile, store.ErrDamaged}, store.Query{Limit: 1}, nil); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("read: %v", err)
		}
	})
}

// A name that nobody has now is known as long as its key is.
func TestHistoryOfWhoIsGone(t *testing.T) {
	b, friends := readyBench(t, "bob")
	b.send(friends[0], "hello")
	k, ok := b.core.keyOf("bob")
	if !ok || k != friends[0].key {
		t.Errorf("bob is %v, %v", k, ok)
	}
	b.restart()
	if k, ok = b.core.keyOf("Bob"); !ok || k != friends[0].key || b.core.nameOf(k) != "bob" {
		t.Errorf("bob is %v, %v, called %s", k, ok, b.core.nameOf(k))
	}
	if _, ok := b.core.keyOf("cat"); ok {
		t.Error("cat is known")
	}
}

func TestHistoryOfAClientThatStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		c, err := New(Config{Name: "ann", Server: link.Path{Remote: server.addr}}, n.Listen(netip.MustParseAddrPort("10.0.0.1:4000")), newProfile(1))
		if err != nil {
			t.Fatal(err)
		}
		running(t, c.Run)()
		if _, err := c.History(t.Context(), Reading{With: "bob"}); !errors.Is(err, ErrStopped) {
			t.Errorf("read: %v", err)
		}
	})
}
