package bolt

import (
	"bytes"
	"math"
	"slices"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// Read gives one page of the history: it looks at no more than 64 sound records.
func (p *Profile) Read(q store.Query) (got store.Passage, err error) {
	from := q.After
	if !q.Oldest {
		if from = q.Before; from == 0 {
			from = math.MaxUint64
		}
	}
	err = p.file.view(func(tx *bbolt.Tx) error {
		looked, s := 0, p.file.shelf(tx, "lines")
		damaged, err := s.walk(numberKey(from), !q.Oldest, func(k, v []byte) error {
			var l line
			if s.read(k, v, &l) != nil {
				got.Damaged++
				return nil
			}
			if l.Order = orderOf(k); q.Oldest && q.Before != 0 && l.Order >= q.Before || !q.Oldest && l.Order <= q.After {
				return errStop
			}
			if looked++; q.Asks(store.Line(l)) {
				if l.Out && !p.file.readEnd(tx, k, &l.End) {
					got.Damaged++
				}
				got.Lines = append(got.Lines, store.Line(l))
			}
			if looked == pageSize || len(got.Lines) == q.Limit {
				got.Next = l.Order
				return errStop
			}
			return nil
		})
		got.Damaged += damaged
		return err
	})
	if err != nil {
		return store.Passage{}, err
	}
	if !q.Oldest {
		slices.Reverse(got.Lines)
	}
	return got, nil
}

// readEnd reads the end of the line with that key; false when it is damaged.
func (f *file) readEnd(tx *bbolt.Tx, line []byte, e *store.End) (ok bool) {
	got, err := f.endOf(tx, line)
	if err == nil {
		*e = got
	}
	return err == nil
}

// walk shows the sound records above a place, by key, or with down those below it, from the highest one on. It counts the
// others that it passes.
func (s shelf) walk(place []byte, down bool, fn func(key, value []byte) error) (damaged int, err error) {
	if err := s.open(); err != nil {
		return 0, err
	}
	c := s.bucket.Cursor()
	step := c.Next
	if down {
		step = c.Prev
	}
	last := place
	for k, v := s.begin(c, place, down); k != nil; k, v = step() {
		switch {
		case !s.sound(k, v):
			damaged++
		case bytes.Equal(k, last) || (bytes.Compare(k, last) < 0) != down:
			if !bytes.Equal(last, place) { // a flipped page number leads back: without this a walk could go on for ever
				return damaged, s.file.damaged("record %x of %s is out of order", k, s.name)
			}
			damaged = 0 // those stand before the place
		default:
			last = bytes.Clone(k)
			if err := fn(k, v); err == errStop {
				return damaged, nil
			} else if err != nil {
				return damaged, err
			}
		}
	}
	if k, v := c.First(); down && k != nil && s.sound(k, v) && bytes.Compare(k, last) < 0 {
		return damaged, s.file.damaged("bucket %s: a page is empty", s.name) // bbolt's Prev ends there
	}
	return damaged, nil
}

// begin finds the record to begin with. A flipped bit in a key can make bbolt's search end beside the place: so the first sound
// record on its other side is looked for, and what comes behind that one.
func (s shelf) begin(c *bbolt.Cursor, place []byte, down bool) (k, v []byte) {
	k, v = c.Seek(place)
	if !down {
		for k, v = c.Prev(); k != nil; k, v = c.Prev() {
			if s.sound(k, v) && bytes.Compare(k, place) <= 0 {
				return c.Next()
			}
		}
		return c.First()
	}
	for ; k != nil; k, v = c.Next() {
		if s.sound(k, v) && bytes.Compare(k, place) >= 0 {
			return c.Prev()
		}
	}
	if first, _ := c.First(); first == nil {
		return nil, nil // bbolt's Last would look for a key for ever
	}
	return c.Last()
}

func (s shelf) sound(k, v []byte) bool { return v != nil && (s.file.unchecked || sound(s.name, k, v)) }
