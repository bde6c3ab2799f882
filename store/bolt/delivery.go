package bolt

import (
	"cmp"
	"slices"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

const (
	// keptEpochs is how many of a sender's epochs a pair's deliveries are kept for, as the recipient does (protocol.md §5).
	keptEpochs = 64
	// keptDeliveries bounds them together, when it is the recipient's epoch that changes.
	keptDeliveries = 72
)

// Untold lists the deliveries that a sender was not told of.
func (s *Server) Untold(sender store.Key) (list []store.Delivery, err error) {
	from := []byte(clientKey(sender))
	for {
		var keys [][]byte
		err = s.file.view(func(tx *bbolt.Tx) (err error) {
			if keys, err = s.file.strictShelf(tx, "untold").keys(clientKey(sender), from, pageSize); err != nil {
				return err
			}
			for _, k := range keys {
				c := cut(k[32:])
				to := c.client()
				var d delivery
				if err := s.file.shelf(tx, "marks").must(clientKey(to).client(sender).number(c.number()).number(c.number()), &d); err != nil {
					return err
				}
				c = cut(k[64:])
				d.Marks.Epoch, d.Marks.ToEpoch = c.number(), c.number()
				list = append(list, store.Delivery{To: to, Marks: d.Marks})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(keys) < pageSize {
			return list, nil
		}
		from = key(keys[pageSize-1]).after()
	}
}

// delivery reads a pair's marks of one pair of epochs; none are empty marks.
func (t *serverTx) delivery(to, from store.Key, epoch, toEpoch uint64) (store.Marks, error) {
	var d delivery
	_, err := t.shelf("marks").get(marksKey(to, from, epoch, toEpoch), &d)
	d.Marks.Epoch, d.Marks.ToEpoch = epoch, toEpoch
	return d.Marks, err
}

// deliver keeps the marks of a take, merged with those that are kept: an older report takes nothing back.
func (t *serverTx) deliver(c store.Take, removed bool) error {
	k := marksKey(c.To, c.From, c.Marks.Epoch, c.Marks.ToEpoch)
	var d delivery
	known, err := t.shelf("marks").get(k, &d)
	if err != nil {
		return err
	}
	merged := d.Marks.Union(c.Marks)
	if !removed && merged.Through == d.Marks.Through && slices.Equal(merged.Ranges, d.Marks.Ranges) {
		return nil
	}
	if !known {
		if d.Age, err = t.makeRoom(c.To, c.From, c.Marks.Epoch); err != nil {
			return err
		}
	}
	d.Marks = merged
	if err := t.shelf("marks").put(k, &d); err != nil {
		return err
	}
	return t.shelf("untold").put(marksKey(c.From, c.To, c.Marks.Epoch, c.Marks.ToEpoch), &nothing{})
}

// makeRoom drops a pair's oldest deliveries until one of the epoch can come, and gives that one's age.
func (t *serverTx) makeRoom(to, from store.Key, epoch uint64) (age uint64, err error) {
	type aged struct{ age, epoch, toEpoch uint64 }
	var kept []aged
	marks := t.shelf("marks")
	err = marks.scan(clientKey(to).client(from), nil, func(k, v []byte) error {
		var d delivery
		if err := marks.read(k, v, &d); err != nil {
			return err
		}
		c := cut(k[64:])
		kept = append(kept, aged{d.Age, c.number(), c.number()})
		age = max(age, d.Age+1)
		return nil
	})
	if err != nil {
		return 0, err
	}
	slices.SortFunc(kept, func(a, b aged) int { return cmp.Compare(a.age, b.age) })
	epochs := func() int {
		seen := map[uint64]bool{epoch: true}
		for _, a := range kept {
			seen[a.epoch] = true
		}
		return len(seen)
	}
	for ; len(kept) >= keptDeliveries || epochs() > keptEpochs; kept = kept[1:] {
		if err := marks.delete(marksKey(to, from, kept[0].epoch, kept[0].toEpoch)); err != nil {
			return 0, err
		}
		if err := t.shelf("untold").delete(marksKey(from, to, kept[0].epoch, kept[0].toEpoch)); err != nil {
			return 0, err
		}
	}
	return age, nil
}

func (t *serverTx) told(c store.Told) (store.Result, error) {
	kept, err := t.delivery(c.To, c.Sender, c.Marks.Epoch, c.Marks.ToEpoch)
	if err != nil || !c.Marks.Covers(kept) {
		return store.Result{}, err
	}
	return store.Result{}, t.shelf("untold").delete(marksKey(c.Sender, c.To, c.Marks.Epoch, c.Marks.ToEpoch))
}

// marksKey names a delivery: recipient first in marks, sender first in untold.
func marksKey(first, second store.Key, epoch, toEpoch uint64) []byte {
	return clientKey(first).client(second).number(epoch).number(toEpoch)
}

// delivery is a pair's marks. Age counts the pair's deliveries by first sight.
type delivery struct {
	Age   uint64
	Marks store.Marks
}

func (d *delivery) encode(w *writer) {
	w.array(2)
	w.uint(d.Age)
	encodeMarks(w, d.Marks)
}

func (d *delivery) decode(r *reader) {
	r.array(2)
	d.Age = r.u64()
	d.Marks = decodeMarks(r)
}

// nothing is a record whose key says all.
type nothing struct{}

func (*nothing) encode(w *writer) { w.array(0) }

func (*nothing) decode(r *reader) { r.array(0) }
