// Package seal protects from one end to the other what the server keeps: mail, which only its recipient reads, and posts,
// which every member reads. It is not a session (wire/link protects what is on its way) and knows no server, store or
// datagram. Its state is a Chain's, an Exchange's and what was verified or agreed upon before; it has no clock and no goroutine;
// the only randomness that it draws is HPKE's ephemeral key.
//
// Mail is sealed with a key that HPKE (RFC 9180, base mode) gives to a sender and the owner of a prekey, around a body that
// its sender signed. One exchange of keys serves many mails, which count:
//
//	       +-----------+-----+---------+-----------------------------------------+-----+
//	mail   | prekey id | enc | counter |  body  |  path  | position | signature  | tag |
//	       |     4     | 32  |    2    |                encrypted                | 16  |
//	       +-----------+-----+---------+-----------------------------------------+-----+
//
//	       +-------+------+-----------+----------+-----------+------------------+
//	post   | after | prev | signature | position |   path    |  body, readable  |
//	       |  16   |  32  |    64     |    1     | 32 a level|                  |
//	       +-------+------+-----------+----------+-----------+------------------+
//
// One signature serves a batch of up to 16, a tree of hashes whose root is signed: position and path lead from a mail or
// post up to it (batch.go). What is signed of each is all of it.
//
// Base mode says nothing of who sent; the signature does. Noise X, or HPKE's authenticated mode, would take the sender's
// Diffie-Hellman key instead, and whoever steals the recipient's private key could then write to it in anyone's name
// (RFC 9180 §9.1.1, key-compromise impersonation). The price is that a recipient can prove to others what it was sent.
//
// The signature and the associated data bind every field that travels beside the mail, so that a server that alters one has
// changed it into something that does not open. Batches hold mail to one recipient only: a path has hashes of what else is
// in the batch, from which who knows the rest can tell whether a guess of a body is right.
package seal

import "crypto/ed25519"

// The sizes that this package adds, in bytes.
const (
	// MailOverhead is how much longer a sealed mail is than its body, when it is alone in its batch: prekey id, enc (RFC
	// 9180 §7.1, Nenc of X25519), counter, position, signature, and the tag of ChaCha20-Poly1305.
	MailOverhead = idSize + encSize + counterSize + 1 + ed25519.SignatureSize + tagSize

	// PostOverhead is how much longer an encoded post is than its body, when it is alone in its batch: after, prev, the
	// signature and position.
	PostOverhead = 16 + 32 + ed25519.SignatureSize + 1

	// MaxPath is how much more there is at most in a batch.
	MaxPath = maxDepth * HashSize

	idSize      = 4
	encSize     = 32
	counterSize = 2
	tagSize     = 16
)

// The domains of what is signed and hashed. None is the beginning of another, so that no signature of one kind is one of
// another kind too. What is hashed as part of a batch begins with 0 or 1 besides.
const (
	prekeyDomain = "udpchat/prekey/1"
	batchDomain  = "udpchat/batch/1"
	mailDomain   = "udpchat/mail/2"
	keyDomain    = "udpchat/mail-key/2"
	signedDomain = "udpchat/mail-signature/2"
	postDomain   = "udpchat/post/2"
	loneDomain   = "udpchat/post/1"
	hashDomain   = "udpchat/post-hash/1"

	loneMailDomain   = "udpchat/mail/1"
	loneSignedDomain = "udpchat/mail-signature/1"
)
