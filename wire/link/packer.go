package link

import "udpchat/wire"

// packer puts messages into datagrams, as many as fit into one for the same destination.
//
// Invariant: latest names, for every destination in packed, the last of its datagrams, the one that may still have room.
type packer struct {
	room   int      // bytes of messages in a datagram
	packed []packed // in the order of their first messages
	latest map[destination]int
}

type destination struct {
	path Path
	to   wire.Key
}

// packed is a datagram to be: messages for one destination. Its buffer is used again after reset.
type packed struct {
	dest     destination
	messages []byte
	later    bool // there is one before it for the same destination,
	next     int  // and this one after it; 0 for none
}

func newPacker(room int) packer { return packer{room: room, latest: make(map[destination]int)} }

// add packs an encoded message, of at most room bytes, behind the others for its destination.
func (k *packer) add(dest destination, message []byte) {
	i, ok := k.last(dest)
	if full := ok && len(k.packed[i].messages)+len(message) > k.room; !ok || full {
		before := i
		i = k.begin(dest)
		if k.packed[i].later = full; full {
			k.packed[before].next = i
		}
	}
	k.packed[i].messages = append(k.packed[i].messages, message...)
}

// last is where the last datagram for dest is: mostly it is the last one of all.
func (k *packer) last(dest destination) (int, bool) {
	if i := len(k.packed) - 1; i >= 0 && k.packed[i].dest == dest {
		return i, true
	}
	i, ok := k.latest[dest]
	return i, ok
}

// begin starts a datagram, in a buffer that an earlier one left if there is one, and returns its place.
func (k *packer) begin(dest destination) int {
	i := len(k.packed)
	if i < cap(k.packed) {
		k.packed = k.packed[:i+1]
	} else {
		k.packed = append(k.packed, packed{})
	}
	k.packed[i].dest, k.packed[i].messages, k.packed[i].next = dest, k.packed[i].messages[:0], 0
	k.latest[dest] = i
	return i
}

// each calls f with the datagrams, those for one destination one after the other: so they can leave as a run.
func (k *packer) each(f func(d *packed)) {
	for i := range k.packed {
		if k.packed[i].later {
			continue
		}
		for at := i; ; at = k.packed[at].next {
			f(&k.packed[at])
			if k.packed[at].next == 0 {
				break
			}
		}
	}
}

// reset forgets what was packed. One destination after another: clear would cost as much as the largest flush ever.
func (k *packer) reset() {
	for i := range k.packed {
		delete(k.latest, k.packed[i].dest)
	}
	k.packed = k.packed[:0]
}
