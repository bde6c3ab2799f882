package migrations

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// server0005 makes room for how old the channel's log is, and writes how large it is: from now on posts go from it. What was posted so far
// counts as new.
func server0005(tx *bbolt.Tx) error {
	if _, err := tx.CreateBucketIfNotExists([]byte("ages")); err != nil { // age of the log → receipt order that it had come to then
		return err
	}
	size, err := sizeOfPosts(tx)
	if err != nil {
		return err
	}
	key := []byte("channel") // → age, order of its last mark, order through which posts are gone, bytes
	body := binary.BigEndian.AppendUint64([]byte{recordVersion, array4, 0, 0, 0, num64}, size)
	return tx.Bucket(Meta).Put(key, seal(string(Meta), key, body))
}

const (
	array4   = 0x94
	bin16    = 0xc5
	postRoom = 340 // what a post counts as beside its body and a quarter of that
)

// sizeOfPosts adds up what the posts count as, in their order; those that can't be read count as empty. Nothing of them is copied.
func sizeOfPosts(tx *bbolt.Tx) (size uint64, err error) {
	posts := tx.Bucket([]byte("posts"))
	if posts == nil {
		return 0, fmt.Errorf("%w: bucket posts is missing", ErrBroken)
	}
	var last []byte
	c := posts.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if bytes.Compare(k, last) <= 0 {
			return 0, fmt.Errorf("%w: record %x of posts is out of order", ErrBroken, k)
		}
		last = append(last[:0], k...)
		n := bodyLength(v)
		size += n + n/4 + postRoom
	}
	return size, nil
}

// bodyLength reads how long a post's body is: its record is a version, an array of its author and of the nine fields of its text, which are
// numbers but for the last one.
func bodyLength(v []byte) uint64 {
	const fields = 1 + 1 + 2 + 32 + 1 // version, array, author, array
	if len(v) < fields || v[1] != array2 || v[fields-1] != 0x99 {
		return 0
	}
	v = v[fields:]
	for range 8 {
		n := width(v)
		if n == 0 || n > len(v) {
			return 0
		}
		v = v[n:]
	}
	switch {
	case len(v) > 2 && v[0] == bin8:
		return uint64(v[1])
	case len(v) > 3 && v[0] == bin16:
		return uint64(binary.BigEndian.Uint16(v[1:]))
	}
	return 0
}

// width is how many bytes a msgpack integer has; 0 for what is none.
func width(v []byte) int {
	if len(v) == 0 {
		return 0
	}
	switch b := v[0]; {
	case b < 0x80 || b >= 0xe0:
		return 1
	case b >= 0xcc && b <= 0xcf:
		return 1 + 1<<(b-0xcc)
	case b >= 0xd0 && b <= 0xd3:
		return 1 + 1<<(b-0xd0)
	}
	return 0
}
