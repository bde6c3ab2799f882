package migrations

import "go.etcd.io/bbolt"

// server0004 and profile0004 write how far the database has what the log beside it has: of no life nothing. An older program would not look
// at the log.
func server0004(tx *bbolt.Tx) error { return putMark(tx) }

func putMark(tx *bbolt.Tx) error {
	body := []byte{recordVersion, array2, 0, 0}
	return tx.Bucket(Meta).Put([]byte("log"), seal(string(Meta), []byte("log"), body))
}
