package bolt

import (
	"bytes"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// shelf is a bucket whose values are checked records. It lives as long as its transaction; what it gives out is the
// caller's, except for the keys in scan.
type shelf struct {
	bucket *bbolt.Bucket
	name   string
	file   *file
	// strict: that something is not there is believed only when what stands on both sides of the gap is sound. A flipped bit
	// in a key makes a search miss the record, and the two ends of a list are found by a search.
	strict bool
}

func (f *file) shelf(tx *bbolt.Tx, name string) shelf {
	return shelf{bucket: tx.Bucket([]byte(name)), name: name, file: f}
}

func (f *file) strictShelf(tx *bbolt.Tx, name string) shelf {
	s := f.shelf(tx, name)
	s.strict = !f.unchecked
	return s
}

// open checks that the bucket is there: a damaged page can hide it.
func (s shelf) open() error {
	if s.bucket == nil {
		return s.file.damaged("bucket %s is missing", s.name)
	}
	return nil
}

// get reads a record; false when there is none.
func (s shelf) get(key []byte, rec record) (bool, error) {
	if err := s.open(); err != nil {
		return false, err
	}
	c := s.bucket.Cursor()
	k, v := c.Seek(key)
	if bytes.Equal(k, key) && v != nil {
		return true, s.read(k, v, rec)
	}
	if !s.strict {
		return false, nil
	}
	if err := s.above(c, k, v, key); err != nil {
		return false, err
	}
	return false, s.below(c, key)
}

// edgeError is about a neighbour whose checksum does not fit: it may have been one of what was looked for.
type edgeError struct{ error }

func (e edgeError) Unwrap() error { return e.error }

// above checks the record that ends a gap or a list, where the cursor is; below the one before a place.
func (s shelf) above(c *bbolt.Cursor, k, v, place []byte) error {
	return s.believe(k, v, bytes.Compare(k, place) > 0, c.Next, 1)
}

func (s shelf) below(c *bbolt.Cursor, place []byte) error {
	c.Seek(place)
	k, v := s.prev(c, place)
	return s.believe(k, v, bytes.Compare(k, place) < 0, func() ([]byte, []byte) { return s.prev(c, k) }, -1)
}

// prev goes back from a place, where the cursor is, to the record before it. bbolt's Prev gives nil at the beginning, and also at each leaf that the
// transaction emptied: its own Next and Seek go on behind those. No more leaves are passed than the file has pages, whatever is damaged.
func (s shelf) prev(c *bbolt.Cursor, place []byte) (k, v []byte) {
	if k, v = c.Prev(); k != nil {
		return k, v
	}
	if first, _ := s.bucket.Cursor().First(); first == nil || bytes.Compare(first, place) >= 0 {
		return nil, nil
	}
	tx := s.bucket.Tx()
	for n := tx.Size() / int64(tx.DB().Info().PageSize); k == nil && n > 0; n-- {
		k, v = c.Prev()
	}
	return k, v
}

// believe checks a neighbour, and by the one behind it that it is not a sound one of another page: a flipped bit in its element can show that.
func (s shelf) believe(k, v []byte, ordered bool, further func() (k, v []byte), way int) error {
	if k == nil || !s.strict {
		return nil
	}
	if ordered && v != nil {
		if !sound(s.name, k, v) {
			return edgeError{s.file.damaged("record %x of %s does not fit its checksum", k, s.name)}
		}
		beyond, _ := further()
		ordered = beyond == nil || bytes.Compare(beyond, k) == way
	}
	if v == nil || !ordered {
		return s.file.damaged("record %x of %s is out of order", k, s.name)
	}
	return nil
}

// must reads a record that has to be there.
func (s shelf) must(key []byte, rec record) error {
	ok, err := s.get(key, rec)
	if err == nil && !ok {
		err = s.file.damaged("record %x of %s is missing", key, s.name)
	}
	return err
}

// read decodes a value that scan showed.
func (s shelf) read(key, value []byte, rec record) error {
	if err := unseal(s.name, key, value, rec, s.file.unchecked); err != nil {
		return s.file.damaged("record %x of %s: %v", key, s.name, err)
	}
	return nil
}

func (s shelf) put(key []byte, rec record) error {
	if err := s.open(); err != nil {
		return err
	}
	value, err := seal(s.name, key, rec)
	if err != nil {
		return fmt.Errorf("encode record of %s: %w", s.name, err)
	}
	s.file.redo.put(s.name, key, value)
	return s.bucket.Put(key, value)
}

func (s shelf) delete(keys ...[]byte) error {
	if err := s.open(); err != nil {
		return err
	}
	for _, key := range keys {
		s.file.redo.delete(s.name, key)
		if err := s.bucket.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// next gives the bucket's next number, from 1.
func (s shelf) next() (uint64, error) {
	if err := s.open(); err != nil {
		return 0, err
	}
	n, err := s.bucket.NextSequence()
	s.file.redo.count(s.name, n)
	return n, err
}

// errStop ends a scan early.
var errStop = errors.New("stop")

// scan shows the records whose key begins with prefix and is not below from, by key. Key and value are bbolt's: they end with
// the transaction and must not be kept. fn must not change the bucket. An edgeError comes after everything was shown.
func (s shelf) scan(prefix, from []byte, fn func(key, value []byte) error) error {
	if err := s.open(); err != nil {
		return err
	}
	if from == nil {
		from = prefix
	}
	c := s.bucket.Cursor()
	before, err := s.before(c, from)
	if err != nil {
		return err
	}
	var last []byte
	k, v := c.Seek(from)
	for ; k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		// A flipped page number can lead back: without this a scan could go on for ever.
		if bytes.Compare(k, from) < 0 || last != nil && bytes.Compare(k, last) <= 0 {
			return s.file.damaged("record %x of %s is out of order", k, s.name)
		}
		if v == nil {
			return s.file.damaged("record %x of %s is no record", k, s.name)
		}
		switch err := fn(k, v); {
		case err == errStop:
			return before
		case err != nil:
			return err
		}
		last = k
	}
	if err := s.above(c, k, v, prefix); err != nil { // is this really the end?
		return err
	}
	return before
}

// before checks the record before a place: an edgeError apart from others.
func (s shelf) before(c *bbolt.Cursor, from []byte) (edge, err error) {
	if len(from) == 0 || !s.strict {
		return nil, nil
	}
	err = s.below(c, from)
	if errors.As(err, new(edgeError)) {
		return err, nil
	}
	return nil, err
}

// keys copies the keys that begin with prefix and are not below from, up to limit. They are good beside an edgeError.
func (s shelf) keys(prefix, from []byte, limit int) (keys [][]byte, err error) {
	err = s.scan(prefix, from, func(k, _ []byte) error {
		if len(keys) == limit {
			return errStop
		}
		keys = append(keys, bytes.Clone(k))
		return nil
	})
	return keys, err
}
