package wire

import "encoding/binary"

// Index finds things by the keys that stand in them. A map of keys would have each key a second time, and its room is half empty: 75 bytes
// for each thing, and 27 here. Keys that begin with the same 8 bytes, of which nobody makes many, are chained. Not safe for concurrent use.
type Index[T any] struct {
	of    func(t *T) (key Key, next **T)
	first map[uint64]*T
	n     int
}

// NewIndex makes an index with room for so many; of gives the key of a thing and its room for the next one of a chain, which are always the same.
func NewIndex[T any](room int, of func(t *T) (key Key, next **T)) *Index[T] {
	return &Index[T]{of: of, first: make(map[uint64]*T, room)}
}

func beginning(k Key) uint64 { return binary.NativeEndian.Uint64(k[:8]) }

// Get gives the thing with a key, nil when there is none.
func (x *Index[T]) Get(k Key) *T {
	for t := x.first[beginning(k)]; t != nil; {
		key, next := x.of(t)
		if key == k {
			return t
		}
		t = *next
	}
	return nil
}

// Put adds a thing, with whose key there is none.
func (x *Index[T]) Put(t *T) {
	k, next := x.of(t)
	*next = x.first[beginning(k)]
	x.first[beginning(k)] = t
	x.n++
}

// Delete takes out the thing with a key, if there is one.
func (x *Index[T]) Delete(k Key) {
	begin := beginning(k)
	first := x.first[begin]
	for at := &first; *at != nil; {
		key, next := x.of(*at)
		if key != k {
			at = next
			continue
		}
		*at, *next = *next, nil
		x.n--
		break
	}
	if first == nil {
		delete(x.first, begin)
		return
	}
	x.first[begin] = first
}

// Len is how many there are.
func (x *Index[T]) Len() int { return x.n }
