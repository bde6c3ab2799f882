package migrations

import "go.etcd.io/bbolt"

// profile0001 makes the buckets. Keys are fixed-width and big-endian; c is a client's key (32 bytes), everything else 8 bytes.
func profile0001(tx *bbolt.Tx) error {
	return create(tx, KindProfile,
		"outbox", // to c, epoch, toEpoch, seq → text
		"lanes",  // to c, epoch, toEpoch → last seq given out

		"sources", // from c, epoch, toEpoch → marks
		"parts",   // from c, epoch, seq, toEpoch → part of a text that is not whole
		"streams", // store id → marks of receipt orders

		"lines",   // order → line of history
		"unshown", // order → nothing: the line was not on the screen yet
	)
}
