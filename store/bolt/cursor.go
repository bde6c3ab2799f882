package bolt

import (
	"errors"
	"math"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// Cursors tells the lowest cursor of some members.
func (s *Server) Cursors(after store.Key, limit int) (lowest uint64, last store.Key, err error) {
	lowest = math.MaxUint64
	n := 0
	err = s.file.view(func(tx *bbolt.Tx) error {
		cursors := s.file.strictShelf(tx, "cursors")
		err := cursors.scan(nil, clientKey(after).after(), func(k, v []byte) error {
			if n++; n > limit {
				return errStop
			}
			var at cursor
			if cursors.read(k, v, &at) != nil {
				at.At = 0 // whoever it is holds the log, and is told of the damage when it comes
			}
			lowest = min(lowest, at.At)
			copy(last[:], k)
			return nil
		})
		if errors.As(err, new(edgeError)) { // a neighbour may be one of them
			lowest, err = 0, nil
		}
		return err
	})
	if n <= limit {
		last = store.Key{}
	}
	return lowest, last, err
}

// advance moves a cursor, but not past what there is: nobody can have seen that.
func (t *serverTx) advance(c store.Advance) (store.Result, error) {
	var at cursor
	known, err := t.strictShelf("cursors").get(clientKey(c.Member), &at)
	if err != nil {
		return store.Result{}, err
	}
	if !known {
		return store.Result{Verdict: store.NoClient}, nil
	}
	to := max(at.At, min(c.Order, t.head.Order))
	if c.Back {
		to = min(to, at.notBelow(c.Order))
	}
	if to == at.At {
		return store.Result{Cursor: to}, nil
	}
	at.At = to
	return store.Result{Cursor: to}, t.shelf("cursors").put(clientKey(c.Member), &at)
}

// rewind gives a new client its cursor, and moves a known one's back when asked to.
func (t *serverTx) rewind(member store.Key, known bool, back *uint64) (uint64, error) {
	at := cursor{At: t.head.Order, Began: t.head.Order}
	if known {
		if err := t.shelf("cursors").must(clientKey(member), &at); err != nil {
			return 0, err
		}
		if back == nil || *back >= at.At {
			return at.At, nil
		}
		at.At = at.notBelow(*back)
	}
	return at.At, t.shelf("cursors").put(clientKey(member), &at)
}

// cursor is the order of the last post that a member needs no more; Began is where it stood first.
type cursor struct{ At, Began uint64 }

// notBelow is where a cursor goes that is moved back to an order: not below where it began.
func (c *cursor) notBelow(order uint64) uint64 { return max(order, c.Began) }

func (c *cursor) encode(w *writer) {
	w.array(2)
	w.uint(c.At)
	w.uint(c.Began)
}

func (c *cursor) decode(r *reader) {
	r.array(2)
	c.At, c.Began = r.u64(), r.u64()
}
