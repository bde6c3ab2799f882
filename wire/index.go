package wire

import "hash/maphash"

// Index finds things by the keys that stand in them. A map of keys would have each key a second time, and its room is half empty: 75 bytes
// for each thing, and 27 here. Keys with the same hash, which nobody can make since its seed is secret, are chained. Not safe for concurrent use.
type Index[T any] struct {
	of    func(t *T) (key Key, next **T)
	hash  func(k Key) uint64
	first map[uint64]*T
	n     int
}

// NewIndex makes an index with room for so many; of gives the key of a thing and its room for the next one of a chain, both always the same.
func NewIndex[T any](room int, of func(t *T) (key Key, next **T)) *Index[T] {
	seed := maphash.MakeSeed()
	return &Index[T]{of: of, hash: func(k Key) uint64 { return maphash.Bytes(seed, k[:]) }, first: make(map[uint64]*T, room)}
}

// Get gives the thing with a key, nil when there is none.
func (x *Index[T]) Get(k Key) *T {
	for t := x.first[x.hash(k)]; t != nil; {
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
	at := x.hash(k)
	*next = x.first[at]
	x.first[at] = t
	x.n++
}

// Delete takes out the thing with a key, if there is one.
func (x *Index[T]) Delete(k Key) {
	at := x.hash(k)
	first := x.first[at]
	for t := &first; *t != nil; {
		key, next := x.of(*t)
		if key != k {
			t = next
			continue
		}
		*t, *next = *next, nil
		x.n--
		break
	}
	if first == nil {
		delete(x.first, at)
		return
	}
	x.first[at] = first
}

// Len is how many there are.
func (x *Index[T]) Len() int { return x.n }
