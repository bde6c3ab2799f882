package bolt

import (
	"encoding/binary"
	"errors"

	"go.etcd.io/bbolt"
)

// redo is what a group of changes came to: each record that was put or deleted, and each count of a bucket, in order. Done again,
// from any point on, it comes to the same.
//
//	┌──────┬──────────────────┬───────────────┬───────────────────────────┐
//	│ what │ length and bucket│ length and key│ length and value, of a put│
//	│  1   │                  │               │ number, of a count        │
//	└──────┴──────────────────┴───────────────┴───────────────────────────┘
//
// Lengths and numbers are varints (encoding/binary).
type redo []byte

const (
	redoPut    = 1
	redoDelete = 2
	redoCount  = 3
)

func (r *redo) put(bucket string, key, value []byte) {
	r.begin(redoPut, bucket)
	r.bytes(key)
	r.bytes(value)
}

func (r *redo) delete(bucket string, key []byte) {
	r.begin(redoDelete, bucket)
	r.bytes(key)
}

func (r *redo) count(bucket string, n uint64) {
	r.begin(redoCount, bucket)
	*r = binary.AppendUvarint(*r, n)
}

func (r *redo) begin(what byte, bucket string) {
	*r = binary.AppendUvarint(append(*r, what), uint64(len(bucket)))
	*r = append(*r, bucket...)
}

func (r *redo) bytes(b []byte) {
	*r = append(binary.AppendUvarint(*r, uint64(len(b))), b...)
}

var errRedo = errors.New("a record of it does not fit the database")

// do does it again.
func (r redo) do(tx *bbolt.Tx) error {
	for len(r) > 0 {
		what := r[0]
		r = r[1:]
		bucket := tx.Bucket(r.take())
		if bucket == nil {
			return errRedo
		}
		var err error
		switch what {
		case redoPut:
			key := r.take()
			err = bucket.Put(key, r.take())
		case redoDelete:
			err = bucket.Delete(r.take())
		case redoCount:
			err = bucket.SetSequence(r.number())
		default:
			err = errRedo
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// take takes the next bytes; the checksum was found right, so they are there unless another program wrote it.
func (r *redo) take() []byte {
	n := r.number()
	if n > uint64(len(*r)) {
		*r = nil
		return nil
	}
	b := (*r)[:n]
	*r = (*r)[n:]
	return b
}

func (r *redo) number() uint64 {
	v, n := binary.Uvarint(*r)
	if n <= 0 {
		*r = nil
		return 0
	}
	*r = (*r)[n:]
	return v
}
