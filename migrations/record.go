package migrations

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"go.etcd.io/bbolt"
)

// A record's value, as schemas 1 to 5 have it: a version byte, a msgpack array, and the CRC-32C of bucket, key and both, in four
// bytes, big-endian. This is a frozen copy of what store/bolt does: a step for another layout brings its own.
const recordVersion = 1

// The pieces of msgpack that steps write. What they take over from old records stays as it is.
const (
	array1 = 0x91 // an array of one element; of n, up to fifteen: 0x90 + n
	array2 = 0x92
	bin8   = 0xc4 // bytes; how many follows in one byte
	num64  = 0xcf // a number; it follows in eight bytes, big-endian
)

// sum is the checksum of a record whose version and array are body.
func sum(bucket string, key, body []byte) uint32 {
	n := crc32.Update(0, castagnoli, []byte(bucket))
	n = crc32.Update(n, castagnoli, key)
	return crc32.Update(n, castagnoli, body)
}

// seal makes a record's value of its version and array.
func seal(bucket string, key, body []byte) []byte {
	return binary.BigEndian.AppendUint32(body, sum(bucket, key, body))
}

// unseal gives a record's version and array; false when its checksum does not fit.
func unseal(bucket string, key, value []byte) (body []byte, ok bool) {
	n := len(value) - 4
	if n < 1 || binary.BigEndian.Uint32(value[n:]) != sum(bucket, key, value[:n]) {
		return nil, false
	}
	return value[:n], true
}

// pageSize is how many records are copied out at a time.
const pageSize = 64

// record is a key and the version and array of its value.
type record struct{ key, body []byte }

// each calls fn with all records of a bucket whose checksum fits, by key; they are the caller's. fn may put records into the
// bucket under keys that are there. What it writes stays in bbolt's memory until the step is done: one transaction costs that.
func each(tx *bbolt.Tx, bucket string, fn func(r record) error) error {
	b := tx.Bucket([]byte(bucket))
	if b == nil {
		return fmt.Errorf("%w: bucket %s is missing", ErrBroken, bucket)
	}
	var last []byte
	for {
		n, page := 0, []record(nil)
		c := b.Cursor()
		for k, v := c.Seek(append(last, 0)); k != nil && n < pageSize; k, v = c.Next() {
			if bytes.Compare(k, last) <= 0 {
				return fmt.Errorf("%w: record %x of %s is out of order", ErrBroken, k, bucket)
			}
			n, last = n+1, bytes.Clone(k)
			if body, ok := unseal(bucket, k, v); ok {
				page = append(page, record{last, bytes.Clone(body)})
			}
		}
		for _, r := range page {
			if err := fn(r); err != nil {
				return err
			}
		}
		if n < pageSize {
			return nil
		}
	}
}
