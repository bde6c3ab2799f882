package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

// spoil turns over a bit of the n-th record of a bucket, in the middle of its value.
func spoil(t *testing.T, path, bucket string, n int) {
	t.Helper()
	edit(t, path, func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		c := b.Cursor()
		k, v := c.First()
		for range n {
			k, v = c.Next()
		}
		k, v = bytes.Clone(k), bytes.Clone(v)
		v[len(v)/2] ^= 4
		return b.Put(k, v)
	})
}

func TestDamagedMailIsLeftOutAndCounted(t *testing.T) {
	path := filled(t)
	spoil(t, path, "mail", 7)
	spoil(t, path, "mail", 12)
	s := must(OpenServer(path, Options{}))(t)
	items, damaged, err := s.Waiting(storetest.Key("ann"), 0, 100)
	if err != nil || len(items) != 18 || damaged != 2 {
		t.Errorf("%d items, %d damaged, %v", len(items), damaged, err)
	}
	// Whoever sends the text again makes it whole, behind what is there (protocol.md §10.2).
	x := store.Deposit{To: storetest.Key("ann"), From: storetest.Key("bob"), Text: storetest.Single(8, strings.Repeat("text ", 50))}
	if r := storetest.Do(t, s, x); r != (store.Result{Order: 21}) {
		t.Errorf("again: %+v", r)
	}
	if items, damaged, _ := s.Waiting(storetest.Key("ann"), 0, 100); len(items) != 19 || damaged != 1 || items[18].Text.Seq != 8 {
		t.Errorf("%d items, %d damaged", len(items), damaged)
	}
	// A take that names the other one leaves it: nobody can have seen it.
	storetest.Do(t, s, store.Take{To: storetest.Key("ann"), From: storetest.Key("bob"), Marks: store.Marks{Epoch: 1, ToEpoch: 1, Through: 20}, Orders: []uint64{12, 13, 14}})
	if items, damaged, _ := s.Waiting(storetest.Key("ann"), 0, 100); len(items) != 17 || damaged != 1 {
		t.Errorf("%d items, %d damaged", len(items), damaged)
	}
	closeAndCheck(t, s, path)
}

func TestADamagedRowIsAnErrorThatNamesIt(t *testing.T) {
	path := filled(t)
	spoil(t, path, "clients", 1)
	s := must(OpenServer(path, Options{}))(t)
	rows, err := s.Clients(store.Key{}, 10)
	names(t, err, path, "clients", fmt.Sprintf("%x", "bob"))
	if rows != nil {
		t.Errorf("rows %+v", rows)
	}
	closeAndCheck(t, s, path)
}

// What cannot be read may be mail for whoever is to make way, and so may be a damaged neighbour.
func TestDamagedMailKeepsAName(t *testing.T) {
	for name, c := range map[string]struct {
		owner string
		spoil []int
		want  store.Verdict
	}{
		"nothing waits":                 {"bob", nil, store.Accepted},
		"all that waits is damaged":     {"ann", []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, store.NameTaken},
		"the mail before it is damaged": {"bob", []int{19}, store.NameTaken},
	} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			for _, n := range c.spoil {
				spoil(t, path, "mail", n)
			}
			s := must(OpenServer(path, Options{}))(t)
			r := storetest.Do(t, s, store.PutClient{Client: store.Client{Key: storetest.Key("new"), Name: c.owner}, FreeBefore: 1})
			if r.Verdict != c.want || (r.Freed != store.Key{}) != (c.want == store.Accepted) {
				t.Errorf("result %+v", r)
			}
			closeAndCheck(t, s, path)
		})
	}
}

func TestADamagedSeedIsAnError(t *testing.T) {
	path := filled(t)
	edit(t, path, func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte("meta"))
		v := bytes.Clone(meta.Get([]byte("seed")))
		v[10] ^= 1
		return meta.Put([]byte("seed"), v)
	})
	s := must(OpenServer(path, Options{}))(t)
	h, err := s.Head()
	names(t, err, path, "meta", fmt.Sprintf("%x", "seed"), "restore")
	if h != (store.Head{}) {
		t.Errorf("head %+v beside an error", h)
	}
	closeAndCheck(t, s, path)
	setMeta(t, path, "seed", nil) // no other one is drawn
	s = must(OpenServer(path, Options{}))(t)
	_, err = s.Head()
	names(t, err, path, "missing")
	closeAndCheck(t, s, path)
}

// Without one of its leaps a store takes for given out what a newer copy of it gave: it says nothing rather than too little.
func TestADamagedLeapOrFormerIDIsAnError(t *testing.T) {
	for _, bucket := range []string{"leaps", "former"} {
		for n, key := range [][]byte{numberKey(20), numberKey(120)} {
			path := filled(t)
			s := must(OpenServer(path, Options{}))(t)
			storetest.DoAll(t, s, store.Renew{ID: 20}, store.Renew{ID: 120}, store.Renew{ID: 1}, store.Begin{By: 100}, store.Begin{By: 100})
			closeAndCheck(t, s, path)
			spoil(t, path, bucket, n)
			s = must(OpenServer(path, Options{}))(t)
			_, err := s.Past()
			names(t, err, path, bucket, fmt.Sprintf("%x", key), "restore")
			closeAndCheck(t, s, path)
		}
	}
}

func TestADamagedProfileIsAnErrorThatNamesTheRecord(t *testing.T) {
	for bucket, n := range map[string]int{
		"outbox": 0, "lanes": 0, "sources": 0, "parts": 0, "streams": 0, "lines": 1, "unshown": 0, "ends": 0,
		"contacts": 0, "prekeys": 0, "chains": 0, "servers": 0, "clear": 0,
	} {
		t.Run(bucket, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "profile.db")
			p := must(OpenProfile(path, Options{}))(t)
			k, x := storetest.Key("bob"), storetest.Single(1, "text")
			storetest.Change(t, p,
				&store.Accept{Items: []store.Outgoing{{To: k, Text: x}}, Lane: store.Lane{To: k, Last: 1}, Line: store.Line{Order: 1, Out: true, End: store.EndOpen}},
				&store.Receive{
					Source: &store.Source{From: k}, Part: &store.Part{From: k, Text: storetest.Part(9, 0, 2, 9)},
					Line: &store.Line{Order: 2, Peer: k, Text: "text"}, Stream: &store.Stream{Store: 1}, Chain: &store.Chain{Author: k},
				},
				store.Meet{Contacts: []store.Contact{{Key: k}}}, store.Rotate{Put: []store.Prekey{{ID: 1}}},
				store.PinServer{Pin: store.ServerPin{Address: "host:1"}},
			)
			closeAndCheck(t, p, path)
			edit(t, path, func(tx *bbolt.Tx) error { return (&file{}).shelf(tx, "clear").put(numberKey(1), new(number)) })
			spoil(t, path, bucket, n)
			p = must(OpenProfile(path, Options{}))(t)
			_, err := p.Load()
			if bucket != "ends" {
				names(t, err, path, bucket, "record")
			}
			if lines, err := p.History(0, 10); bucket == "lines" || bucket == "ends" {
				names(t, err, path, bucket)
				if len(lines) != n {
					t.Errorf("%d lines before the damaged one", len(lines))
				}
			}
			closeAndCheck(t, p, path)
		})
	}
}

func names(t *testing.T, err error, words ...string) {
	t.Helper()
	if !errors.Is(err, store.ErrDamaged) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("error %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
}

func TestEveryFlipAndCutOfARecordIsSeen(t *testing.T) {
	key := []byte("key")
	value := must(seal("mail", key, &item{From: storetest.Key("bob"), Text: storetest.Single(7, "hello")}))(t)
	if err := unseal("mail", key, value, &item{}, false); err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(value) {
		flipped := bytes.Clone(value)
		flipped[bit/8] ^= 1 << (bit % 8)
		if unseal("mail", key, flipped, &item{}, false) == nil {
			t.Errorf("bit %d was not seen", bit)
		}
	}
	for n := range value {
		if unseal("mail", key, value[:n], &item{}, false) == nil {
			t.Errorf("cut to %d bytes was not seen", n)
		}
		_ = unseal("mail", key, value[:n], &item{}, true) // must not panic
	}
	if unseal("posts", key, value, &item{}, false) == nil || unseal("mail", []byte("kez"), value, &item{}, false) == nil {
		t.Error("a record at a wrong place was not seen")
	}
	if unseal("mail", key, must(seal("mail", key, &row{Name: "ann"}))(t), &item{}, false) == nil {
		t.Error("a record of another type was not seen")
	}
}
