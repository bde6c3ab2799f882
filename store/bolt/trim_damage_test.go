package bolt

import (
	"math"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

// protocol.md §11.4: what goes by its age goes by the mark before a damaged one, which is passed over.
func TestADamagedMarkIsPassedOver(t *testing.T) {
	s := newServer(t)
	p := newPosting(t, s)
	for range 3 { // marks at ages of an hour each, through orders 2, 4 and 6
		p.posts(2)
		storetest.Do(t, s, store.Trim{Elapsed: time.Hour})
	}
	mark := numberKey(uint64((2 * time.Hour).Microseconds()))
	harm(t, s, "ages", mark)
	storetest.Do(t, s, store.Trim{Elapsed: 30 * time.Minute})
	trim := store.Trim{Spare: 90 * time.Minute, Lowest: math.MaxUint64, Limit: 9}
	if n := storetest.Do(t, s, trim).Removed; n != 2 {
		t.Errorf("%d posts went, want those of the mark before", n)
	}
	trim.Spare = 0
	if n := storetest.Do(t, s, trim).Removed; n != 4 {
		t.Errorf("%d posts went, want the rest", n)
	}
	if err := s.file.view(func(tx *bbolt.Tx) error {
		if v := tx.Bucket([]byte("ages")).Get(mark); v != nil {
			t.Error("the damaged mark is still there")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// protocol.md §11.4: posts make way when the log is too large. It does not count as larger than it is, whatever was damaged in it.
func TestADamagedPostCountsNoMoreWhenItWent(t *testing.T) {
	s := newServer(t)
	p := newPosting(t, s)
	p.posts(5)
	harm(t, s, "posts", numberKey(2))
	p.s = s
	p.trim(2)
	var log logState
	if err := s.file.view(func(tx *bbolt.Tx) error { return s.file.shelf(tx, metaBucket).must(channelKey, &log) }); err != nil {
		t.Fatal(err)
	}
	if most := 3 * (store.Text{Body: make([]byte, 277)}).Room(); log.bytes > most || log.bytes < most-150 {
		t.Errorf("three posts count as %d bytes, want about %d", log.bytes, most)
	}
}
