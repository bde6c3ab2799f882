package crashtest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
)

// stores are where new ones are made: below directories that are not there yet.
var stores = map[string]string{"server": "var/lib/server.db", "profile": "home/ann/profile.db"}

func TestAPowerLossWhileAStoreIsMadeLeavesOneOrNone(t *testing.T) {
	for kind, path := range stores {
		t.Run(kind, func(t *testing.T) {
			k := task{Kind: kind, Path: path, Seed: seed(t)}
			began := time.Now()
			good := newTrial(k, record(t, k, nil))
			good.run(t, good.every(max(1, *states/800), k.Seed))
			good.report(t, began)
		})
	}
}

// The first process was killed, at each moment once; a second one made the store, or found it. What both had not synced is lost.
func TestAPowerLossAfterAStoreWasMadeInTwoTries(t *testing.T) {
	for kind, path := range stores {
		t.Run(kind, func(t *testing.T) {
			k := task{Kind: kind, Path: path, Seed: seed(t)}
			began := time.Now()
			once := record(t, k, nil)
			all := newTrial(k, once)
			for i := range once.ops {
				good := newTrial(k, record(t, k, nil, after(i+1)))
				good.run(t, append(good.random(*states/250, k.Seed), state{cut: len(good.ops)}))
				all.add(good)
			}
			all.report(t, began)
		})
	}
}

func TestAPowerLossDuringTheMigrationLeavesAVersion(t *testing.T) {
	for _, c := range []struct{ kind, name string }{{"server", "server.db"}, {"profile", "ann.db"}, {"profile", "ben.db"}, {"profile", "cleo.db"}} {
		t.Run(c.name, func(t *testing.T) {
			k := task{Kind: c.kind, Path: c.name, Seed: seed(t)}
			began := time.Now()
			files := firstVersion(t, c.name)
			good := newTrial(k, record(t, k, files))
			identity, digest := migrated(t, k, files)
			good.plan.digests[0] = digest
			good.first = func(found string) string {
				if c.kind == "profile" && found != identity {
					return "its seed is " + identity
				}
				return digest
			}
			good.look = schema
			good.run(t, good.every(max(1, *states/400), k.Seed))
			good.report(t, began)
			newest := map[string]int{"server": len(migrations.Server), "profile": len(migrations.Profile)}[c.kind]
			for n := 1; n <= newest; n++ {
				if good.bad[fmt.Sprint("of schema ", n)] == 0 || len(good.bad) != newest+1 {
					t.Errorf("the states were %v", good.bad)
				}
			}
		})
	}
}

func seed(t *testing.T) uint64 {
	s := uint64(time.Now().UnixNano())
	t.Logf("seed %d", s)
	return s
}

// firstVersion is a store that the first version wrote, with its sidecar.
func firstVersion(t *testing.T, name string) map[string][]byte {
	t.Helper()
	from := filepath.Join("..", "testdata", "v1", name)
	packed, err := os.ReadFile(from + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	id, err := os.ReadFile(from + ".id")
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{name: content, name + ".id": id}
}

// migrated is what is in a store after a migration that nothing happened to.
func migrated(t *testing.T, k task, files map[string][]byte) (identity, digest string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := subjects[k.Kind].open(filepath.Join(dir, k.Path))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if identity, err = s.identity(); err != nil {
		t.Fatal(err)
	}
	if digest, err = s.digest(); err != nil {
		t.Fatal(err)
	}
	return identity, digest
}

// schema reads a file's number with bbolt alone.
func schema(path string) (what string, err error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	err = db.View(func(tx *bbolt.Tx) error {
		n, err := migrations.Schema(tx)
		what = fmt.Sprint("of schema ", n)
		return err
	})
	return what, err
}

// The power went after a store was made, and nothing was kept that was not synced: the directories that were made for it were not.
func TestTheDirectoriesOfANewStoreAreDurable(t *testing.T) {
	for kind, path := range stores {
		k := task{Kind: kind, Path: path, Seed: 1}
		began := time.Now()
		good := newTrial(k, record(t, k, nil))
		good.run(t, []state{{cut: len(good.ops)}})
		good.report(t, began)
	}
}

// A process was killed between the write of a header page and its sync. The next one saw the change. Then the power went.
func TestAChangeThatASecondProcessSawIsDurable(t *testing.T) {
	for kind, path := range stores {
		k := task{Kind: kind, Path: path, Seed: 1, Changes: 40}
		opened := false
		began := time.Now()
		good := newTrial(k, record(t, k, nil, func(o op) bool {
			opened = opened || o.kind == marked && strings.HasPrefix(string(o.data), "done")
			return opened && o.kind == written && o.at <= int64(os.Getpagesize())
		}))
		lives := 0
		for i, o := range good.ops {
			if o.kind == marked && strings.HasPrefix(string(o.data), "open") {
				if lives++; lives == 2 {
					good.run(t, []state{{cut: i + 1}})
				}
			}
		}
		good.report(t, began)
	}
}

// A process was killed when it had made its log, and before the name was synced. The next one used that log, and answered. Then the power went.
func TestALogThatASecondProcessFoundIsDurable(t *testing.T) {
	for kind, path := range stores {
		k := task{Kind: kind, Path: path, Seed: 1, Changes: 40}
		began := time.Now()
		good := newTrial(k, record(t, k, nil, func(o op) bool { return o.names[filepath.Base(path)+".wal"] != 0 }))
		var list []state
		for cut := range len(good.ops) + 1 {
			list = append(list, state{cut: cut})
		}
		good.run(t, list)
		good.report(t, began)
	}
}
