package bolt

import (
	"bytes"

	"udpchat/store"
)

func (t *profileTx) accept(c *store.Accept) error {
	if err := t.putOutgoing(c.Items); err != nil {
		return err
	}
	if err := t.putLane(c.Lane); err != nil {
		return err
	}
	return t.putLine(c.Line)
}

func (t *profileTx) settle(c store.Settle) error {
	for _, seq := range c.Seqs {
		if err := t.shelf("outbox").delete(laneKey(c.To, c.Epoch, c.ToEpoch).number(seq)); err != nil {
			return err
		}
	}
	if err := t.end(c.Ends); err != nil {
		return err
	}
	return t.putChain(c.Chain, c.Forget)
}

func (t *profileTx) renumber(c store.Renumber) error {
	for _, old := range c.Old {
		if err := t.clear("outbox", laneKey(old.To, old.Epoch, old.ToEpoch)); err != nil {
			return err
		}
	}
	if err := t.putOutgoing(c.Items); err != nil {
		return err
	}
	if err := t.end(c.Ends); err != nil {
		return err
	}
	return t.putLane(c.New)
}

// clear removes all records whose key begins with prefix.
func (t *profileTx) clear(name string, prefix []byte) error {
	for {
		keys, err := t.shelf(name).keys(prefix, nil, pageSize)
		if err != nil || len(keys) == 0 {
			return err
		}
		if err := t.shelf(name).delete(keys...); err != nil {
			return err
		}
	}
}

func (t *profileTx) putOutgoing(items []store.Outgoing) error {
	for _, o := range items {
		k := laneKey(o.To, o.Text.Epoch, o.Text.ToEpoch).number(o.Text.Seq)
		if err := t.shelf("outbox").put(k, &outgoing{o.Text, o.Line}); err != nil {
			return err
		}
	}
	return nil
}

// putLane writes how far a lane has counted. The age of a new one is the bucket's own count, and those that it follows go.
func (t *profileTx) putLane(l store.Lane) error {
	s, k := t.lanes.shelf, laneKey(l.To, l.Epoch, l.ToEpoch)
	var kept agedLane
	known, err := t.lanes.get(k, &kept)
	if err != nil {
		return err
	}
	if !known {
		if err := t.dropLanes(l.To); err != nil {
			return err
		}
		if kept.Age, err = s.next(); err != nil {
			return err
		}
	}
	kept.Lane = l
	t.lanes.put(k, kept)
	return nil
}

// dropLanes forgets the lanes to a recipient of which nothing is in the outbox.
func (t *profileTx) dropLanes(to store.Key) error {
	if err := t.lanes.flush(); err != nil {
		return err
	}
	var over [][]byte
	err := t.shelf("lanes").scan(clientKey(to), nil, func(k, _ []byte) error {
		left, err := t.shelf("outbox").keys(k, nil, 1)
		if len(left) == 0 {
			over = append(over, bytes.Clone(k))
		}
		return err
	})
	if err != nil {
		return err
	}
	return t.shelf("lanes").delete(over...)
}

func laneKey(to store.Key, epoch, toEpoch uint64) key {
	return clientKey(to).number(epoch).number(toEpoch)
}

func readOutgoing(s shelf, k, v []byte, list []store.Outgoing) ([]store.Outgoing, error) {
	var o outgoing
	err := s.read(k, v, &o)
	c := cut(k)
	return append(list, store.Outgoing{To: c.client(), Text: o.Text, Line: o.Line}), err
}

func readLane(s shelf, k, v []byte, list []agedLane) ([]agedLane, error) {
	var l agedLane
	err := s.read(k, v, &l)
	c := cut(k)
	l.To, l.Epoch, l.ToEpoch = c.client(), c.number(), c.number()
	return append(list, l), err
}

// outgoing is a text in the outbox, and its line.
type outgoing struct {
	store.Text
	Line uint64
}

func (o *outgoing) encode(w *writer) {
	w.array(2)
	encodeText(w, o.Text)
	w.uint(o.Line)
}

func (o *outgoing) decode(r *reader) {
	r.array(2)
	o.Text, o.Line = decodeText(r), r.u64()
}

// agedLane is a lane and when it was used first, counted in lanes.
type agedLane struct {
	store.Lane
	Age uint64
}

func (l *agedLane) encode(w *writer) {
	w.array(2)
	w.uint(l.Age)
	w.uint(l.Last)
}

func (l *agedLane) decode(r *reader) {
	r.array(2)
	l.Age, l.Last = r.u64(), r.u64()
}
