package bolt

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
	"udpchat/store"
	"udpchat/store/storetest"
)

func TestTheFirstVersionsServerIsWhole(t *testing.T) {
	path := v1(t, "server.db")
	s := must(OpenServer(path, Options{}))(t)
	h := must(s.Head())(t)
	if want := (store.Head{ID: v1Store, Revision: 5, Order: 8, Seed: h.Seed}); h != want || h.Seed == [32]byte{} {
		t.Errorf("head %+v, want %+v", h, want)
	}
	if rows := must(s.Clients(store.Key{}, 9))(t); !slices.Equal(rows, v1Clients) {
		t.Errorf("clients %+v", rows)
	}
	for name, c := range map[string]struct {
		key   store.Key
		epoch uint64
		want  []string
	}{
		"ann":  {annKey, v1Ann, v1Posts},
		"ben":  {benKey, v1Ben, append(slices.Clone(v1Mail), v1Posts[1])},
		"cleo": {cleoKey, v1Cleo, v1Posts},
	} {
		if got := v1Waiting(t, s, c.key, c.epoch); !slices.Equal(got, c.want) {
			t.Errorf("for %s waits %q, want %q", name, got, c.want)
		}
	}
	closeAndCheck(t, s, path)
	unchanged(t, path, len(migrations.Server), func() interface{ Close() error } {
		s := must(OpenServer(path, Options{}))(t)
		if again := must(s.Head())(t); again != h {
			t.Errorf("head %+v, before %+v", again, h)
		}
		return s
	})
	if other := must(OpenServer(v1(t, "server.db"), Options{}))(t); must(other.Head())(t).Seed == h.Seed {
		t.Error("two servers have the same seed")
	} else if err := other.Close(); err != nil {
		t.Error(err)
	}
}

// v1Waiting lists what waits, and checks the identities: all of it is from ann, to one's epoch or to the store.
func v1Waiting(t *testing.T, s *Server, to store.Key, epoch uint64) (list []string) {
	t.Helper()
	items, damaged, err := s.Waiting(to, 0, 100)
	if err != nil || damaged > 0 {
		t.Fatalf("waiting: %v, %d damaged", err, damaged)
	}
	for _, it := range items {
		what, toEpoch := "mail", epoch
		if it.Post {
			what, toEpoch = "post", v1Store
		}
		if x := it.Text; it.From != annKey || x.Epoch != v1Ann || x.ToEpoch != toEpoch || x.Flags != 0 || x.Parts == 1 && int(x.Size) != len(x.Body) || x.Parts > 1 && int(x.Size) != len(v1Long()) {
			t.Errorf("item %+v", it)
		}
		list = append(list, fmt.Sprintf("%d %s %d %d/%d %s", it.Order, what, it.Text.Seq, it.Text.Part, it.Text.Parts, it.Text.Body))
	}
	return list
}

func TestTheFirstVersionsNamesBelongToTheirKeys(t *testing.T) {
	path := v1(t, "server.db")
	s := must(OpenServer(path, Options{}))(t)
	long := int64(math.MaxInt64)
	other := storetest.Key("other")
	for i, c := range []struct {
		key        store.Key
		name       string
		freeBefore int64
		want       store.Result
	}{
		{other, "ann", 0, store.Result{Verdict: store.NameTaken}},
		{other, "ben", 0, store.Result{Verdict: store.NameTaken}},
		{other, "cleo", 0, store.Result{Verdict: store.NameTaken}},
		{other, "ann", long, store.Result{Verdict: store.NameTaken}}, // online
		{other, "ben", long, store.Result{Verdict: store.NameTaken}}, // mail waits
		{benKey, "benno", 0, store.Result{Verdict: store.KeyTaken}},
		{benKey, "ben", 0, store.Result{Revision: 6, Cursor: 1}},
		{other, "cleo", 1795417148899646, store.Result{Verdict: store.NameTaken}},
		{other, "cleo", 1795417148899647, store.Result{Revision: 7, Cursor: 8, Freed: cleoKey}},
	} {
		if r := storetest.Do(t, s, store.PutClient{Client: store.Client{Key: c.key, Name: c.name, Card: "card"}, FreeBefore: c.freeBefore}); r != c.want {
			t.Errorf("step %d: %+v, want %+v", i, r, c.want)
		}
	}
	closeAndCheck(t, s, path)
	s = must(OpenServer(path, Options{}))(t)
	rows := must(s.Clients(store.Key{}, 9))(t)
	if len(rows) != 3 || rows[0] != v1Clients[0] || rows[1].Key != other || rows[2].Card != "card" || rows[2].Registered != v1Clients[2].Registered {
		t.Errorf("clients %+v", rows)
	}
	closeAndCheck(t, s, path)
}

func TestADamagedRowOfTheFirstVersionIsLeftAlone(t *testing.T) {
	path := v1(t, "server.db")
	spoil(t, path, "clients", 1)
	row := func(k store.Key) (v []byte) {
		edit(t, path, func(tx *bbolt.Tx) error { v = bytes.Clone(tx.Bucket([]byte("clients")).Get(k[:])); return nil })
		return v
	}
	before, sane := row(cleoKey), row(benKey)
	s := must(OpenServer(path, Options{}))(t)
	_, err := s.Clients(store.Key{}, 9)
	names(t, err, path, "clients", fmt.Sprintf("%x", cleoKey), "checksum")
	if rows := must(s.Clients(store.Key{}, 1))(t); !slices.Equal(rows, v1Clients[:1]) {
		t.Errorf("the row before it: %+v", rows)
	}
	closeAndCheck(t, s, path)
	if after := row(cleoKey); !bytes.Equal(after, before) {
		t.Errorf("the damaged row is %x, was %x", after, before)
	}
	if after := row(benKey); len(after) != len(sane)+2 {
		t.Errorf("a sound row is %x, was %x", after, sane)
	}
	// The next opening finds it as it is, too.
	closeAndCheck(t, must(OpenServer(path, Options{}))(t), path)
	if after := row(cleoKey); !bytes.Equal(after, before) {
		t.Errorf("the damaged row is %x, was %x", after, before)
	}
}

func TestTheFirstVersionsServerWithoutItsDirectoryIsDamaged(t *testing.T) {
	path := v1(t, "server.db")
	edit(t, path, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("clients")) })
	refused(t, path, store.ErrDamaged, "clients", "missing", "restore")
	refused(t, path, store.ErrDamaged, "clients", "missing", "restore")
}
