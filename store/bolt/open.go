package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"udpchat/migrations"
	"udpchat/store"
)

// lockTimeout is how long Open waits for another process to let go of the file.
const lockTimeout = time.Second

// Options are what both stores can be told. The zero value is right for use.
type Options struct {
	// MaxSize is the file's largest size in bytes; a change that needs more finds the disk full (store.ErrFull). 0 means
	// no limit.
	MaxSize int
	// Log is the largest size in bytes of the log beside the file. 0 means 256 KiB.
	Log int64

	unchecked bool // tests only: checksums are not looked at
}

// layout is what a kind of store is made of.
type layout struct {
	kind  string
	steps []migrations.Step
	born  func(tx *bbolt.Tx) error // writes what a new store has from its first transaction on
	made  func(tx *bbolt.Tx) error // undoes what steps did for older files and is not meant for a new one; optional
	mmap  int                      // bytes of address space: below it, growing waits for no reader
	alloc int                      // bytes by which the file grows
}

// schemaOfLog is the first schema in which a database says how much it has of the log beside it.
const schemaOfLog = 4

// idKey holds the identity of the file, which the sidecar knows too. It is not store.Head.ID, which Renew changes.
var idKey = []byte("file")

// open is the guard in front of bbolt, which takes an empty file for a new database and panics on one that is cut short.
// The order is: what does the sidecar know, what do the sizes and header pages say, then bbolt, then whose file it is.
func open(path string, l layout, o Options) (*file, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("store %s: its directory cannot be made: %w", path, err)
	}
	known, err := readSidecar(path)
	if err != nil {
		return nil, err
	}
	size, err := sizeOf(path)
	if err != nil {
		return nil, err
	}
	switch {
	case size == 0 || size == absent && known.exists:
		return nil, vanished(path, size, known.exists)
	case size == absent:
		if err := create(path, l); err != nil {
			return nil, err
		}
	}
	if err := preflight(path); err != nil {
		return nil, err
	}
	f, err := openBolt(path, l, o)
	if err != nil {
		return nil, err
	}
	if err = f.settle(); err == nil {
		err = f.checkTree()
	}
	if err == nil {
		err = f.admit(l, known, cmp.Or(o.Log, logSize))
	}
	if err != nil {
		_ = f.close()
		return nil, err
	}
	return f, nil
}

// absent is the size of a file that is not there.
const absent = -1

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return absent, nil
	case err != nil:
		return 0, fmt.Errorf("store %s: %w", path, err)
	case info.IsDir():
		return 0, fmt.Errorf("store %s is a directory; name a file in it", path)
	case !info.Mode().IsRegular():
		return 0, fmt.Errorf("store %s is not a regular file", path)
	}
	return info.Size(), nil
}

// vanished refuses a store of which nothing is left. Nothing here ever leaves an empty file behind, so one was emptied.
func vanished(path string, size int64, known bool) error {
	what, remedy := "it is empty", "delete "+path
	if size == absent {
		what, remedy = "it is missing", "delete "+sidecarPath(path)
	} else if known {
		remedy += " and " + sidecarPath(path)
	}
	return fmt.Errorf("%s is %w: %s; restore it from a backup, or %s to start with an empty store", path, store.ErrDamaged, what, remedy)
}

// openBolt opens the database; a panic becomes an error.
func openBolt(path string, l layout, o Options) (f *file, err error) {
	f = &file{path: path, unchecked: o.unchecked}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			if f.os != nil {
				_ = giveUp(f.os)
			}
			f, err = nil, damaged(path, "opening it failed (%v)", oneLine(p))
		}
	}()
	f.db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:         lockTimeout,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: mmapSize(l.mmap),
		MaxSize:         o.MaxSize,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			// Without O_CREATE: a store that vanished since the preflight is not made anew.
			var err error
			f.os, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
			return f.os, err
		},
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("%s is %w; stop that one first, or name another file", path, store.ErrInUse)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return nil, damaged(path, "%v", err)
	case err != nil:
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	f.db.AllocSize = l.alloc
	return f, nil
}

// settle makes durable what is in the file. A process that was killed between writing a change and syncing it leaves it in the
// system's cache: it is read and acted upon from now on, and a power loss must not take it back.
func (f *file) settle() error {
	if err := f.os.Sync(); err != nil {
		return fmt.Errorf("store %s: %w", f.path, err)
	}
	return nil
}

// checkTree looks where bbolt's page numbers lead, before bbolt follows them.
func (f *file) checkTree() error {
	newest, err := readMeta(f.os, 0)
	if err == nil {
		var other meta
		if other, err = readMeta(f.os, newest.pageSize); other.tx > newest.tx {
			newest = other
		}
	}
	if err != nil {
		return fmt.Errorf("store %s: %w", f.path, err)
	}
	if err := checkTree(f.os, newest); err != nil {
		return f.damaged("%v", err)
	}
	return nil
}

// mmapSize is how much bbolt maps at first. On Windows the file itself would grow to it, and 32 bits have no room for it.
func mmapSize(n int) int {
	if runtime.GOOS == "windows" || ^uint(0)>>32 == 0 {
		return 0
	}
	return n
}

// admit checks whose file it is, does again what only the log has, brings it to this schema and writes the sidecar when there is none.
func (f *file) admit(l layout, known sidecar, log int64) error {
	var id number
	var have uint32
	err := f.view(func(tx *bbolt.Tx) (err error) {
		if err = f.checkKind(tx, l.kind); err != nil {
			return err
		}
		if have, err = migrations.Schema(tx); err != nil {
			return f.damaged("%v", err)
		}
		if int(have) > len(l.steps) {
			return fmt.Errorf("%s was %w: its schema is %d, this one knows up to %d; update udpchat", f.path, store.ErrNewer, have, len(l.steps))
		}
		return f.shelf(tx, metaBucket).must(idKey, &id)
	})
	if err != nil {
		return err
	}
	now := sidecar{kind: l.kind, id: uint64(id), schema: len(l.steps), exists: true, sound: true}
	if known.sound && (known.id != now.id || known.kind != now.kind) {
		return fmt.Errorf("%s is %w or was replaced: %s knows another store (%s %016x, here is %016x); restore %s from a backup, or delete %s to go on with this file",
			f.path, store.ErrDamaged, sidecarPath(f.path), known.kind, known.id, now.id, f.path, sidecarPath(f.path))
	}
	if f.failed = f.again(l, have, log); f.failed != nil {
		return f.failed // the log stays
	}
	if known == now {
		return nil
	}
	if !known.exists {
		if err := syncUp(f.path); err != nil {
			return fmt.Errorf("store %s: its directory cannot be synced: %w", f.path, err)
		}
	}
	return now.write(f.path)
}

// checkKind refuses what another program, or the other half of this one, wrote.
func (f *file) checkKind(tx *bbolt.Tx, want string) error {
	what := ""
	switch kind := migrations.Kind(tx); kind {
	case want:
		return nil
	case migrations.KindServer:
		what = "it is a server's store, not a profile"
	case migrations.KindProfile:
		what = "it is a profile, not a server's store"
	default:
		what = "it is a bbolt database of another program"
	}
	return fmt.Errorf("%s is foreign or %w: %s; name another file", f.path, store.ErrDamaged, what)
}

func (f *file) migrate(steps []migrations.Step) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			f.lost.Store(true)
			err = f.damaged("changing its schema failed (%v)", oneLine(p))
		}
	}()
	err = migrations.Apply(f.db, steps)
	switch {
	case errors.Is(err, migrations.ErrBroken):
		return f.damaged("%v", err)
	case err != nil:
		return fmt.Errorf("store %s: %w", f.path, err)
	}
	return nil
}

// oneLine makes a panic's value fit into an error's line.
func oneLine(p any) string {
	return strings.Join(strings.Fields(fmt.Sprint(p)), " ")
}
