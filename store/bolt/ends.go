package bolt

import (
	"math"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// What became of one's own lines is apart from them: a long text is not written a second time when it is delivered.

// putEnd notes the end of a line that is written; EndUnnoted has no record.
func (t *profileTx) putEnd(order uint64, e store.End) error {
	if e == store.EndUnnoted {
		return nil
	}
	return t.shelf("ends").put(numberKey(order), (*end)(&e))
}

// end notes what became of lines that have an end already.
func (t *profileTx) end(ends []store.Ended) error {
	for _, e := range ends {
		var before end
		noted, err := t.shelf("ends").get(numberKey(e.Line), &before)
		if err == nil && noted {
			err = t.putEnd(e.Line, e.End)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// endOf reads the end of the line with that key.
func (f *file) endOf(tx *bbolt.Tx, line []byte) (store.End, error) {
	e := end(store.EndUnnoted)
	_, err := f.strictShelf(tx, "ends").get(line, &e)
	return store.End(e), err
}

// end is the end of a line.
type end store.End

func (e *end) encode(w *writer) {
	w.array(1)
	w.uint(uint64(*e))
}

func (e *end) decode(r *reader) {
	r.array(1)
	*e = end(r.uint(math.MaxUint8))
}
