package bolt

import "udpchat/store"

// rotate writes prekeys and forgets others.
//
// Forgetting is as good as the file allows. The record is gone, and no reader of the store finds it; but bbolt never writes over a
// page in use: a change goes into new pages, and the old ones, with the secret's bytes in them, become free and keep their content
// until another change takes them. Writing zeros over the record first would only make one more such page. So whoever
// gets hold of the whole file soon after a rotation may find the secret in its free pages, or in the log beside it, which is written over from its
// start and goes when the store is closed; and the disk may keep copies of its own in any case. What it takes to read old mail is both: that file, and the mail.
func (t *profileTx) rotate(c store.Rotate) error {
	for _, x := range c.Put {
		if err := t.shelf("prekeys").put(prekeyKey(x.ID), (*prekey)(&x)); err != nil {
			return err
		}
	}
	for _, id := range c.Drop {
		if err := t.shelf("prekeys").delete(prekeyKey(id)); err != nil {
			return err
		}
	}
	return nil
}

func prekeyKey(id uint32) []byte { return numberKey(uint64(id)) }

func readPrekey(s shelf, k, v []byte, list []store.Prekey) ([]store.Prekey, error) {
	var x prekey
	err := s.read(k, v, &x)
	c := cut(k)
	x.ID = uint32(c.number())
	return append(list, store.Prekey(x)), err
}

// prekey is a prekey without its id.
type prekey store.Prekey

func (x *prekey) encode(w *writer) {
	w.array(3)
	w.bytes(x.Secret[:])
	w.int(x.Made)
	w.int(x.Replaced)
}

func (x *prekey) decode(r *reader) {
	r.array(3)
	r.fill(x.Secret[:])
	x.Made, x.Replaced = r.int(), r.int()
}
