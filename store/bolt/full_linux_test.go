package bolt

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

// smallDisk mounts a disk of that size.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("udpchat", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skip("a small disk cannot be mounted (that needs root): ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// ballast fills a disk up, but for some bytes.
func ballast(t *testing.T, dir string, but int64) (path string) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	n := max(0, int64(s.Bavail)*s.Bsize-but)
	path = filepath.Join(dir, "ballast")
	write(t, path, make([]byte, n))
	return path
}

// The disk is full, in the middle of commits: without the reserve bbolt itself meets that. Nothing that was answered is lost, the file is
// whole, and it goes on when there is room, with the reserve or without.
func TestAFullDisk(t *testing.T) {
	for name, reserve := range map[string]int64{"with the reserve": serverReserve, "without it": 0} {
		t.Run(name, func(t *testing.T) {
			dir := smallDisk(t, 8<<20)
			path := filepath.Join(dir, "server.db")
			s := must(OpenServer(path, Options{}))(t)
			s.file.reserve = reserve // nothing was submitted yet
			storetest.Register(t, s, "ann", "bob")
			filled := ballast(t, dir, 3<<20)
			stored, full := deposits(t, s, 1, 4000, 1000)
			if full == 0 || len(stored) < 500 {
				t.Fatalf("%d stored, %d not", len(stored), full)
			}
			again, _ := deposits(t, s, 1, 4000, 1000)
			if len(again) < len(stored) || !equalPrefix(again, stored) {
				t.Errorf("%d stored, then %d", len(stored), len(again))
			}
			items, damaged, err := s.Waiting(storetest.Key("ann"), 0, 10_000)
			if err != nil || damaged > 0 || len(items) != len(again) {
				t.Errorf("%d items of %d, %d damaged, %v", len(items), len(again), damaged, err)
			}
			remove(t, filled)
			if more, full := deposits(t, s, 5000, 100, 1000); full > 0 {
				t.Errorf("there is room: %d stored, %d not", len(more), full)
			}
			closeAndCheck(t, s, path)
			s = must(OpenServer(path, Options{}))(t)
			if items, _, err := s.Waiting(storetest.Key("ann"), 0, 10_000); err != nil || len(items) != len(again)+100 {
				t.Errorf("after a restart %d items, %v", len(items), err)
			}
			closeAndCheck(t, s, path)
		})
	}
}

func equalPrefix(all, first []uint64) bool {
	for i, v := range first {
		if all[i] != v {
			return false
		}
	}
	return true
}

// With not one byte left on the disk, mail is taken, told, and presence is written, until the mailbox is empty; also after a start on
// the full disk. Then there is room in the file for new texts.
func TestAFullDiskIsEmptied(t *testing.T) {
	dir := smallDisk(t, 16<<20)
	path := filepath.Join(dir, "server.db")
	s := must(OpenServer(path, Options{}))(t)
	storetest.Register(t, s, "ann", "bob")
	ballast(t, dir, 8<<20)
	for from := uint64(1); ; from += 300 {
		if _, full := deposits(t, s, from, 300, int(from)%1000+1); full > 0 {
			break
		}
	}
	items, _, err := s.Waiting(storetest.Key("ann"), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, dir)
	rnd := rand.New(rand.NewPCG(7, 7)) // anywhere in the file
	rnd.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	for n := 0; len(items) > 0; n++ {
		if n == 5 {
			closeAndCheck(t, s, path)
			s = must(OpenServer(path, Options{}))(t)
		}
		take := store.Take{To: storetest.Key("ann"), From: storetest.Key("bob"), Marks: store.Marks{Epoch: 1, ToEpoch: 1, Through: 1 << 40}}
		for _, it := range items[:min(32, len(items))] {
			take.Orders = append(take.Orders, it.Order)
		}
		items = items[len(take.Orders):]
		storetest.DoAll(t, s, take, store.Told{Sender: storetest.Key("bob"), To: storetest.Key("ann"), Marks: take.Marks},
			store.PutClient{Client: store.Client{Key: storetest.Key("bob"), Name: "bob", LastSeen: int64(n)}})
	}
	if items, _, err := s.Waiting(storetest.Key("ann"), 0, 9); err != nil || len(items) > 0 {
		t.Errorf("left: %+v, %v", items, err)
	}
	if stored, full := deposits(t, s, 1<<41, 100, 900); full > 0 {
		t.Errorf("of the room that was freed: %d stored, %d not", len(stored), full)
	}
	closeAndCheck(t, s, path)
}

// What is taken in leaves the reserve, wherever the disk ends and however large the groups are that meet its end. Without a word of what a group
// makes the file grow by, they eat of it.
func TestWhatIsTakenInLeavesTheReserve(t *testing.T) {
	const slack = 16 << 12 // some pages: a change alone may split one in each bucket
	for name, growth := range map[string]func(store.Change) int64{"known": serverGrowth, "unknown": func(store.Change) int64 { return 0 }} {
		least := int64(serverReserve)
		for i := range 12 {
			s := must(OpenServer(filepath.Join(smallDisk(t, 16<<20), "server.db"), Options{}))(t)
			s.committer.growth = growth // nothing was submitted yet
			if name == "unknown" {
				s.file.log.limit = 0 // else it would end with the first commit that has no room
			}
			storetest.Register(t, s, "ann", "bob")
			ballast(t, filepath.Dir(s.file.path), 6<<20+int64(i)*100_000)
			for full, from := 0, uint64(1); full == 0; from += 300 {
				_, full = deposits(t, s, from, 300, 300*i)
			}
			least = min(least, left(t, s.file))
			closeAndCheck(t, s, s.file.path)
		}
		if kept := least >= serverReserve-slack; kept != (name == "known") {
			t.Errorf("growth %s: of the reserve of %d bytes %d are left", name, int64(serverReserve), least)
		}
		t.Logf("growth %s: of the reserve of %d bytes %d are left", name, int64(serverReserve), least)
	}
}

// The same of a profile, whose texts are long.
func TestWhatIsTypedLeavesTheReserve(t *testing.T) {
	for i := range 8 {
		p := must(OpenProfile(filepath.Join(smallDisk(t, 8<<20), "profile.db"), Options{}))(t)
		storetest.Change(t, p, store.Shown{})
		ballast(t, filepath.Dir(p.file.path), 2<<20+int64(i)*100_000)
		full := make(chan error, 10)
		for order, failed := uint64(1), error(nil); failed == nil; {
			for range cap(full) {
				p.Submit(typed(order, 8000*i), func(err error) { full <- err })
				order++
			}
			for range cap(full) {
				failed = cmp.Or(failed, <-full)
			}
		}
		if n := left(t, p.file); n < profileReserve-16<<12 {
			t.Errorf("texts of %d bytes: of the reserve of %d bytes %d are left", 8000*i, int64(profileReserve), n)
		}
		closeAndCheck(t, p, p.file.path)
	}
}

// typed is a text of n bytes to ann, its line and its parts.
func typed(order uint64, n int) *store.Accept {
	a := &store.Accept{Line: store.Line{Order: order, Peer: storetest.Key("ann"), Out: true, End: store.EndOpen, Text: strings.Repeat("x", n)}}
	for seq := order << 16; ; seq++ {
		a.Items = append(a.Items, store.Outgoing{To: storetest.Key("ann"), Text: storetest.Single(seq, strings.Repeat("x", min(n, 880))), Line: order})
		a.Lane = store.Lane{To: storetest.Key("ann"), Epoch: 1, ToEpoch: 1, Last: seq}
		if n -= 880; n <= 0 {
			return a
		}
	}
}

// stats are bbolt's when the database has all.
func stats(t *testing.T, f *file) bbolt.Stats {
	t.Helper()
	if err := f.catchUp(); err != nil {
		t.Fatal(err)
	}
	return f.db.Stats()
}

// left is what can still be written.
func left(t *testing.T, f *file) int64 {
	t.Helper()
	s := stats(t, f)
	end := int64(0)
	_ = f.view(func(tx *bbolt.Tx) error { end = tx.Size(); return nil })
	return int64(s.FreePageN+s.PendingPageN)*int64(f.db.Info().PageSize) + max(0, f.allocated-end)
}

// What the reserve is measured by: pages that one change writes, in a large store, anywhere in it.
func TestWhatFreeingRoomTakes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.db")
	s := must(OpenServer(path, Options{}))(t)
	storetest.Register(t, s, "ann", "bob")
	const texts = 20_000
	for from := uint64(1); from <= texts; from += 1000 {
		deposits(t, s, from, 1000, 700)
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	most := 0
	for range 50 {
		take := store.Take{To: storetest.Key("ann"), From: storetest.Key("bob"), Marks: store.Marks{Epoch: 1, ToEpoch: 1, Through: 1 << 40}}
		for range 32 {
			take.Orders = append(take.Orders, 1+rnd.Uint64N(texts))
		}
		before := stats(t, s.file)
		storetest.Do(t, s, take)
		after := stats(t, s.file)
		most = max(most, int(after.TxStats.GetWrite()-before.TxStats.GetWrite()))
	}
	if reserve := serverReserve / s.file.db.Info().PageSize; most > reserve*3/4 {
		t.Errorf("a take writes %d pages, the reserve is %d", most, reserve)
	}
	t.Logf("a take of 32 texts anywhere among %d writes at most %d pages", texts, most)
	closeAndCheck(t, s, path)
}

// Mail that comes and goes on a full disk, for long: the reserve is not used up by and by.
func TestTheReserveLasts(t *testing.T) {
	dir := smallDisk(t, 8<<20)
	path := filepath.Join(dir, "profile.db")
	p := must(OpenProfile(path, Options{}))(t)
	storetest.Change(t, p, store.Shown{})
	ballast(t, dir, 0)
	for i := range uint64(3000) {
		storetest.Change(t, p, store.Shown{Lines: []uint64{i + 1}},
			store.Meet{Contacts: []store.Contact{{Key: store.Key{1: byte(i)}, Name: fmt.Sprint("n", i)}}},
			store.Settle{To: store.Key{1}, Epoch: 1, ToEpoch: 1, Seqs: []uint64{i}})
	}
	size := int64(0)
	_ = p.file.view(func(tx *bbolt.Tx) error { size = tx.Size(); return nil })
	t.Logf("the pages of the file end at %d bytes", size)
	closeAndCheck(t, p, path)
}
