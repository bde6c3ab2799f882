package seal

import (
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"
)

var (
	// ErrSealed is mail that does not open: damaged, altered in it or beside it, or for someone else.
	ErrSealed = errors.New("mail does not open")

	// ErrNoPrekey is mail to a prekey whose private part is gone, or never was. The id stands outside of the seal: it is
	// the server's word until the sender repeats it.
	ErrNoPrekey = errors.New("mail is sealed to a prekey that is no more")

	// ErrForged is mail that opens and that its sender did not sign.
	ErrForged = errors.New("mail is not from its sender")
)

// MailID is what a mail says of itself outside of the seal: its name and the other fields that travel with it
// (protocol.md §5.2). A mail that gets a new name, or another recipient, is sealed again.
type MailID struct {
	To, From [32]byte // Ed25519
	Epoch    uint64
	ToEpoch  uint64
	Seq      uint64
	Part     uint16
	Parts    uint16
	Size     uint32
	Time     int64
	Flags    uint8 // a void is sealed too, with an empty body, or the server could void what it likes
}

// mailInfoSize is the width of what info makes.
const mailInfoSize = len(mailDomain) + 2*32 + 3*8 + 2*2 + 4 + 8 + 1

// pairSize is how much of it is the same for all mail of a sender to a recipient: HPKE's info.
const pairSize = len(mailDomain) + 2*32

// info appends what is sealed with a mail, and the beginning of what is signed: fixed widths, big endian.
func (id *MailID) info(b []byte) []byte {
	b = append(b, mailDomain...)
	b = append(b, id.To[:]...)
	b = append(b, id.From[:]...)
	b = binary.BigEndian.AppendUint64(b, id.Epoch)
	b = binary.BigEndian.AppendUint64(b, id.ToEpoch)
	b = binary.BigEndian.AppendUint64(b, id.Seq)
	b = binary.BigEndian.AppendUint16(b, id.Part)
	b = binary.BigEndian.AppendUint16(b, id.Parts)
	b = binary.BigEndian.AppendUint32(b, id.Size)
	b = binary.BigEndian.AppendUint64(b, uint64(id.Time))
	return append(b, id.Flags)
}

// leafSize is how long what is hashed of a mail is at most, with a body that fits a datagram.
const leafSize = 1 + len(signedDomain) + mailInfoSize + idSize + 32 + encSize + counterSize + 1100

// leaf is the hash of what the sender signs. That enc, the counter and the prekey are in it ties the signature to this one
// seal: no one who opens it, and so could seal too, can put the signed body into another.
func (id *MailID) leaf(prekey uint32, public, enc []byte, counter uint16, body []byte) hash {
	b := append(make([]byte, 0, leafSize), leaf)
	b = append(b, signedDomain...)
	b = id.info(b)
	b = binary.BigEndian.AppendUint32(b, prekey)
	b = append(b, public...)
	b = append(b, enc...)
	b = binary.BigEndian.AppendUint16(b, counter)
	return sha256.Sum256(append(b, body...))
}

// beside is what is authenticated with the seal of a mail: all that travels in the clear, but enc, which makes the key, and the
// counter, which makes the nonce.
func (id *MailID) beside(prekey uint32) []byte {
	return binary.BigEndian.AppendUint32(id.info(make([]byte, 0, mailInfoSize+idSize)), prekey)
}

func nonce(counter uint16) []byte {
	return binary.BigEndian.AppendUint16(make([]byte, chacha20poly1305.NonceSize-counterSize, chacha20poly1305.NonceSize), counter)
}

// exporter is what both ends of an HPKE context are.
type exporter interface {
	Export(context string, length int) ([]byte, error)
}

// exported is the cipher for the mail of an exchange (RFC 9180 §5.3).
func exported(from exporter) (cipher.AEAD, error) {
	key, err := from.Export(keyDomain, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	return chacha20poly1305.New(key)
}

// proofTail is the end of what is sealed, behind body and path: position and signature.
const proofTail = 1 + ed25519.SignatureSize

// MailPrekey is the id of the prekey that a mail is sealed to, in either form, 0 for what is too short to be one.
func MailPrekey(sealed []byte) uint32 {
	if len(sealed) < loneOverhead {
		return 0
	}
	return binary.BigEndian.Uint32(sealed)
}
