package bolt

import (
	"fmt"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
	"udpchat/store"
	"udpchat/store/storetest"
)

// What is in testdata/v2, which the program wrote when servers first had an identity: see the README there.
const v2Store = 0x623c7da2d76b8160

func v2Names(rows []store.Client) (names []string) {
	for _, r := range rows {
		names = append(names, fmt.Sprintf("%s %d %d", r.Name, r.State, len(r.Card)))
	}
	return names
}

func TestTheSecondSchemasServerIsWhole(t *testing.T) {
	path := kept(t, "v2", "server.db")
	s := must(OpenServer(path, Options{}))(t)
	h := must(s.Head())(t)
	if h.ID != v2Store || h.Revision != 5 || h.Order != 9 || h.Seed == [32]byte{} {
		t.Errorf("head %+v", h)
	}
	rows := must(s.Clients(store.Key{}, 9))(t)
	if got := v2Names(rows); !slices.Equal(got, []string{"ann 1 196", "ben 2 196", "cleo 2 196"}) {
		t.Fatalf("clients %q", got)
	}
	var waits []string
	items, damaged, err := s.Waiting(rows[1].Key, 0, 99)
	if err != nil || damaged > 0 {
		t.Fatalf("waiting: %v, %d damaged", err, damaged)
	}
	for _, it := range items {
		waits = append(waits, fmt.Sprintf("%d %v %d %d/%d %d", it.Order, it.Post, it.Text.Seq, it.Text.Part, it.Text.Parts, it.Text.Flags))
	}
	if want := []string{"2 false 2 0/1 2", "3 false 3 0/1 2", "4 false 4 0/1 2", "5 false 5 0/4 2", "6 false 6 1/4 2", "7 false 7 2/4 2",
		"8 false 8 3/4 2", "9 true 2 0/1 2"}; !slices.Equal(waits, want) {
		t.Errorf("for ben waits %q", waits)
	}
	if p := must(s.Past())(t); len(p.Leaps)+len(p.Former) > 0 {
		t.Errorf("past %+v", p)
	}
	closeAndCheck(t, s, path)
	unchanged(t, path, len(migrations.Server), func() interface{ Close() error } { return must(OpenServer(path, Options{}))(t) })
}

// What a start leaps over is kept, also in a file of schema 2 that has room for it: some have.
func TestLeapsOfTheSecondSchema(t *testing.T) {
	path := kept(t, "v2", "server.db")
	edit(t, path, func(tx *bbolt.Tx) error {
		for _, name := range []string{"leaps", "former"} {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
	for run := range 3 {
		s := must(OpenServer(path, Options{}))(t)
		if p := must(s.Past())(t); len(p.Leaps) != run {
			t.Errorf("run %d: %+v", run, p)
		}
		storetest.Do(t, s, store.Begin{By: 1 << 41})
		storetest.Do(t, s, store.Deposit{To: storetest.Key("ben"), From: storetest.Key("ann"), Text: storetest.Single(uint64(run)+1, "text")})
		closeAndCheck(t, s, path)
	}
}

func TestTheSecondSchemasProfilesAreWhole(t *testing.T) {
	both := []string{"post one", "direct from ann", "direct from ben"}
	for name, c := range map[string]struct {
		history         []string
		outbox          []uint64 // seqs
		contacts, chain int
	}{
		"ann":  {append(slices.Clone(both), "mail one from ann", "mail two from ann", "mail three from ann", "long from ann", "post two"), []uint64{2, 3, 4, 5, 6, 7, 8}, 1, 1},
		"ben":  {both, nil, 1, 1},
		"cleo": {nil, nil, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			path := kept(t, "v2", name+".db")
			p := must(OpenProfile(path, Options{}))(t)
			l := must(p.Load())(t)
			if l.Seed == [32]byte{} || len(l.Prekeys) != 1 || len(l.Servers) != 1 || len(l.Contacts) != c.contacts || len(l.Chains) != c.chain {
				t.Errorf("loaded %+v", l)
			}
			var outbox []uint64
			for _, o := range l.Outbox {
				outbox = append(outbox, o.Text.Seq)
			}
			var history []string
			for _, x := range must(p.History(0, 99))(t) {
				history = append(history, x.Text[:min(len(x.Text), 19)])
				if len(x.Text) > 1000 {
					history[len(history)-1] = x.Text[:13]
				}
			}
			if !slices.Equal(outbox, c.outbox) || !slices.Equal(history, c.history) {
				t.Errorf("outbox %v, history %q", outbox, history)
			}
			closeAndCheck(t, p, path)
			unchanged(t, path, len(migrations.Profile), func() interface{ Close() error } { return must(OpenProfile(path, Options{}))(t) })
		})
	}
}
