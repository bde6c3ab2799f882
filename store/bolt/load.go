package bolt

import (
	"bytes"
	"cmp"
	"slices"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// Load reads a profile's state. It stops at the first damaged record: a client that went on without one would use a number
// twice or show a text again.
func (p *Profile) Load() (l store.Loaded, err error) {
	err = p.file.view(func(tx *bbolt.Tx) error {
		var me self
		if err := p.file.shelf(tx, metaBucket).must(selfKey, &me); err != nil {
			return err
		}
		l.Seed, l.Epoch = me.Seed, me.Epoch
		l.Lines, err = lastLine(p.file.shelf(tx, "lines"))
		return err
	})
	var lanes []agedLane
	for _, part := range []struct {
		shelf string
		read  func(s shelf, k, v []byte) error
	}{
		{"outbox", func(s shelf, k, v []byte) (err error) { l.Outbox, err = readOutgoing(s, k, v, l.Outbox); return err }},
		{"lanes", func(s shelf, k, v []byte) (err error) { lanes, err = readLane(s, k, v, lanes); return err }},
		{"sources", func(s shelf, k, v []byte) (err error) { l.Inbox, err = readSource(s, k, v, l.Inbox); return err }},
		{"parts", func(s shelf, k, v []byte) (err error) { l.Parts, err = readPart(s, k, v, l.Parts); return err }},
		{"streams", func(s shelf, k, v []byte) (err error) { l.Streams, err = readStream(s, k, v, l.Streams); return err }},
		{"unshown", func(s shelf, k, v []byte) (err error) { l.Unshown, err = p.readUnshown(s, k, v, l.Unshown); return err }},
		{"contacts", func(s shelf, k, v []byte) (err error) { l.Contacts, err = readContact(s, k, v, l.Contacts); return err }},
		{"prekeys", func(s shelf, k, v []byte) (err error) { l.Prekeys, err = readPrekey(s, k, v, l.Prekeys); return err }},
		{"chains", func(s shelf, k, v []byte) (err error) { l.Chains, err = readChain(s, k, v, l.Chains); return err }},
		{"servers", func(s shelf, k, v []byte) (err error) { l.Servers, err = readServer(s, k, v, l.Servers); return err }},
		{"clear", func(s shelf, k, v []byte) (err error) { l.Clear, err = readClear(s, k, v, l.Clear); return err }},
	} {
		if err == nil {
			err = p.eachRecord(part.shelf, part.read)
		}
	}
	if err != nil {
		return store.Loaded{}, err
	}
	l.Lanes = byAge(lanes)
	return l, nil
}

// eachRecord reads a bucket in pages.
func (p *Profile) eachRecord(name string, read func(s shelf, k, v []byte) error) error {
	var from []byte
	for {
		n := 0
		err := p.file.view(func(tx *bbolt.Tx) error {
			s := p.file.strictShelf(tx, name)
			return s.scan(nil, from, func(k, v []byte) error {
				if n == pageSize {
					return errStop
				}
				n++
				from = key(bytes.Clone(k)).after()
				return read(s, k, v)
			})
		})
		if err != nil || n < pageSize {
			return err
		}
	}
}

// byAge puts the lanes into the order of their first use: where one recipient has several, the last is the newest one.
func byAge(lanes []agedLane) []store.Lane {
	slices.SortFunc(lanes, func(a, b agedLane) int { return cmp.Compare(a.Age, b.Age) })
	var list []store.Lane
	for _, l := range lanes {
		list = append(list, l.Lane)
	}
	return list
}
