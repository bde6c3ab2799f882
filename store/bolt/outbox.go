package bolt

import "udpchat/store"

func (t profileTx) accept(c store.Accept) error {
	if err := t.putOutgoing(c.Items); err != nil {
		return err
	}
	if err := t.putLane(c.Lane); err != nil {
		return err
	}
	return t.putLine(c.Line)
}

func (t profileTx) settle(c store.Settle) error {
	for _, seq := range c.Seqs {
		if err := t.shelf("outbox").delete(laneKey(c.To, c.Epoch, c.ToEpoch).number(seq)); err != nil {
			return err
		}
	}
	if err := t.end(c.Ends); err != nil {
		return err
	}
	return t.putChain(c.Chain)
}

// renumber keeps the old lane's count: should the recipient come back to its old epoch, no seq is given out twice.
func (t profileTx) renumber(c store.Renumber) error {
	if err := t.clear("outbox", laneKey(c.Old.To, c.Old.Epoch, c.Old.ToEpoch)); err != nil {
		return err
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
func (t profileTx) clear(name string, prefix []byte) error {
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

func (t profileTx) putOutgoing(items []store.Outgoing) error {
	for _, o := range items {
		k := laneKey(o.To, o.Text.Epoch, o.Text.ToEpoch).number(o.Text.Seq)
		if err := t.shelf("outbox").put(k, &outgoing{o.Text, o.Line}); err != nil {
			return err
		}
	}
	return nil
}

// putLane makes a lane the present one of its recipient. The age is the bucket's own count.
func (t profileTx) putLane(l store.Lane) error {
	s := t.shelf("lanes")
	if err := s.open(); err != nil {
		return err
	}
	age, err := s.bucket.NextSequence()
	if err != nil {
		return err
	}
	return s.put(laneKey(l.To, l.Epoch, l.ToEpoch), &agedLane{Lane: l, Age: age})
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

// agedLane is a lane and when it was used last, counted in uses.
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
