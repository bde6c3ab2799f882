package migrations

import "go.etcd.io/bbolt"

// profile0004 is as server0004.
func profile0004(tx *bbolt.Tx) error { return putMark(tx) }
