package bolt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

// Found by the control of store/bolt/crashtest: where every leaf of a bucket is empty, bbolt looks for its last key for ever.
func TestABucketOfEmptyLeavesIsDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "profile.db")
	p := must(OpenProfile(path, Options{}))(t)
	for n := range uint64(400) {
		storetest.Change(t, p, &store.Receive{Line: &store.Line{Order: n + 1, Text: "a line"}})
	}
	closeAndCheck(t, p, path)
	var root uint64
	edit(t, path, func(tx *bbolt.Tx) error { root = uint64(tx.Bucket([]byte("lines")).RootPage()); return nil })
	content := must(os.ReadFile(path))(t)
	w := &walker{from: bytes.NewReader(content), pageSize: int64(os.Getpagesize()), seen: make([]bool, len(content)/os.Getpagesize())}
	leaves := must(w.tree(root))(t)
	if len(leaves) < 2 {
		t.Fatalf("%d leaves", len(leaves))
	}
	for _, id := range leaves {
		clear(content[int64(id)*w.pageSize+10:][:2]) // how many keys it has
	}
	write(t, path, content)
	p = must(OpenProfile(path, Options{}))(t)
	if _, err := p.Load(); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("error %v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
