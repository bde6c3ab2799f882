package bolt

import (
	"encoding/binary"

	"udpchat/store"
)

// key builds a bucket's key of fixed-width pieces: clients' keys, and numbers big-endian so that they sort.
type key []byte

func clientKey(c store.Key) key { return append(make(key, 0, 104), c[:]...) }

func numberKey(n uint64) key { return make(key, 0, 8).number(n) }

func (k key) client(c store.Key) key { return append(k, c[:]...) }

func (k key) number(n uint64) key { return binary.BigEndian.AppendUint64(k, n) }

// after is the least key above k of the same width.
func (k key) after() key { return append(k, 0) }

// cut reads a key from its front.
type cut []byte

func (c *cut) client() (k store.Key) {
	copy(k[:], (*c)[:32])
	*c = (*c)[32:]
	return k
}

func (c *cut) number() uint64 {
	n := binary.BigEndian.Uint64((*c)[:8])
	*c = (*c)[8:]
	return n
}
