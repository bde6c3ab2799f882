package seal

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"
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

// info is HPKE's info, and the beginning of what is signed: fixed widths, big endian.
func (id *MailID) info() []byte {
	b := make([]byte, 0, mailInfoSize)
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

// signedMail is what the sender signs. That enc and the prekey are in it ties the signature to this one seal: no one who
// opens it can put the signed body into another.
func signedMail(info []byte, prekey uint32, public, enc, body []byte) []byte {
	b := make([]byte, 0, len(signedDomain)+len(info)+idSize+len(public)+len(enc)+len(body))
	b = append(b, signedDomain...)
	b = append(b, info...)
	b = binary.BigEndian.AppendUint32(b, prekey)
	b = append(b, public...)
	b = append(b, enc...)
	return append(b, body...)
}

// Address is a prekey that was verified: what mail to its owner is sealed to. Safe for concurrent use.
type Address struct {
	owner  [32]byte
	prekey Prekey
	public hpke.PublicKey
}

// NewAddress verifies a prekey of owner's: for mail after mail that is done once.
func NewAddress(owner [32]byte, p Prekey) (*Address, error) {
	if err := p.Verify(owner); err != nil {
		return nil, fmt.Errorf("seal mail: %w", err)
	}
	public, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(p.Public[:])
	if err != nil {
		return nil, fmt.Errorf("seal mail: %w: %w", ErrPrekey, err)
	}
	return &Address{owner, p, public}, nil
}

// SealMail seals a body that id names to a prekey of id.To, which it verifies: it is Address.Seal for one mail.
func SealMail(sender ed25519.PrivateKey, to Prekey, id MailID, body []byte) ([]byte, error) {
	if !isKeyOf(sender, id) {
		return nil, errNotSender
	}
	a, err := NewAddress(id.To, to)
	if err != nil {
		return nil, err
	}
	return a.Seal(sender, id, body)
}

var errNotSender = errors.New("seal mail: the key is not the sender's")

func isKeyOf(sender ed25519.PrivateKey, id MailID) bool {
	return len(sender) == ed25519.PrivateKeySize && bytes.Equal(sender[32:], id.From[:])
}

// Seal seals a body that id names, as id.From, whose key sender must be, for id.To, who must be the owner. The
// same mail sealed twice has other bytes, and either opens. The sealed mail is MailOverhead longer than the body.
func (a *Address) Seal(sender ed25519.PrivateKey, id MailID, body []byte) ([]byte, error) {
	if !isKeyOf(sender, id) {
		return nil, errNotSender
	}
	if id.To != a.owner {
		return nil, errors.New("seal mail: the prekey is not the recipient's")
	}
	info := id.info()
	// RFC 9180 §7.1.4: the encapsulation fails for a public key of small order.
	enc, context, err := hpke.NewSender(a.public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
	if err != nil {
		return nil, fmt.Errorf("seal mail: %w: %w", ErrPrekey, err)
	}
	plain := make([]byte, 0, len(body)+ed25519.SignatureSize)
	plain = append(plain, body...)
	plain = append(plain, ed25519.Sign(sender, signedMail(info, a.prekey.ID, a.prekey.Public[:], enc, body))...)
	ciphertext, err := context.Seal(nil, plain)
	if err != nil {
		return nil, fmt.Errorf("seal mail: %w", err)
	}
	sealed := make([]byte, 0, len(body)+MailOverhead)
	sealed = binary.BigEndian.AppendUint32(sealed, a.prekey.ID)
	sealed = append(sealed, enc...)
	return append(sealed, ciphertext...), nil
}

// Box is the private part of a prekey, ready to open mail. Safe for concurrent use.
type Box struct{ private hpke.PrivateKey }

// Box derives the key pair of a secret: for mail after mail that is done once.
func (s Secret) Box() (*Box, error) {
	private, err := s.private()
	if err != nil {
		return nil, err
	}
	return &Box{private}, nil
}

// OpenMail opens a mail that came under the name id. secrets finds the private part of a prekey of id.To. The error is
// ErrSealed, ErrNoPrekey or ErrForged; no byte of the body comes with one.
func OpenMail(id MailID, secrets func(prekey uint32) (Secret, bool), sealed []byte) ([]byte, error) {
	if len(sealed) < MailOverhead {
		return nil, ErrSealed
	}
	secret, ok := secrets(MailPrekey(sealed))
	if !ok {
		return nil, ErrNoPrekey
	}
	box, err := secret.Box()
	if err != nil {
		return nil, ErrSealed
	}
	return box.Open(id, sealed)
}

// Open is OpenMail for the prekey that the mail is sealed to (MailPrekey).
func (x *Box) Open(id MailID, sealed []byte) ([]byte, error) {
	if len(sealed) < MailOverhead {
		return nil, ErrSealed
	}
	enc, ciphertext := sealed[idSize:idSize+encSize], sealed[idSize+encSize:]
	info := id.info()
	context, err := hpke.NewRecipient(enc, x.private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := context.Open(nil, ciphertext)
	if err != nil {
		return nil, ErrSealed
	}
	end := len(plain) - ed25519.SignatureSize
	body, sig := plain[:end:end], plain[end:]
	if !ed25519.Verify(id.From[:], signedMail(info, MailPrekey(sealed), x.private.PublicKey().Bytes(), enc, body), sig) {
		return nil, ErrForged
	}
	return body, nil
}

// MailPrekey is the id of the prekey that a mail is sealed to, 0 for what is too short to be one.
func MailPrekey(sealed []byte) uint32 {
	if len(sealed) < MailOverhead {
		return 0
	}
	return binary.BigEndian.Uint32(sealed)
}
