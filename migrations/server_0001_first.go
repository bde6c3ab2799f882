package migrations

import "go.etcd.io/bbolt"

// server0001 makes the buckets. Keys are fixed-width and big-endian; c is a client's key (32 bytes), everything else 8 bytes.
func server0001(tx *bbolt.Tx) error {
	return create(tx, KindServer,
		"clients", // c → row of the directory
		"names",   // name → c
		"cursors", // c → channel cursor, and where it began

		"mail",  // to c, order → text
		"index", // to c, from c, epoch, toEpoch, seq → order
		"texts", // to c, from c, epoch, toEpoch, first seq, parts, size → how many parts of it wait
		"usage", // to c, or to c and from c → texts and bytes charged

		"marks",  // to c, from c, epoch, toEpoch → delivery
		"untold", // from c, to c, epoch, toEpoch → nothing: the sender was not told yet

		"posts",   // order → post
		"authors", // author c, epoch, toEpoch, seq → order
	)
}
