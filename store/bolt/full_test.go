package bolt

import (
	"errors"
	"io/fs"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"udpchat/store"
	"udpchat/store/storetest"
)

func TestFullServer(t *testing.T) {
	storetest.RunServerFull(t, func(t *testing.T) (store.Server, func(bool)) {
		var full atomic.Bool
		s := newServer(t)
		s.opened = func(f *file) { f.noRoom = full.Load }
		s.Reopen()
		return s, full.Store
	})
}

func TestFullProfile(t *testing.T) {
	storetest.RunProfileFull(t, func(t *testing.T) (store.Profile, func(bool)) {
		var full atomic.Bool
		p := newProfile(t)
		p.file.noRoom = full.Load // nothing was submitted yet
		return p, full.Store
	})
}

// What is beyond the largest size finds no room, in whatever group it comes; nothing else is harmed, and what frees room goes on.
func TestTheLargestSizeIsAFullDisk(t *testing.T) {
	s := newServer(t)
	closeAndCheck(t, s.Server, s.path)
	s.Server = must(OpenServer(s.path, Options{MaxSize: 20 << 20}))(t)
	storetest.Register(t, s, "ann")
	var changes []store.Change
	for seq := range uint64(400) {
		changes = append(changes, store.Deposit{To: storetest.Key("ann"), From: storetest.Key("bob"), Text: storetest.Single(seq+1, strings.Repeat("x", 60_000))})
	}
	stored, full := 0, 0
	var orders []uint64
	for i, r := range storetest.DoAll(t, s, changes...) {
		switch r.Verdict {
		case store.Accepted:
			stored++
			orders = append(orders, r.Order)
		case store.FullDisk:
			full++
		default:
			t.Fatalf("change %d: %+v", i, r)
		}
	}
	if stored < 150 || full < 50 {
		t.Errorf("%d stored, %d not", stored, full)
	}
	items, damaged, err := s.Waiting(storetest.Key("ann"), 0, 1000)
	if err != nil || damaged != 0 || len(items) != stored {
		t.Errorf("%d items of %d, %d damaged, %v", len(items), stored, damaged, err)
	}
	marks := store.Marks{Epoch: 1, ToEpoch: 1, Through: 1000}
	if r := storetest.Do(t, s, store.Take{To: storetest.Key("ann"), From: storetest.Key("bob"), Marks: marks, Orders: orders}); r.Verdict != store.Accepted {
		t.Errorf("take: %+v", r)
	}
	next := store.Deposit{To: storetest.Key("ann"), From: storetest.Key("bob"), Text: storetest.Single(2000, strings.Repeat("x", 60_000))}
	if r := storetest.Do(t, s, next); r.Verdict != store.Accepted {
		t.Errorf("there is room, and it is not used: %+v", r)
	}
}

// Only an error that comes before the header page is written, and that is about room, is one after which the store goes on.
func TestWhichCommitErrorsAreCertain(t *testing.T) {
	s := newServer(t)
	storetest.Register(t, s, "ann")
	closeAndCheck(t, s.Server, s.path)
	s.Server = must(OpenServer(s.path, Options{}))(t)
	f := s.file
	newest := int(must(readMeta(f.os, 0))(t).tx)
	newest = max(newest, int(must(readMeta(f.os, 4096))(t).tx))
	write := func(no syscall.Errno) error { return pathError("write", no) }
	for name, c := range map[string]struct {
		err  error
		tx   int
		want bool
	}{
		"a page finds no room":               {write(syscall.ENOSPC), newest + 1, true},
		"the user's share is used up":        {write(syscall.EDQUOT), newest + 1, true},
		"a page cannot be written":           {write(syscall.EIO), newest + 1, false},
		"the header page was written":        {write(syscall.ENOSPC), newest, false},
		"a sync finds no room":               {syscall.ENOSPC, newest + 1, false},
		"a sync of the new length":           {errors.New("file sync error: sync /x: no space left on device"), newest + 1, false},
		"the file cannot be made longer":     {errors.New("file resize error: truncate /x: no space left on device"), newest + 1, true},
		"it cannot be for another reason":    {errors.New("file resize error: truncate /x: input/output error"), newest + 1, false},
		"the sync of what was just reserved": {syncError{write(syscall.ENOSPC)}, newest + 1, false},
	} {
		if got := f.undone(c.tx, c.err); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func pathError(op string, err error) error { return &fs.PathError{Op: op, Path: "/x", Err: err} }

// deposits puts texts of n bytes from a seq on, all at once, and counts the verdicts.
func deposits(t *testing.T, s store.Server, from, count uint64, n int) (stored []uint64, full int) {
	t.Helper()
	var changes []store.Change
	for seq := from; seq < from+count; seq++ {
		changes = append(changes, store.Deposit{To: storetest.Key("ann"), From: storetest.Key("bob"), Text: storetest.Single(seq, strings.Repeat("x", n))})
	}
	for i, r := range storetest.DoAll(t, s, changes...) {
		switch r.Verdict {
		case store.Accepted:
			stored = append(stored, r.Order)
		case store.FullDisk:
			full++
		default:
			t.Fatalf("change %d: %+v", i, r)
		}
	}
	return stored, full
}
