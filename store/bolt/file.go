package bolt

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"udpchat/store"
)

// file is an open database behind a guard: a damaged page, which makes bbolt panic or the memory map fault, becomes an error
// that names the file.
type file struct {
	db        *bbolt.DB
	os        *os.File // bbolt's own handle
	path      string
	lost      atomic.Bool // a panic left locks of bbolt taken: whoever called it again would wait for ever
	unchecked bool

	reserve   int64       // bytes that can be written although the disk is full; 0: none
	allocated int64       // up to here the disk has given room to the file; owned by the committer
	noRoom    func() bool // for tests: plays a full disk

	log  *writeAhead
	redo redo // what the group under way writes; owned by the committer

	mu     sync.Mutex // held by a change, and by a read while a transaction is ahead
	ahead  *bbolt.Tx  // what the log has and the database not yet is in here; nil: there is nothing
	growth int64      // bytes by which its commit will make the file longer, about
	failed error      // what is ahead was lost with this; the next start finds it in the log

	closing bool // the next commit says that no log is needed
}

func (f *file) damaged(format string, args ...any) error { return damaged(f.path, format, args...) }

func damaged(path, format string, args ...any) error {
	return fmt.Errorf("%s is %w: %s; restore it from a backup", path, store.ErrDamaged, fmt.Sprintf(format, args...))
}

// view runs a short read transaction: one that is held open makes the file grow. It sees all that was answered.
func (f *file) view(fn func(tx *bbolt.Tx) error) error {
	f.mu.Lock()
	if f.ahead == nil && f.failed == nil {
		f.mu.Unlock()
		return f.read(fn)
	}
	defer f.mu.Unlock()
	if f.failed != nil {
		return f.failed
	}
	return f.guard("reading", func() error { return fn(f.ahead) })
}

// read is a view of what the database has.
func (f *file) read(fn func(tx *bbolt.Tx) error) error {
	var tx *bbolt.Tx
	defer func() { f.abandon(tx) }()
	return f.guard("reading", func() (err error) {
		if tx, err = f.begin(false); err != nil {
			return err
		}
		return fn(tx)
	})
}

// guard makes an error of what bbolt does with a damaged page.
func (f *file) guard(what string, do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = f.damaged("%s it failed (%v)", what, oneLine(p))
		}
	}()
	return do()
}

// begin starts a transaction. A panic in there leaves locks taken.
func (f *file) begin(writable bool) (tx *bbolt.Tx, err error) {
	if f.lost.Load() {
		return nil, f.damaged("it failed before")
	}
	defer func() {
		if p := recover(); p != nil {
			f.lost.Store(true)
			err = f.damaged("opening a transaction failed (%v)", oneLine(p))
		}
	}()
	tx, err = f.db.Begin(writable)
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return nil, store.ErrClosed
	}
	if err != nil {
		return nil, fmt.Errorf("use %s: %w", f.path, err)
	}
	return tx, nil
}

// abandon ends a transaction, if it has not ended; possibly after a panic in the middle of bbolt's own code.
func (f *file) abandon(tx *bbolt.Tx) {
	defer func() {
		if recover() != nil {
			f.lost.Store(true)
		}
	}()
	if tx == nil {
		return
	}
	if err := tx.Rollback(); err != nil && !errors.Is(err, berrors.ErrTxClosed) {
		f.lost.Store(true)
	}
}

// close leaves a database that is whole without the log, unless the disk is full.
func (f *file) close() error {
	err := f.letGo()
	done := err == nil && f.failed == nil && f.log != nil && !f.log.known
	return errors.Join(err, f.log.close(done), f.closeDatabase())
}

func (f *file) closeDatabase() error {
	if f.lost.Load() {
		return giveUp(f.os)
	}
	if err := f.db.Close(); err != nil {
		return fmt.Errorf("close %s: %w", f.path, err)
	}
	return nil
}
