package bolt

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// file is an open database behind a guard: a damaged page, which makes bbolt panic or the memory map fault, becomes an error
// that names the file.
type file struct {
	db        *bbolt.DB
	os        *os.File // bbolt's own handle
	path      string
	stuck     bool // owned by the committer: a panic left bbolt's write lock taken, Close would wait for ever
	unchecked bool
}

func (f *file) damaged(format string, args ...any) error { return damaged(f.path, format, args...) }

func damaged(path, format string, args ...any) error {
	return fmt.Errorf("%s is %w: %s; restore it from a backup", path, store.ErrDamaged, fmt.Sprintf(format, args...))
}

// view runs a short read transaction: one that is held open makes the file grow.
func (f *file) view(fn func(tx *bbolt.Tx) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = f.damaged("reading it failed (%v)", oneLine(p))
		}
	}()
	err = f.db.View(fn)
	if errors.Is(err, bbolt.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}

// update runs a write transaction. After an error its outcome is unknown and nothing may be written any more. Only the
// committer calls it.
func (f *file) update(fn func(tx *bbolt.Tx) error) (err error) {
	var tx *bbolt.Tx
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = f.damaged("writing it failed (%v)", oneLine(p))
			f.abandon(tx)
		}
	}()
	if tx, err = f.db.Begin(true); err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	if err = fn(tx); err != nil {
		f.abandon(tx)
		return err
	}
	if err = tx.Commit(); err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	return nil
}

// abandon ends a transaction that failed, possibly in the middle of bbolt's own code.
func (f *file) abandon(tx *bbolt.Tx) {
	defer func() {
		if recover() != nil {
			f.stuck = true
		}
	}()
	if tx == nil {
		f.stuck = true
		return
	}
	if err := tx.Rollback(); err != nil && !errors.Is(err, bbolt.ErrTxClosed) {
		f.stuck = true
	}
}

func (f *file) close() error {
	if f.stuck {
		return f.os.Close() // gives the lock up; the map stays until the process ends
	}
	if err := f.db.Close(); err != nil {
		return fmt.Errorf("close %s: %w", f.path, err)
	}
	return nil
}
