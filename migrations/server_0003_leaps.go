package migrations

import "go.etcd.io/bbolt"

// server0003 makes the buckets of what the server's starts leap over, and of which ids it had before. Some files of schema 2 have them:
// for a few days step 2 made them too.
func server0003(tx *bbolt.Tx) error {
	for _, name := range []string{
		"leaps",  // order → revision, and by how much both leaped
		"former", // store id → nothing
	} {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}
