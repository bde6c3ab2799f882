package bolt

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/store/storetest"
)

// A store that starts on a full disk says so, changes nothing, and has everything when there is room.
func TestTheLogWaitsForRoom(t *testing.T) {
	from, records := killed(t, 400)
	dir := smallDisk(t, 2<<20)
	path := filepath.Join(dir, "server.db")
	for _, suffix := range []string{"", ".id", ".wal"} {
		content := must(os.ReadFile(from + suffix))(t)
		if suffix == "" {
			content = content[:usedBytes(t, content)]
		}
		write(t, path+suffix, content)
	}
	filled := ballast(t, dir, 0)
	if _, err := found(t, path); err == nil || !strings.Contains(err.Error(), logPath(path)) || !strings.Contains(err.Error(), "no space") {
		t.Errorf("on a full disk: %v", err)
	}
	remove(t, filled)
	if n, err := found(t, path); n != len(records) || err != nil {
		t.Errorf("then %d of %d, %v", n, len(records), err)
	}
}

// With not one byte left on the disk posts go, as many at a time as a server has go, and then there is room for new ones.
func TestAFullDiskIsTrimmed(t *testing.T) {
	dir := smallDisk(t, 16<<20)
	path := filepath.Join(dir, "server.db")
	s := must(OpenServer(path, Options{}))(t)
	storetest.Register(t, s, "ann")
	ballast(t, dir, 8<<20)
	rnd := rand.New(rand.NewPCG(7, 7))
	seqs := map[string]uint64{}
	posts := func(n int) (full int) {
		changes := make([]store.Change, n)
		for i := range changes {
			author := fmt.Sprint("author ", rnd.IntN(5000)) // their seqs are anywhere in the file
			seqs[author]++
			changes[i] = store.Post{Author: storetest.Key(author), Base: seqs[author],
				Text: store.Text{Epoch: 1, Seq: seqs[author], Parts: 1, Body: make([]byte, rnd.IntN(1000))}}
		}
		for _, r := range storetest.DoAll(t, s, changes...) {
			if r.Verdict == store.FullDisk {
				full++
			}
		}
		return full
	}
	for posts(300) == 0 {
	}
	fill(t, dir)
	gone := 0
	for removed := 32; removed == 32; {
		removed = storetest.Do(t, s, store.Trim{Elapsed: time.Minute, Lowest: 1 << 60, Limit: 32}).Removed
		gone += removed
	}
	if items, damaged, err := s.Waiting(storetest.Key("ann"), 0, 100_000); gone < 1000 || len(items) != 1 || !items[0].Gone || damaged > 0 || err != nil {
		t.Errorf("%d went, %d are left, %d damaged, %v", gone, len(items), damaged, err)
	}
	if full := posts(300); full > 0 {
		t.Errorf("of the room that was freed %d posts of 300 found none", full)
	}
	closeAndCheck(t, s, path)
}
