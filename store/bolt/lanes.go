package bolt

import (
	"bytes"
	"math"
)

// The last seq of a lane tells what came before from what is new, and outlives its post while fewer than 64 lanes of its author are above it
// (protocol.md §11.4): members know as many epochs (§14.4). That changes when the post goes, and when a lane comes, which moves one lane out: so each
// of the two looks at 65 lanes, however many have posts in the log, which are bounded by its size.

// forgetSeq forgets the seq of a post that goes, but for the last one of a lane that is not below the author's highest 64.
func (t *serverTx) forgetSeq(seq []byte) error {
	authors := t.shelf("authors")
	if err := authors.open(); err != nil {
		return err
	}
	next, _ := authors.bucket.Cursor().Seek(key(seq).after())
	if last := !bytes.HasPrefix(next, laneOf(seq)); last {
		if lowest, _ := authors.laneDown(authorOf(seq), keptEpochs); bytes.Compare(seq, lowest) >= 0 {
			return nil
		}
	}
	return authors.delete(seq)
}

// forgetLane forgets the lane that a new one moved out, if all its posts went. It does so twice, since a file may have more of them: earlier versions
// kept more, and of a damaged post the seq stays.
func (t *serverTx) forgetLane(author []byte, gone uint64) error {
	authors := t.shelf("authors")
	for range 2 {
		k, v := authors.laneDown(author, keptEpochs+1)
		var order number
		if k == nil || authors.read(k, v, &order) != nil || uint64(order) > gone {
			return nil // one that can't be read stays
		}
		if err := authors.delete(bytes.Clone(k)); err != nil {
			return err
		}
	}
	return nil
}

// laneDown finds the last record of an author's n-th lane, from the highest epoch down; nil when there are fewer.
func (s shelf) laneDown(author []byte, n int) (k, v []byte) {
	c := s.bucket.Cursor()
	place := append(key(nil), author...).number(math.MaxUint64).number(math.MaxUint64).number(math.MaxUint64).after()
	c.Seek(place)
	k, v = s.prev(c, place)
	for ; n > 1 && bytes.HasPrefix(k, author); n-- {
		lane := laneOf(k)
		if k, v = s.prev(c, k); bytes.HasPrefix(k, lane) { // it has more than one
			c.Seek(lane)
			k, v = s.prev(c, lane)
		}
	}
	if !bytes.HasPrefix(k, author) {
		return nil, nil
	}
	return k, v
}

// laneOf and authorOf are what a key of authors begins with.
func laneOf(seq []byte) []byte { return seq[:len(seq)-8] }

func authorOf(seq []byte) []byte { return seq[:32] }
