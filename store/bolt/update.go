package bolt

import (
	"errors"
	"fmt"
	"syscall"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// update carries a group of changes out, which makes the file grow by about that many bytes, once it is known what room there is:
//
//	                    room for all, and in the log             else, or the log is full
//	fn(tx) ── redo ──▶ log, one sync ──▶ durable, tx stays open     tx.Commit ──▶ durable, the log begins again
//	                                     as what is ahead
//
// What comes next goes into the same transaction. After an error the group's outcome is unknown and nothing may be written any more,
// unless it is store.ErrFull: then it did not happen. Only the committer calls it.
func (f *file) update(growth int64, fn func(tx *bbolt.Tx, r room) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.change(func() error {
		r, err := f.ready(growth)
		if err != nil {
			return err
		}
		if f.redo = f.redo[:0]; int64(cap(f.redo)) > f.log.limit { // a large group's room is not kept
			f.redo = nil
		}
		if err := fn(f.ahead, r); err != nil {
			return err
		}
		if len(f.redo) == 0 { // as is so with what is noted already
			if f.log.empty() {
				f.forget()
			}
			return nil
		}
		if ok, err := f.mayWait(r, growth); err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		} else if ok {
			if ok, err := f.log.append(f.redo); ok || err != nil {
				f.growth += growth
				return err
			}
			if !f.log.ready {
				if err := f.log.begin(); err != nil {
					return err
				}
			}
		}
		return f.commit()
	})
}

// mayWait tells whether the commit of what is ahead can wait: it must find room then. It needs room for what the file grows by, and for each page
// that changed, since bbolt writes it to another place; pages of large records take more, and for those there is the reserve.
func (f *file) mayWait(r room, growth int64) (bool, error) {
	if r != roomForAll || f.reserve == 0 {
		return false, nil
	}
	stats := f.ahead.Stats()
	rewritten := stats.GetNodeCount() * int64(f.db.Info().PageSize)
	return f.haveBehind(f.ahead, f.growth+growth+rewritten+f.reserve)
}

// ready begins a transaction if none is ahead. A group that has no room to spare goes into one of its own.
func (f *file) ready(growth int64) (r room, err error) {
	for range 2 {
		fresh := f.ahead == nil
		if fresh {
			if f.ahead, err = f.begin(true); err != nil {
				return 0, err
			}
		}
		if r, err = f.secure(f.ahead, f.growth+growth); err != nil {
			return 0, fmt.Errorf("write %s: %w", f.path, err)
		}
		if fresh || r == roomForAll {
			break
		}
		if err := f.commit(); err != nil {
			return 0, err
		}
	}
	return r, nil
}

// commit makes durable what is ahead. When there was no room for that, it did not happen; but what the log has of it is done again.
func (f *file) commit() error {
	if m := f.log.mark; f.log.ready || f.log.known {
		m.needed = !f.closing
		if err := f.shelf(f.ahead, metaBucket).put(logKey, &m); err != nil {
			return err
		}
	}
	id := f.ahead.ID()
	err := f.ahead.Commit()
	if err == nil {
		f.ahead, f.growth = nil, 0
		if f.closing {
			f.log.known = false
			return nil
		}
		return f.log.committed()
	}
	if !f.undone(id, err) {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	f.forget()
	if f.log.known {
		if err := f.replay(false); err != nil {
			return err
		}
		if err := f.log.begin(); err != nil {
			return err
		}
	}
	return fmt.Errorf("write %s: %w (%w)", f.path, store.ErrFull, err)
}

// forget ends the transaction that is ahead without its commit.
func (f *file) forget() {
	f.abandon(f.ahead)
	f.ahead, f.growth = nil, 0
}

// isAhead tells the committer whether there is something to catch up with.
func (f *file) isAhead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ahead != nil
}

// catchUp commits what is ahead, when there is time for it.
func (f *file) catchUp() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ahead == nil {
		return nil
	}
	f.redo, f.log.buf = nil, nil // room for a large group

	if err := f.change(f.commit); !errors.Is(err, store.ErrFull) { // else all that is in the log was done again
		return err
	}
	return nil
}

// letGo has the database need no log any more, unless the disk is full.
func (f *file) letGo() error {
	f.mu.Lock()
	f.closing = true
	f.mu.Unlock()
	if err := f.catchUp(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed != nil || f.log == nil || !f.log.known {
		return nil
	}
	err := f.change(func() (err error) {
		if f.ahead, err = f.begin(true); err != nil {
			return err
		}
		return f.commit()
	})
	if errors.Is(err, store.ErrFull) {
		return nil
	}
	return err
}

// rehearse runs a write transaction that leaves nothing behind.
func (f *file) rehearse(fn func(tx *bbolt.Tx) error) error {
	if err := f.catchUp(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.change(func() (err error) {
		if f.ahead, err = f.begin(true); err != nil {
			return err
		}
		defer f.forget()
		return fn(f.ahead)
	})
}

// change does something with what is ahead. With an error that is lost here, and what the log has of it comes back at the next start;
// with store.ErrFull nothing is. No read goes on either: what was answered is in part only in the log, of which it is not known any more what
// the disk has, and the database alone would show texts that were taken, and not show some that were answered.
func (f *file) change(do func() error) error {
	err := f.guard("writing", do)
	if err == nil {
		return nil
	}
	f.forget()
	if errors.Is(err, store.ErrFull) {
		return err
	}
	if _, ok := errors.AsType[syscall.Errno](err); ok {
		err = fmt.Errorf("%w; nothing more is written or read: see to the disk, and start again, since what was acknowledged is kept", err)
	}
	f.failed = err
	return err
}
