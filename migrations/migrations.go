// Package migrations is the schema of the store files: two numbered lists of steps, the server's and the profile's. It is
// not the store: a step knows bbolt and nothing else, and owns a frozen copy of any old record layout it has to read, so that
// it still does the same thing years later.
//
//	file     meta bucket: kind, schema ── Apply ──▶ steps[schema:], one transaction each
//
// The lists are append-only: a step that was ever released is never changed.
package migrations

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"go.etcd.io/bbolt"
)

var (
	// ErrNewer means that the file's schema is above what the list of steps leads to.
	ErrNewer = errors.New("schema is newer")
	// ErrDamaged means that the schema's number is there and cannot be trusted.
	ErrDamaged = errors.New("schema number is damaged")
	// ErrBroken means that a step met a file without one of its buckets, or with records that are not in their places. What is
	// wrong within a record is no matter of the steps: they leave it to whoever reads it.
	ErrBroken = errors.New("the file is not what its schema says")
)

// Step leads from one schema to the next. Steps[i] leads from schema i to schema i+1.
type Step struct {
	Name string
	Do   func(tx *bbolt.Tx) error
}

// The kinds of files, as the meta bucket names them.
const (
	KindServer  = "udpchat server"
	KindProfile = "udpchat profile"
)

// Meta is the bucket that says what the file is; only it is common to both kinds.
var Meta = []byte("meta")

var (
	kindKey    = []byte("kind")
	schemaKey  = []byte("schema")
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// Apply brings the file to the newest schema. Each step's number is written in the same transaction as its work, so that an
// interrupted one has not happened. An empty file is schema 0.
func Apply(db *bbolt.DB, steps []Step) error {
	var have uint32
	err := db.View(func(tx *bbolt.Tx) (err error) {
		have, err = Schema(tx)
		return err
	})
	if err != nil {
		return err
	}
	if int64(have) > int64(len(steps)) {
		return fmt.Errorf("%w: %d, this version knows up to %d", ErrNewer, have, len(steps))
	}
	for i := int(have); i < len(steps); i++ {
		err := db.Update(func(tx *bbolt.Tx) error {
			if err := steps[i].Do(tx); err != nil {
				return err
			}
			return setSchema(tx, uint32(i+1))
		})
		if err != nil {
			return fmt.Errorf("migrate to schema %d (%s): %w", i+1, steps[i].Name, err)
		}
	}
	return nil
}

// Kind is what the file says it is; "" when it has no meta bucket.
func Kind(tx *bbolt.Tx) string {
	meta := tx.Bucket(Meta)
	if meta == nil {
		return ""
	}
	return string(meta.Get(kindKey))
}

// Schema is the file's number; 0 when it has no meta bucket yet.
func Schema(tx *bbolt.Tx) (uint32, error) {
	meta := tx.Bucket(Meta)
	if meta == nil {
		return 0, nil
	}
	v := meta.Get(schemaKey)
	if len(v) != 8 || crc32.Checksum(v[:4], castagnoli) != binary.BigEndian.Uint32(v[4:]) {
		return 0, ErrDamaged
	}
	return binary.BigEndian.Uint32(v), nil
}

func setSchema(tx *bbolt.Tx, n uint32) error {
	meta, err := tx.CreateBucketIfNotExists(Meta)
	if err != nil {
		return err
	}
	v := binary.BigEndian.AppendUint32(nil, n)
	return meta.Put(schemaKey, binary.BigEndian.AppendUint32(v, crc32.Checksum(v, castagnoli)))
}

// create makes the meta bucket with its kind, and the buckets of a first schema.
func create(tx *bbolt.Tx, kind string, buckets ...string) error {
	meta, err := tx.CreateBucket(Meta)
	if err != nil {
		return err
	}
	for _, name := range buckets {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	return meta.Put(kindKey, []byte(kind))
}
