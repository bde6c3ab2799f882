package bolt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
)

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t testing.TB, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

// flip turns one bit over.
func flip(t testing.TB, path string, bit int64) {
	t.Helper()
	f := must(os.OpenFile(path, os.O_RDWR, 0))(t)
	defer func() { _ = f.Close() }()
	var b [1]byte
	must(f.ReadAt(b[:], bit/8))(t)
	b[0] ^= 1 << (bit % 8)
	must(f.WriteAt(b[:], bit/8))(t)
}

func zeroPage(t testing.TB, path string, page int64) {
	t.Helper()
	f := must(os.OpenFile(path, os.O_RDWR, 0))(t)
	defer func() { _ = f.Close() }()
	size := os.Getpagesize()
	must(f.WriteAt(make([]byte, size), page*int64(size)))(t)
}

// usedBytes is up to where a database's pages reach.
func usedBytes(t testing.TB, content []byte) int64 {
	t.Helper()
	m := must(readMeta(bytes.NewReader(content), 0))(t)
	other := must(readMeta(bytes.NewReader(content), m.pageSize))(t)
	return max(m.highWater, other.highWater) * m.pageSize
}

// edit changes a file with bbolt alone.
func edit(t *testing.T, path string, fn func(tx *bbolt.Tx) error) {
	t.Helper()
	db := must(bbolt.Open(path, 0o600, nil))(t)
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// harm turns over a bit of a record of an open store.
func harm(t *testing.T, s *reopeningServer, bucket string, key []byte) {
	t.Helper()
	closeAndCheck(t, s.Server, s.path)
	edit(t, s.path, func(tx *bbolt.Tx) error {
		v := append([]byte{}, tx.Bucket([]byte(bucket)).Get(key)...)
		v[len(v)/2] ^= 1
		return tx.Bucket([]byte(bucket)).Put(key, v)
	})
	s.Server = must(OpenServer(s.path, Options{}))(t)
}

func setMeta(t *testing.T, path, key string, value []byte) {
	edit(t, path, func(tx *bbolt.Tx) error {
		if value == nil {
			return tx.Bucket(migrations.Meta).Delete([]byte(key))
		}
		return tx.Bucket(migrations.Meta).Put([]byte(key), value)
	})
}

// setSchema brings a file to a schema that does not exist yet.
func setSchema(t *testing.T, path string, n int) {
	steps := migrations.Server
	for len(steps) < n {
		steps = append(slices.Clip(steps), migrations.Step{Name: "of the future", Do: func(*bbolt.Tx) error { return nil }})
	}
	db := must(bbolt.Open(path, 0o600, nil))(t)
	if err := errors.Join(migrations.Apply(db, steps), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func otherDatabase(t *testing.T, path string) {
	remove(t, path)
	edit(t, path, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("somebody's"))
		return err
	})
}

func putProfile(t *testing.T, path string) {
	other := filepath.Join(t.TempDir(), "profile.db")
	closeAndCheck(t, must(OpenProfile(other, Options{}))(t), other)
	write(t, path, must(os.ReadFile(other))(t))
}
