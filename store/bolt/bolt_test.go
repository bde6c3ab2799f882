package bolt

import (
	"fmt"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

func TestServer(t *testing.T) {
	storetest.RunServer(t, func(t *testing.T) store.Server { return newServer(t) })
}

// reopening is a server's store that the suite can close and open again. When the test ends it is closed and checked.
type reopening struct {
	*Server
	t    *testing.T
	path string
}

func newServer(t *testing.T) *reopening {
	r := &reopening{t: t, path: filepath.Join(t.TempDir(), "server.db")}
	r.open()
	t.Cleanup(func() {
		_ = r.Close()
		check(t, r.path)
	})
	return r
}

func (r *reopening) open() {
	s, err := OpenServer(r.path, Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.Server = s
}

func (r *reopening) Reopen() store.Server {
	if err := r.Close(); err != nil {
		r.t.Fatal(err)
	}
	check(r.t, r.path)
	r.open()
	return r
}

// check is bbolt's own view of a file's structure.
func check(t testing.TB, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Errorf("check: %v", err)
		return
	}
	defer func() { _ = db.Close() }()
	if err := db.View(func(tx *bbolt.Tx) error {
		var first error
		for err := range tx.Check() {
			if first == nil {
				first = fmt.Errorf("check: %w", err)
			}
		}
		return first
	}); err != nil {
		t.Error(err)
	}
}
