package migrations_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sealed is a record of these bytes, with the right checksum.
func sealed(bucket string, key, body []byte) []byte {
	sum := crc32.Checksum([]byte(bucket+string(key)+string(body)), crc32.MakeTable(crc32.Castagnoli))
	return binary.BigEndian.AppendUint32(bytes.Clone(body), sum)
}

// first is a file of schema 1 with these records in it.
func first(t *testing.T, steps []migrations.Step, bucket string, records map[string][]byte) *bbolt.DB {
	t.Helper()
	db := openDB(t)
	if err := migrations.Apply(db, steps[:1]); err != nil {
		t.Fatal(err)
	}
	put(t, db, bucket, records)
	return db
}

func put(t *testing.T, db *bbolt.DB, bucket string, records map[string][]byte) {
	t.Helper()
	if err := db.Update(func(tx *bbolt.Tx) error {
		for k, v := range records {
			if err := tx.Bucket([]byte(bucket)).Put([]byte(k), v); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// all is a bucket's content; nil when there is no such bucket.
func all(t *testing.T, db *bbolt.DB, bucket string) (records map[string][]byte) {
	t.Helper()
	if err := db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		if b == nil {
			return nil
		}
		records = map[string][]byte{}
		return b.ForEach(func(k, v []byte) error { records[string(k)] = bytes.Clone(v); return nil })
	}); err != nil {
		t.Fatal(err)
	}
	return records
}

// A row as version 1 wrote it, and what has to become of it. The checksums were computed by another program.
const (
	rowKey    = "38d6cc212ce89ba7fabe41840d251113e16e9ed894bb1c6b56b5a1dd8eda03f8"
	rowBefore = "0198a3616e6ecf0ddc13ac8f5e87d4c4067f0000017293c4047f0000010101cf000660ec215d5af0cf000660ec215d5af093504380"
	rowAfter  = "0199a3616e6ecf0ddc13ac8f5e87d4c4067f0000017293c4047f0000010101cf000660ec215d5af0cf000660ec215d5af0c400f32b5b5b"
)

func TestEveryRowIsGivenAnEmptyCard(t *testing.T) {
	records, want := map[string][]byte{}, map[string][]byte{}
	records[string(unhex(t, rowKey))], want[string(unhex(t, rowKey))] = unhex(t, rowBefore), unhex(t, rowAfter)
	body := unhex(t, rowBefore)
	body = body[:len(body)-4]
	for i := range 500 { // several pages of records, and of the file
		k := fmt.Sprintf("%032d", i)
		b := bytes.Clone(body)
		b[7] = byte(i)
		records[k] = sealed("clients", []byte(k), b)
		b[1] = 0x99
		want[k] = sealed("clients", []byte(k), append(b, 0xc4, 0))
	}
	for i, odd := range [][]byte{
		{}, {1}, {1, 2, 3, 4},
		unhex(t, rowBefore),                                                  // another key's
		append(bytes.Clone(body), 0, 0, 0, 0),                                // a wrong sum
		sealed("clients", fmt.Appendf(nil, "z%031d", 5), nil),                // nothing in it
		sealed("clients", fmt.Appendf(nil, "z%031d", 6), []byte{2, 0x98, 1}), // of another layout
		sealed("clients", fmt.Appendf(nil, "z%031d", 7), []byte{1, 0x97, 1}),
	} {
		k := fmt.Sprintf("z%031d", i)
		records[k], want[k] = odd, odd
	}
	db := first(t, migrations.Server, "clients", records)
	for range 2 {
		if err := migrations.Apply(db, migrations.Server); err != nil {
			t.Fatal(err)
		}
		got := all(t, db, "clients")
		for k, v := range want {
			if !bytes.Equal(got[k], v) {
				t.Errorf("row %q is %x, want %x", k, got[k], v)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d rows, want %d", len(got), len(want))
		}
	}
}

func TestEveryServerHasItsOwnSeed(t *testing.T) {
	seen := map[string]bool{}
	for name, db := range map[string]*bbolt.DB{"a new one": openDB(t), "an old one": first(t, migrations.Server, "clients", nil)} {
		var last []byte
		for range 2 {
			if err := migrations.Apply(db, migrations.Server); err != nil {
				t.Fatal(err)
			}
			v := all(t, db, "meta")["seed"]
			if len(v) != 40 || !bytes.Equal(v, sealed("meta", []byte("seed"), v[:36])) || !bytes.Equal(v[:4], []byte{1, 0x91, 0xc4, 32}) {
				t.Fatalf("%s has seed %x", name, v)
			}
			if last != nil && !bytes.Equal(v, last) {
				t.Errorf("%s has another seed the second time", name)
			}
			last = v
		}
		seen[string(last[4:36])] = true
	}
	if len(seen) != 2 || seen[string(make([]byte, 32))] {
		t.Errorf("seeds %v", seen)
	}
}

func TestStoresThatWereKnownMayHoldWhatIsClear(t *testing.T) {
	number := func(n uint64) string { return string(binary.BigEndian.AppendUint64(nil, n)) }
	channel := string([]byte{0: 0xff, 31: 0xff})
	sound := func(bucket, key string) []byte { return sealed(bucket, []byte(key), []byte{1, 0x90}) }
	streams := map[string][]byte{number(3): sound("streams", number(2)), "narrow": sound("streams", "narrow")} // the first is damaged
	for id := range uint64(200) {
		streams[number(100+id)] = sound("streams", number(100+id))
	}
	lanes := map[string][]byte{}
	for _, k := range []string{channel + number(1) + number(7), channel + number(2) + number(7), channel + number(1) + number(100), string(make([]byte, 32)) + number(1) + number(8), channel} {
		lanes[k] = sound("lanes", k)
	}
	lanes[channel+number(1)+number(9)] = []byte("damaged")
	db := first(t, migrations.Profile, "streams", streams)
	put(t, db, "lanes", lanes)
	if err := migrations.Apply(db, migrations.Profile); err != nil {
		t.Fatal(err)
	}
	got := all(t, db, "clear")
	if len(got) != 201 {
		t.Errorf("%d stores", len(got))
	}
	for id := range uint64(300) {
		_, ok := got[number(id)]
		if want := id == 7 || id >= 100; ok != want {
			t.Errorf("store %d: %v", id, ok)
		}
	}
	// The checksum was computed by another program.
	db = first(t, migrations.Profile, "streams", map[string][]byte{number(0x6302a599dd2f23f3): sound("streams", number(0x6302a599dd2f23f3))})
	if err := migrations.Apply(db, migrations.Profile); err != nil {
		t.Fatal(err)
	}
	if v := all(t, db, "clear")[number(0x6302a599dd2f23f3)]; hex.EncodeToString(v) != "0191cfffffffffffffffffe9f6b764" {
		t.Errorf("record %x", v)
	}
	for _, name := range []string{"contacts", "prekeys", "chains", "servers"} {
		if records := all(t, db, name); records == nil || len(records) > 0 {
			t.Errorf("bucket %s: %v", name, records)
		}
	}
}

func TestAFileThatIsNotWhatItsSchemaSaysIsLeftAsItIs(t *testing.T) {
	rows := map[string][]byte{}
	for _, c := range "ABCD" {
		k := string(bytes.Repeat([]byte{byte(c)}, 32))
		rows[k] = sealed("clients", []byte(k), []byte{1, 0x98, 0})
	}
	for name, harm := range map[string]func(t *testing.T, db *bbolt.DB) *bbolt.DB{
		"a bucket is missing": func(t *testing.T, db *bbolt.DB) *bbolt.DB {
			if err := db.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("clients")) }); err != nil {
				t.Fatal(err)
			}
			return db
		},
		"rows are out of order": func(t *testing.T, db *bbolt.DB) *bbolt.DB {
			path := db.Path()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, bytes.ReplaceAll(content, bytes.Repeat([]byte("B"), 32), bytes.Repeat([]byte("Z"), 32)), 0o600); err != nil {
				t.Fatal(err)
			}
			if db, err = bbolt.Open(path, 0o600, nil); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			return db
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := harm(t, first(t, migrations.Server, "clients", rows))
			before := all(t, db, "clients")
			if err := migrations.Apply(db, migrations.Server); !errors.Is(err, migrations.ErrBroken) {
				t.Errorf("error %v", err)
			}
			if n, _ := schema(t, db); n != 1 || all(t, db, "meta")["seed"] != nil || fmt.Sprint(all(t, db, "clients")) != fmt.Sprint(before) {
				t.Errorf("something was changed: schema %d", n)
			}
		})
	}
}
