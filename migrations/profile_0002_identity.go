package migrations

import (
	"bytes"
	"encoding/binary"
	"math"

	"go.etcd.io/bbolt"
)

// profile0002 makes the buckets of what is known of keys, and notes which servers' stores were known before there were any: what
// waits there may still be in the clear. Keys are as in the first schema.
func profile0002(tx *bbolt.Tx) error {
	for _, name := range []string{
		"contacts", // c → name, card, verified
		"prekeys",  // id → secret, when it was made and replaced
		"chains",   // author c, epoch, toEpoch → seq, hash
		"servers",  // address, as text → key, static key
		"clear",    // store id → receipt order through which it may hold what is in the clear
	} {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	if err := each(tx, "streams", func(r record) error { return markClear(tx, r.key) }); err != nil {
		return err
	}
	// Who has posted and never received anything knows the store as the one that the posts were for.
	err := each(tx, "lanes", func(r record) error {
		if len(r.key) != 32+8+8 || !bytes.Equal(r.key[:32], channel[:]) {
			return nil
		}
		return markClear(tx, r.key[32+8:])
	})
	if err != nil {
		return err
	}
	// A profile may have been registered without a trace of the store in it. 0 is no store's id: it stands for the one that is met next.
	// (Who makes a new file takes it out again.)
	if some, _ := tx.Bucket([]byte("clear")).Cursor().First(); some != nil {
		return nil
	}
	return markClear(tx, make([]byte, 8))
}

// channel is the recipient of posts in the first schema: no client's key.
var channel = [32]byte{0: 0xff, 31: 0xff}

// markClear notes that a store may hold what is in the clear, through an order that is not known yet. A key of another width than
// an id's is no store's.
func markClear(tx *bbolt.Tx, store []byte) error {
	if len(store) != 8 {
		return nil
	}
	through := binary.BigEndian.AppendUint64([]byte{recordVersion, array1, num64}, math.MaxUint64)
	return tx.Bucket([]byte("clear")).Put(store, seal("clear", store, through))
}
