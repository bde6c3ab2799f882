package bolt

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
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
}

func (f *file) damaged(format string, args ...any) error { return damaged(f.path, format, args...) }

func damaged(path, format string, args ...any) error {
	return fmt.Errorf("%s is %w: %s; restore it from a backup", path, store.ErrDamaged, fmt.Sprintf(format, args...))
}

// view runs a short read transaction: one that is held open makes the file grow.
func (f *file) view(fn func(tx *bbolt.Tx) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var tx *bbolt.Tx
	defer func() {
		if p := recover(); p != nil {
			err = f.damaged("reading it failed (%v)", oneLine(p))
		}
		f.abandon(tx)
	}()
	if tx, err = f.begin(false); err != nil {
		return err
	}
	return fn(tx)
}

// update runs a write transaction that makes the file grow by about that many bytes, once it is known what room there is. After an
// error its outcome is unknown and nothing may be written any more, unless it is store.ErrFull: then it did not happen. Only the
// committer calls it.
func (f *file) update(growth int64, fn func(tx *bbolt.Tx, r room) error) error {
	return f.try(growth, fn, (*bbolt.Tx).Commit)
}

// rehearse runs a write transaction that leaves nothing behind.
func (f *file) rehearse(fn func(tx *bbolt.Tx) error) error {
	return f.try(0, func(tx *bbolt.Tx, _ room) error { return fn(tx) }, (*bbolt.Tx).Rollback)
}

func (f *file) try(growth int64, fn func(tx *bbolt.Tx, r room) error, end func(tx *bbolt.Tx) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var tx *bbolt.Tx
	defer func() {
		if p := recover(); p != nil {
			err = f.damaged("writing it failed (%v)", oneLine(p))
		}
		f.abandon(tx)
	}()
	if tx, err = f.begin(true); err != nil {
		return err
	}
	r, err := f.secure(tx, growth)
	if err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	if err = fn(tx, r); err != nil {
		return err
	}
	id := tx.ID()
	if err = end(tx); err == nil {
		return nil
	}
	if f.undone(id, err) {
		return fmt.Errorf("write %s: %w (%w)", f.path, store.ErrFull, err)
	}
	return fmt.Errorf("write %s: %w", f.path, err)
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

func (f *file) close() error {
	if f.lost.Load() {
		return f.os.Close() // gives the file's lock up; the map stays until the process ends
	}
	if err := f.db.Close(); err != nil {
		return fmt.Errorf("close %s: %w", f.path, err)
	}
	return nil
}
