package noise

import (
	"crypto/subtle"
	"hash"

	"golang.org/x/crypto/blake2s"
)

// MacSize is the width of an authenticator in bytes.
const MacSize = 16

// The labels keep keys for different purposes apart.
const (
	labelMac    = "mac1----"
	labelCookie = "cookie--"
)

// Mac makes authenticators under one key: BLAKE2s-128 (RFC 7693, keyed). It is kept and used again, so that refusing
// a stranger's datagram allocates nothing. Not safe for concurrent use.
type Mac struct {
	h   hash.Hash
	sum [MacSize]byte // scratch: as a local variable it would be allocated
}

// NewMac takes a key of 1 to 32 bytes.
func NewMac(key []byte) *Mac {
	h, err := blake2s.New128(key)
	if err != nil {
		panic(err) // the callers' keys have 16 or 32 bytes
	}
	return &Mac{h: h}
}

// MacFor makes what stands on every handshake datagram for whoever holds the static key: who does not know that key can't
// write one (protocol.md §13.3).
func MacFor(static [KeySize]byte) *Mac {
	key := labelled(labelMac, static)
	return NewMac(key[:])
}

// Sum is the authenticator of the parts, one after another.
func (m *Mac) Sum(parts ...[]byte) [MacSize]byte {
	m.h.Reset()
	for _, p := range parts {
		m.h.Write(p)
	}
	m.h.Sum(m.sum[:0])
	return m.sum
}

// Check compares in constant time.
func (m *Mac) Check(sum []byte, parts ...[]byte) bool {
	want := m.Sum(parts...)
	return subtle.ConstantTimeCompare(sum, want[:]) == 1
}

func labelled(label string, static [KeySize]byte) [blake2s.Size]byte {
	return blake2s.Sum256(append([]byte(label), static[:]...))
}
