package bolt

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

// numbers is a committer whose changes are functions, and that records the size of each group.
func numbers(t *testing.T) (c *committer[func(tx *bbolt.Tx) error, int], groups *[]int, f *file) {
	path := filepath.Join(t.TempDir(), "server.db")
	s := must(OpenServer(path, Options{}))(t)
	s.committer.close() // only the file is wanted
	f = s.file
	groups = &[]int{}
	c = newCommitter(f, func(tx *bbolt.Tx, group []job[func(tx *bbolt.Tx) error, int], _ bool) error {
		*groups = append(*groups, len(group))
		for i := range group {
			if err := group[i].change(tx); err != nil {
				return err
			}
			group[i].result = i + 1
		}
		return nil
	}, func(func(tx *bbolt.Tx) error) int64 { return 0 })
	t.Cleanup(func() { c.close(); _ = f.close() })
	return c, groups, f
}

func nop(*bbolt.Tx) error { return nil }

func TestWhatWaitsIsOneTransaction(t *testing.T) {
	c, groups, _ := numbers(t)
	started, release := make(chan struct{}), make(chan struct{})
	c.submit(func(*bbolt.Tx) error { close(started); <-release; return nil }, func(int, error) {})
	<-started
	var wg sync.WaitGroup
	for range maxGroup + 100 {
		wg.Add(1)
		c.submit(nop, func(int, error) { wg.Done() })
	}
	close(release)
	wg.Wait()
	c.close()
	if len(*groups) != 3 || (*groups)[0] != 1 || (*groups)[1] != maxGroup || (*groups)[2] != 100 {
		t.Errorf("groups %v", *groups)
	}
}

func TestAGroupGathersTowardTheLastOnesSize(t *testing.T) {
	c, groups, _ := numbers(t)
	var wg sync.WaitGroup
	for range 100 { // eight senders that wait for their answers
		for range 8 {
			wg.Add(1)
			c.submit(nop, func(int, error) { wg.Done() })
		}
		wg.Wait()
	}
	c.close()
	if len(*groups) > 700 {
		t.Errorf("%d groups for 800 changes", len(*groups))
	}
}

func TestDoneMaySubmit(t *testing.T) {
	c, _, _ := numbers(t)
	done := make(chan error)
	c.submit(nop, func(int, error) { c.submit(nop, func(_ int, err error) { done <- err }) })
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// fails checks that a change's error is everyone's, then and later, in order, and that nothing of its group is kept.
func fails(t *testing.T, change func(f *file) func(tx *bbolt.Tx) error, check func(err error) bool) {
	c, _, f := numbers(t)
	started, release := make(chan struct{}), make(chan struct{})
	c.submit(func(*bbolt.Tx) error { close(started); <-release; return nil }, func(int, error) {})
	<-started
	type answer struct {
		i   int
		res int
		err error
	}
	answers := make(chan answer, 10)
	for i := range 6 {
		do := func(tx *bbolt.Tx) error { return f.shelf(tx, "names").put([]byte{byte(i + 1)}, &nothing{}) }
		if i == 3 {
			do = change(f)
		}
		c.submit(do, func(res int, err error) { answers <- answer{i, res, err} })
	}
	close(release)
	for i := range 8 {
		if i >= 6 {
			c.submit(nop, func(res int, err error) { answers <- answer{i, res, err} })
		}
		if a := <-answers; a.i != i || a.res != 0 || !check(a.err) {
			t.Errorf("answer %d: %+v", i, a)
		}
	}
	c.close()
	_ = f.close()
	closeAndCheck(t, must(OpenServer(f.path, Options{}))(t), f.path)
	edit(t, f.path, func(tx *bbolt.Tx) error {
		if n := tx.Bucket([]byte("names")).Stats().KeyN; n != 0 {
			t.Errorf("%d changes of the failed group are there", n)
		}
		return nil
	})
}

func TestAnErrorIsEveryonesAnswer(t *testing.T) {
	broken := errors.New("broken")
	fails(t, func(*file) func(*bbolt.Tx) error {
		return func(*bbolt.Tx) error { return broken }
	}, func(err error) bool { return errors.Is(err, broken) })
}

func TestAPanicInAChangeIsAnErrorThatNamesTheFile(t *testing.T) {
	fails(t, func(*file) func(*bbolt.Tx) error {
		return func(*bbolt.Tx) error { panic("page 7: already\nfreed") }
	}, func(err error) bool {
		return errors.Is(err, store.ErrDamaged) && strings.Contains(err.Error(), "server.db") && !strings.Contains(err.Error(), "\n")
	})
}

func TestAFailedCommitIsEveryonesAnswer(t *testing.T) {
	fails(t, func(f *file) func(*bbolt.Tx) error {
		return func(*bbolt.Tx) error { // the disk is gone, and the log is full
			f.log.limit = 0
			return f.os.Close()
		}
	}, func(err error) bool {
		return errors.Is(err, os.ErrClosed) && strings.Contains(err.Error(), "server.db")
	})
}

func TestAFileCutShortWhileItIsOpenIsAnError(t *testing.T) {
	path := filled(t)
	s := must(OpenServer(path, Options{}))(t)
	if err := os.Truncate(path, 0); err != nil {
		t.Skip("an open file cannot be cut short here: ", err)
	}
	_, _, err := s.Waiting(storetest.Key("ann"), 0, 10)
	if !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("read: %v", err)
	}
	done := make(chan error)
	s.Submit(store.Renew{ID: 5}, func(_ store.Result, err error) { done <- err })
	if err := <-done; err == nil {
		t.Error("a change was accepted")
	}
	_ = s.Close()
}
