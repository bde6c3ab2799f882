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

func TestProfile(t *testing.T) {
	storetest.RunProfile(t, func(t *testing.T) store.Profile { return newProfile(t) })
}

// reopeningServer is a store that the suite can close and open again.
type reopeningServer struct {
	*Server
	t      *testing.T
	path   string
	opened func(f *file) // optional
}

type reopeningProfile struct {
	*Profile
	t    *testing.T
	path string
}

// newServer opens a store that is checked when the test has ended.
func newServer(t *testing.T) *reopeningServer {
	r := &reopeningServer{t: t, path: filepath.Join(t.TempDir(), "server.db")}
	r.Server = must(OpenServer(r.path, Options{}))(t)
	t.Cleanup(func() { closeAndCheck(t, r.Server, r.path) })
	return r
}

func newProfile(t *testing.T) *reopeningProfile {
	r := &reopeningProfile{t: t, path: filepath.Join(t.TempDir(), "profile.db")}
	r.Profile = must(OpenProfile(r.path, Options{}))(t)
	t.Cleanup(func() { closeAndCheck(t, r.Profile, r.path) })
	return r
}

func (r *reopeningServer) Reopen() store.Server {
	closeAndCheck(r.t, r.Server, r.path)
	r.Server = must(OpenServer(r.path, Options{}))(r.t)
	if r.opened != nil {
		r.opened(r.file)
	}
	return r
}

func (r *reopeningProfile) Reopen() store.Profile {
	closeAndCheck(r.t, r.Profile, r.path)
	r.Profile = must(OpenProfile(r.path, Options{}))(r.t)
	return r
}

// Remember does what the migration of the first version's profile does.
func (r *reopeningProfile) Remember(c store.Clear) {
	closeAndCheck(r.t, r.Profile, r.path)
	edit(r.t, r.path, func(tx *bbolt.Tx) error {
		through := number(c.Through)
		return (&file{path: r.path}).shelf(tx, "clear").put(numberKey(c.Store), &through)
	})
	r.Profile = must(OpenProfile(r.path, Options{}))(r.t)
}

// must fails the test on an error.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func closeAndCheck(t testing.TB, s interface{ Close() error }, path string) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	check(t, path)
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
