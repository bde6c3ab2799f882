// Package seal protects from one end to the other what the server keeps: mail, which only its recipient reads, and posts,
// which every member reads. It is not a session (wire/link protects what is on its way) and knows no server, store or
// datagram. It has no state but a Chain's, no clock and no goroutine; the only randomness that it draws is HPKE's
// ephemeral key.
//
// Mail is HPKE (RFC 9180) in base mode to a prekey of the recipient, around a body that its sender signed:
//
//	       +-----------+--------+----------------------------------+-----+
//	mail   | prekey id |  enc   |  body            |  signature   | tag |
//	       |     4     |   32   |            encrypted            | 16  |
//	       +-----------+--------+----------------------------------+-----+
//
//	       +---------+--------+-------------+------------------+
//	post   |  after  |  prev  |  signature  |  body, readable  |
//	       |   16    |   32   |     64      |                  |
//	       +---------+--------+-------------+------------------+
//
// Base mode says nothing of who sent; the signature does. Noise X, or HPKE's authenticated mode, would take the sender's
// Diffie-Hellman key instead, and whoever steals the recipient's private key could then write to it in anyone's name
// (RFC 9180 §9.1.1, key-compromise impersonation). The price is that a recipient can prove to others what it was sent.
//
// The signature and HPKE's info bind every field that travels beside the mail, so that a server that alters one has
// changed it into something that does not open.
package seal

import "crypto/ed25519"

// The sizes that this package adds, in bytes.
const (
	// MailOverhead is how much longer a sealed mail is than its body: prekey id, enc (RFC 9180 §7.1, Nenc of X25519),
	// signature, and the tag of ChaCha20-Poly1305.
	MailOverhead = idSize + encSize + ed25519.SignatureSize + tagSize

	// PostOverhead is how much longer an encoded post is than its body: after, prev and the signature.
	PostOverhead = 16 + 32 + ed25519.SignatureSize

	idSize  = 4
	encSize = 32
	tagSize = 16
)

// The domains of what is signed and hashed. None is the beginning of another, so that no signature of one kind is one of
// another kind too.
const (
	prekeyDomain = "udpchat/prekey/1"
	mailDomain   = "udpchat/mail/1"
	signedDomain = "udpchat/mail-signature/1"
	postDomain   = "udpchat/post/1"
	hashDomain   = "udpchat/post-hash/1"
)
