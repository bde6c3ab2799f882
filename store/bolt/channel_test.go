package bolt

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

// posting is an author at work, and a member who is there.
type posting struct {
	tb   testing.TB
	s    store.Server
	seq  uint64
	room uint64
}

func newPosting(tb testing.TB, s store.Server) *posting {
	storetest.Register(tb, s, "ann")
	return &posting{tb: tb, s: s}
}

// posts posts n texts of 100 bytes, as they are when they are signed.
func (p *posting) posts(n int) (last uint64) {
	p.tb.Helper()
	changes := make([]store.Change, n)
	for i := range changes {
		p.seq++
		x := store.Text{Epoch: 1, Seq: p.seq, Parts: 1, Size: 100, Body: make([]byte, 100+177)}
		changes[i] = store.Post{Author: storetest.Key("bob"), Text: x, Room: p.room}
	}
	results := storetest.DoAll(p.tb, p.s, changes...)
	return results[n-1].Order
}

// trim has ann read everything, and removes what all have.
func (p *posting) trim(order uint64) {
	p.tb.Helper()
	storetest.Do(p.tb, p.s, store.Advance{Member: storetest.Key("ann"), Order: order})
	for removed := 32; removed == 32; {
		removed = storetest.Do(p.tb, p.s, store.Trim{Elapsed: time.Minute, Lowest: order, Limit: 32}).Removed
	}
}

// used is how much of the file is in use.
func used(tb testing.TB, s *Server) int64 {
	tb.Helper()
	if err := s.file.catchUp(); err != nil {
		tb.Fatal(err)
	}
	var size int64
	if err := s.file.read(func(tx *bbolt.Tx) error { size = tx.Size(); return nil }); err != nil {
		tb.Fatal(err)
	}
	st := s.file.db.Stats()
	return size - int64(st.FreePageN+st.PendingPageN)*int64(s.file.db.Info().PageSize)
}

// A stream of posts that everyone reads leaves a file that has its size: what goes makes room for what comes. So does a log that is as large as
// it may be, whoever reads it.
func TestTheFileHasItsSize(t *testing.T) {
	const each, rounds = 500, 24
	for name, after := range map[string]func(p *posting, order uint64){
		"read by all": func(p *posting, order uint64) { p.trim(order) },
		"bounded":     func(*posting, uint64) {},
		"neither":     nil,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "server.db")
			s := must(OpenServer(path, Options{}))(t)
			p := newPosting(t, s)
			if name == "bounded" {
				p.room = each * store.Text{Body: make([]byte, 277)}.Room()
			}
			var early int64
			for round := range rounds {
				order := p.posts(each)
				if after != nil {
					after(p, order)
				}
				if round == rounds/4 {
					early = used(t, s)
				}
			}
			late := used(t, s)
			t.Logf("%d KiB in use after %d posts, %d KiB after %d", early>>10, each*(rounds/4+1), late>>10, each*rounds)
			if grew := late > early+early/5+64<<10; grew != (after == nil) {
				t.Errorf("it grew: %v", grew)
			}
			closeAndCheck(t, s, path)
		})
	}
}

// What a post counts as is what it takes of the file, so that a bound is one.
func TestWhatAPostTakes(t *testing.T) {
	for _, size := range []int{1, 100, 800} {
		path := filepath.Join(t.TempDir(), "server.db")
		s := must(OpenServer(path, Options{}))(t)
		p := newPosting(t, s)
		before := used(t, s)
		const n = 4000
		for range 4 { // as they come
			changes := make([]store.Change, n/4)
			for i := range changes {
				p.seq++
				changes[i] = store.Post{Author: storetest.Key(fmt.Sprint("author ", p.seq%7)), Base: p.seq,
					Text: store.Text{Epoch: 1 << 41, Seq: p.seq, Parts: 1, Size: uint32(size), Time: 1 << 50, Body: make([]byte, size+177)}}
			}
			storetest.DoAll(t, s, changes...)
		}
		took, counted := (used(t, s)-before)/n, int64(store.Text{Body: make([]byte, size+177)}.Room())
		t.Logf("%d bytes of text: %d bytes in the file, %d counted", size, took, counted)
		if took > counted || took < counted/2 {
			t.Errorf("a post of %d bytes takes %d, and counts as %d", size, took, counted)
		}
		closeAndCheck(t, s, path)
	}
}

// A file of before has its posts counted, and they age from then on.
func TestTheLogOfAnOlderFile(t *testing.T) {
	path := kept(t, "v2", "server.db")
	s := must(OpenServer(path, Options{}))(t)
	state := func() (log logState, bytes uint64) {
		t.Helper()
		if err := s.file.view(func(tx *bbolt.Tx) error {
			posts := s.file.shelf(tx, "posts")
			err := posts.scan(nil, nil, func(k, v []byte) error {
				var it item
				err := posts.read(k, v, &it)
				bytes += it.Text.Room()
				return err
			})
			return errors.Join(err, s.file.shelf(tx, metaBucket).must(channelKey, &log))
		}); err != nil {
			t.Fatal(err)
		}
		return log, bytes
	}
	if log, bytes := state(); bytes == 0 || log != (logState{bytes: bytes}) {
		t.Errorf("of %d bytes: %+v", bytes, log)
	}
	for removed := 1; removed > 0; {
		removed = storetest.Do(t, s, store.Trim{Elapsed: time.Second, Lowest: math.MaxUint64, Limit: 1}).Removed
	}
	head := must(s.Head())(t)
	if log, bytes := state(); log.bytes != 0 || bytes != 0 || log.gone != head.Order {
		t.Errorf("after all went: %+v of %d", log, head.Order)
	}
	closeAndCheck(t, s, path)
}

// A post that is damaged goes like the others, and nothing else does with it.
func TestADamagedPostGoes(t *testing.T) {
	s := newServer(t)
	p := newPosting(t, s)
	p.posts(5)
	harm(t, s, "posts", numberKey(3))
	p.s = s
	p.trim(4)
	items, damaged, err := s.Waiting(storetest.Key("ann"), 0, 9)
	if err != nil || damaged > 0 || len(items) != 1 || items[0].Order != 5 {
		t.Errorf("waiting %+v, %d damaged, %v", items, damaged, err)
	}
	for seq, want := range map[uint64]uint64{1: 3, 3: 3, 5: 5} {
		again := store.Post{Author: storetest.Key("bob"), Text: store.Text{Epoch: 1, Seq: seq, Parts: 1}}
		if r := storetest.Do(t, s, again); r.Verdict != store.Accepted || r.Order != want {
			t.Errorf("again %d: %+v, want order %d", seq, r, want)
		}
	}
}

// BenchmarkPostGroups is one post of 100 bytes in groups of 64 and 512, to a log of 10,000; bounded: to one that has its largest size.
func BenchmarkPostGroups(b *testing.B) {
	for _, group := range []int{64, 512} {
		for _, bounded := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d bounded=%v", group, bounded), func(b *testing.B) {
				s := must(OpenServer(filepath.Join(b.TempDir(), "server.db"), Options{}))(b)
				p := newPosting(b, s)
				p.posts(10_000)
				if bounded {
					p.room = 10_000 * store.Text{Body: make([]byte, 277)}.Room()
				}
				for i := 0; b.Loop(); i++ {
					if i%group == 0 {
						p.posts(group)
					}
				}
				if err := s.Close(); err != nil {
					b.Error(err)
				}
			})
		}
	}
}
