// Package noise is the cryptography of a session, without the session: a handshake of two messages, the keys that come
// out of it, the window against replays, and the authenticators that stand in front of it all. Bytes go in and come out;
// there is no socket, clock, table or retry here. docs/protocol.md §13 is its specification.
//
// The handshake is Noise_IK_25519_ChaChaPoly_BLAKE2s (Noise Protocol Framework, revision 34, §7.5): the initiator knows
// the responder's static key, sends its own in the first message, encrypted, and both are proved when it has read the
// second and the responder has read the first datagram after that.
//
//	Initiate -> message 1 -> Respond, Answer -> message 2 -> Finish
//	                              |                             |
//	                             Keys                          Keys
//
// What the first message says is not proved by it: with the responder's own stolen key anyone can write one in any
// name (§7.7 there, source property 1). It is for answering, and for nothing else.
package noise

import (
	"crypto/rand"
	"errors"
	"io"
)

// Sizes in bytes.
const (
	KeySize   = 32                                      // of an X25519 key, public or private
	TagSize   = 16                                      // what sealing adds
	OpenSize  = KeySize + (KeySize + TagSize) + TagSize // message 1 around its payload: e, s, payload
	CloseSize = KeySize + TagSize                       // message 2 around its payload: e, payload
)

// ErrRefused is every refusal of received bytes: they are not what they should be, and nothing changed. It is made once,
// so that a flood costs no allocation, and does not say why: that would help only whoever forged them.
var ErrRefused = errors.New("refused by its cryptography")

// source is where random bytes come from.
func source(r io.Reader) io.Reader {
	if r == nil {
		return rand.Reader
	}
	return r
}
