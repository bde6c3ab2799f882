package bolt

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"udpchat/store"
	"udpchat/store/storetest"
)

// A server that was killed on a disk without a byte left starts on it: what only its log has finds room in the file.
func TestAKillOnAFullDisk(t *testing.T) {
	all := store.Marks{Epoch: 1, ToEpoch: 1, Through: 1 << 40}
	for i, size := range []int{900, 30_000} {
		dir := smallDisk(t, 32<<20)
		path := filepath.Join(dir, "server.db")
		s := still(must(OpenServer(path, Options{}))(t))
		storetest.Register(t, s, "ann", "bob")
		deposits(t, s, 1, 200, size)
		if err := s.file.catchUp(); err != nil {
			t.Fatal(err)
		}
		fill(t, dir)
		items, _, err := s.Waiting(storetest.Key("ann"), 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		rnd := rand.New(rand.NewPCG(7, uint64(i)))
		rnd.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		for _, it := range items[:40] {
			storetest.Do(t, s, store.Take{To: storetest.Key("ann"), From: storetest.Key("bob"), Orders: []uint64{it.Order}, Marks: all})
		}
		left, _, err := s.Waiting(storetest.Key("ann"), 0, 10_000)
		if err != nil || len(left) != len(items)-40 || !s.file.isAhead() {
			t.Errorf("texts of %d bytes: %d of %d are left, %v", size, len(left), len(items), err)
		}
		s.file.mu.Lock()
		_ = s.file.change(func() error { return errors.New("killed") })
		s.file.mu.Unlock()
		_ = s.Close()
		s = must(OpenServer(path, Options{}))(t)
		if again, _, err := s.Waiting(storetest.Key("ann"), 0, 10_000); err != nil || len(again) != len(left) {
			t.Errorf("texts of %d bytes: %d of %d are there, %v", size, len(again), len(left), err)
		}
		closeAndCheck(t, s, path)
	}
}

// fill fills a disk to the last byte.
func fill(t *testing.T, dir string) {
	t.Helper()
	f := must(os.Create(filepath.Join(dir, "rest")))(t)
	defer func() { _ = f.Close() }()
	for size := 1 << 20; size > 0; size /= 2 {
		for err := error(nil); err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
}
