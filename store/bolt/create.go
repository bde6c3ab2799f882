package bolt

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
)

// create makes a new store. A kill at any moment leaves something that the next start accepts: the file is built under
// another name and synced, then gets its name in one step, and the sidecar comes last, made from the file when its name is durable. So
// there is either no store (and a forgotten file beside it), or a whole one without a sidecar, or both; a sidecar
// without its store, which would be refused, cannot come about.
func create(path string, l layout) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("store %s cannot be made: %w", path, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("store %s cannot be made: %w", path, err)
	}
	db, err := bbolt.Open(tmp.Name(), 0o600, &bbolt.Options{Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return fmt.Errorf("store %s cannot be made: %w", path, err)
	}
	err = migrations.Apply(db, l.first())
	if err == nil && l.made != nil {
		err = db.Update(l.made)
	}
	if closeErr := db.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("store %s cannot be made: %w", path, err)
	}
	// Link fails when another process was first: its store is as good. Where there are no links, the file is moved.
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(tmp.Name(), path); err != nil {
			return fmt.Errorf("store %s cannot be made: %w", path, err)
		}
	}
	return nil
}

// syncUp makes the name of a new store durable, and those of the directories that it is in: a power loss takes away a new
// directory whose own name was not synced, with all that was promised in it. A store is new as long as it has no sidecar: it may
// have been made by an earlier start that was killed before it came here. A directory that may not be read is not one of those that
// were made for it.
func syncUp(path string) error {
	if err := syncDir(path); err != nil {
		return err
	}
	for d := filepath.Dir(path); filepath.Dir(d) != d; d = filepath.Dir(d) {
		if err := syncDir(d); errors.Is(err, fs.ErrPermission) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// first is the list of steps with the first one extended, so that a file with schema 1 always has its identity.
func (l layout) first() []migrations.Step {
	steps := append([]migrations.Step(nil), l.steps...)
	do := steps[0].Do
	steps[0].Do = func(tx *bbolt.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		id := number(randomID())
		if err := (&file{}).shelf(tx, metaBucket).put(idKey, &id); err != nil {
			return err
		}
		return l.born(tx)
	}
	return steps
}

// randomID draws an identity; never 0.
func randomID() uint64 {
	var b [8]byte
	for {
		_, _ = rand.Read(b[:]) // never fails (crypto/rand)
		if id := binary.BigEndian.Uint64(b[:]); id != 0 {
			return id
		}
	}
}
