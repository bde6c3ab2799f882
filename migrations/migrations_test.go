package migrations_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
)

func openDB(t *testing.T) *bbolt.DB {
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "x.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func schema(t *testing.T, db *bbolt.DB) (n uint32, kind string) {
	if err := db.View(func(tx *bbolt.Tx) (err error) {
		kind = migrations.Kind(tx)
		n, err = migrations.Schema(tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n, kind
}

func TestAnEmptyFileRunsEveryStep(t *testing.T) {
	for want, steps := range map[string][]migrations.Step{migrations.KindServer: migrations.Server, migrations.KindProfile: migrations.Profile} {
		db := openDB(t)
		if n, kind := schema(t, db); n != 0 || kind != "" {
			t.Errorf("an empty file has schema %d of %q", n, kind)
		}
		for range 2 { // the second time there is nothing to do
			if err := migrations.Apply(db, steps); err != nil {
				t.Fatal(err)
			}
			if n, kind := schema(t, db); int(n) != len(steps) || kind != want {
				t.Errorf("schema %d of %q, want %d of %q", n, kind, len(steps), want)
			}
		}
	}
}

// steps are the server's and two more, which put a key each; the last one fails with err or panics.
func steps(fail func() error) []migrations.Step {
	put := func(name string, then func() error) migrations.Step {
		return migrations.Step{Name: name, Do: func(tx *bbolt.Tx) error {
			if err := tx.Bucket([]byte("names")).Put([]byte(name), []byte{1}); err != nil {
				return err
			}
			return then()
		}}
	}
	return append(migrations.Server[:1:1], put("second", func() error { return nil }), put("third", fail))
}

func TestAnInterruptedStepHasNotHappened(t *testing.T) {
	broken := errors.New("broken")
	for name, fail := range map[string]func() error{
		"an error": func() error { return broken },
		"a panic":  func() error { panic(broken) },
	} {
		t.Run(name, func(t *testing.T) {
			db := openDB(t)
			func() {
				defer func() { _ = recover() }()
				if err := migrations.Apply(db, steps(fail)); !errors.Is(err, broken) || !strings.Contains(err.Error(), "schema 3 (third)") {
					t.Errorf("error %v", err)
				}
			}()
			if n, _ := schema(t, db); n != 2 {
				t.Errorf("schema %d, want 2", n)
			}
			has := func(key string) (ok bool) {
				_ = db.View(func(tx *bbolt.Tx) error { ok = tx.Bucket([]byte("names")).Get([]byte(key)) != nil; return nil })
				return ok
			}
			if !has("second") || has("third") {
				t.Errorf("second step done: %v, third: %v", has("second"), has("third"))
			}
			if err := migrations.Apply(db, steps(func() error { return nil })); err != nil {
				t.Fatal(err)
			}
			if n, _ := schema(t, db); n != 3 || !has("third") {
				t.Errorf("schema %d after the second try", n)
			}
		})
	}
}

func TestANewerSchemaIsRefusedWithBothNumbers(t *testing.T) {
	db := openDB(t)
	if err := migrations.Apply(db, steps(func() error { return nil })); err != nil {
		t.Fatal(err)
	}
	err := migrations.Apply(db, migrations.Server[:1])
	if !errors.Is(err, migrations.ErrNewer) || !strings.Contains(err.Error(), "3, this version knows up to 1") {
		t.Errorf("error %v", err)
	}
}

func TestADamagedNumberIsRefused(t *testing.T) {
	db := openDB(t)
	if err := migrations.Apply(db, migrations.Server); err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(migrations.Meta).Put([]byte("schema"), []byte{0, 0, 0, 0, 1, 2, 3, 4})
	}); err != nil {
		t.Fatal(err)
	}
	if err := migrations.Apply(db, migrations.Server); !errors.Is(err, migrations.ErrDamaged) {
		t.Errorf("error %v", err)
	}
}
