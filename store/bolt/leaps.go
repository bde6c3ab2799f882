package bolt

import (
	"go.etcd.io/bbolt"

	"udpchat/store"
)

// begin notes what a run of the server skips. A leap's key is the order that it follows: orders only grow.
func (t *serverTx) begin(c store.Begin) (store.Result, error) {
	if c.By == 0 {
		return store.Result{}, nil
	}
	leaps := t.shelf("leaps")
	all, err := readLeaps(leaps)
	if err != nil {
		return store.Result{}, err
	}
	_, next := store.Past{Leaps: all}.Begin(store.Head(t.head), c.By)
	for _, l := range all[:len(all)+1-len(next.Leaps)] {
		if err := leaps.delete(numberKey(l.Order)); err != nil {
			return store.Result{}, err
		}
	}
	l := leap(next.Leaps[len(next.Leaps)-1])
	t.head.Order, t.head.Revision, t.moved = t.head.Order+c.By, t.head.Revision+c.By, true
	return store.Result{}, leaps.put(numberKey(l.Order), &l)
}

// Past reads what earlier runs left.
func (s *Server) Past() (p store.Past, err error) {
	err = s.file.view(func(tx *bbolt.Tx) (err error) {
		if p.Leaps, err = readLeaps(s.file.strictShelf(tx, "leaps")); err != nil {
			return err
		}
		p.Former, err = readFormer(s.file.strictShelf(tx, "former"))
		return err
	})
	return p, err
}

func readLeaps(s shelf) (all []store.Leap, err error) {
	err = s.scan(nil, nil, func(k, v []byte) error {
		var g leap
		if err := s.read(k, v, &g); err != nil {
			return err
		}
		g.Order = orderOf(k)
		all = append(all, store.Leap(g))
		return nil
	})
	return all, err
}

func readFormer(s shelf) (all []uint64, err error) {
	err = s.scan(nil, nil, func(k, v []byte) error {
		all = append(all, orderOf(k))
		return s.read(k, v, &nothing{})
	})
	return all, err
}

// leap is a leap; its order is its key.
type leap store.Leap

func (g *leap) encode(w *writer) {
	w.array(2)
	w.uint(g.Revision)
	w.uint(g.By)
}

func (g *leap) decode(r *reader) {
	r.array(2)
	g.Revision, g.By = r.u64(), r.u64()
}
