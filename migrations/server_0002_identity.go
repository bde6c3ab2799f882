package migrations

import (
	"crypto/rand"

	"go.etcd.io/bbolt"
)

// server0002 draws the seed of the server's identity, and gives every row of the directory a card: an empty one, since nobody
// has said anything of its keys yet. A row whose checksum does not fit stays as it is, with its damage: whoever reads it is told.
func server0002(tx *bbolt.Tx) error {
	key, seed := []byte("seed"), make([]byte, 4+32) // → seed
	copy(seed, []byte{recordVersion, array1, bin8, 32})
	_, _ = rand.Read(seed[4:]) // never fails (crypto/rand)
	if err := tx.Bucket(Meta).Put(key, seal(string(Meta), key, seed)); err != nil {
		return err
	}
	return each(tx, "clients", func(r record) error {
		if len(r.body) < 2 || r.body[0] != recordVersion || r.body[1] != rowOf8 {
			return nil // no row of the first schema
		}
		body := append(r.body, bin8, 0)
		body[1] = rowOf9
		return tx.Bucket([]byte("clients")).Put(r.key, seal("clients", r.key, body))
	})
}

// A row's array before, and with the card behind it.
const (
	rowOf8 = 0x98
	rowOf9 = 0x99
)
