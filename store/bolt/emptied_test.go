package bolt

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

// Whatever went in the same transaction, the record before a place is found, and the beginning is the beginning.
func TestTheRecordBeforeAPlace(t *testing.T) {
	const n = 600
	for name, gone := range map[string]func(i uint64) bool{
		"nothing went":     func(uint64) bool { return false },
		"the beginning":    func(i uint64) bool { return i < 300 },
		"the middle":       func(i uint64) bool { return i >= 100 && i < 500 },
		"the end":          func(i uint64) bool { return i >= 300 },
		"all but the ends": func(i uint64) bool { return i > 0 && i < n-1 },
		"all but one":      func(i uint64) bool { return i != 300 },
		"everything":       func(uint64) bool { return true },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			fill := func(tx *bbolt.Tx, from, to uint64, fn func(b *bbolt.Bucket, key []byte) error) error {
				for i := from; i < to; i++ {
					if err := fn(tx.Bucket([]byte("ages")), numberKey(2*i+2)); err != nil {
						return err
					}
				}
				return nil
			}
			closeAndCheck(t, s.Server, s.path)
			edit(t, s.path, func(tx *bbolt.Tx) error {
				return fill(tx, 0, n, func(b *bbolt.Bucket, key []byte) error { return b.Put(key, make([]byte, 50)) })
			})
			edit(t, s.path, func(tx *bbolt.Tx) error {
				if err := fill(tx, 0, n, func(b *bbolt.Bucket, key []byte) error {
					if !gone(orderOf(key)/2 - 1) {
						return nil
					}
					return b.Delete(key)
				}); err != nil {
					return err
				}
				ages := (&file{path: s.path}).shelf(tx, "ages")
				var want []byte
				for place := range uint64(2*n + 4) {
					c := ages.bucket.Cursor()
					c.Seek(numberKey(place))
					if got, _ := ages.prev(c, numberKey(place)); !bytes.Equal(got, want) {
						return fmt.Errorf("before %d stands %x, want %x", place, got, want)
					}
					if i := place/2 - 1; place >= 2 && place%2 == 0 && i < n && !gone(i) {
						want = numberKey(place)
					}
				}
				return nil
			})
			s.Server = must(OpenServer(s.path, Options{}))(t)
		})
	}
}

// protocol.md §11.1: one author's posts are accepted in the order of their seqs, also while many of another one's go.
func TestPostsGoOnWhileOthersGo(t *testing.T) {
	s := newServer(t)
	storetest.Register(t, s, "ann")
	ann, bob := storetest.Key("ann"), storetest.Key("bob")
	post := func(author store.Key, base, seq uint64) store.Post {
		return store.Post{Author: author, Base: base, Text: store.Text{Epoch: 1, Seq: seq, Parts: 1, Size: 1, Body: []byte("x")}}
	}
	storetest.Do(t, s, post(ann, 1, 1))
	for seq := uint64(1); seq <= 400; seq++ {
		storetest.Do(t, s, post(bob, 1, seq))
	}
	if err := s.file.catchUp(); err != nil {
		t.Fatal(err)
	}
	changes := []store.Change{store.Trim{Elapsed: time.Minute}}
	for range 10 {
		changes = append(changes, store.Trim{Lowest: 300, Limit: 32})
	}
	for seq := uint64(2); seq <= 4; seq++ { // as a client has them on their way together
		changes = append(changes, post(ann, 2, seq))
	}
	for i, r := range storetest.DoAll(t, s, changes...)[11:] {
		if r.Verdict != store.Accepted {
			t.Errorf("seq %d, behind one that was just taken: verdict %v", i+2, r.Verdict)
		}
	}
}
