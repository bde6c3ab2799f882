package noise

import (
	"crypto/cipher"
	"encoding/binary"
	"math"

	flynn "github.com/flynn/noise"
	"golang.org/x/crypto/chacha20poly1305"
)

// MaxCounter is the last counter that may be used: the nonce above it is reserved (Noise §5.1).
const MaxCounter = math.MaxUint64 - 1

// Keys are what a handshake leaves: one key for each direction. The counters are the caller's, who never seals two
// things under one (RFC 8439 §2.8: it would give both away).
type Keys struct{ send, receive cipher.AEAD }

// Nonce is room for one, which the caller has: as a local variable each would be allocated, and in Keys it would be kept for every session.
type Nonce [chacha20poly1305.NonceSize]byte

// newKeys takes the keys out of the library's states, whose nonces count by themselves and only upwards: datagrams come
// in any order.
func newKeys(send, receive *flynn.CipherState) Keys {
	return Keys{send: aead(send.UnsafeKey()), receive: aead(receive.UnsafeKey())}
}

func aead(key [chacha20poly1305.KeySize]byte) cipher.AEAD {
	a, err := chacha20poly1305.New(key[:])
	if err != nil {
		panic(err) // 32 bytes are always a key
	}
	return a
}

// Seal appends to b what plain is when sealed under the counter, TagSize longer. ad is authenticated with it. plain may be
// the bytes behind b in its array: then it is sealed in place.
func (k Keys) Seal(n *Nonce, b []byte, counter uint64, ad, plain []byte) []byte {
	return k.send.Seal(b, n.at(counter), plain, ad)
}

// Open appends to b what was sealed under the counter. b may be sealed[:0]: then it is opened in place, and what was there
// is gone even when it fails.
func (k Keys) Open(n *Nonce, b []byte, counter uint64, ad, sealed []byte) ([]byte, error) {
	plain, err := k.receive.Open(b, n.at(counter), sealed, ad)
	if err != nil {
		return nil, ErrRefused
	}
	return plain, nil
}

// at is the nonce of a counter: 32 zero bits, then its 64 in little-endian order (Noise §12.3).
func (n *Nonce) at(counter uint64) []byte {
	binary.LittleEndian.PutUint64(n[4:], counter)
	return n[:]
}
