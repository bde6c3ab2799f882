package seal

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrPrekey is a prekey that its owner did not sign, or that is no key.
var ErrPrekey = errors.New("prekey is not its owner's")

// PrekeySize is the width of an encoded prekey, in bytes.
const PrekeySize = idSize + 32 + ed25519.SignatureSize

// Prekey is the key that mail to its owner is sealed to, for some weeks. Ids grow: a sender keeps the highest that it has
// verified of each owner and refuses a lower one, or the server could go back to a key that was stolen since.
type Prekey struct {
	ID     uint32
	Public [32]byte // X25519, of the Secret
	Sig    [64]byte // the owner's, over the domain, ID and Public
}

// Secret is the private part of a prekey: 32 random bytes that are derived from nothing else, so that deleting them is
// the end of everything sealed to it. Its key pair is DeriveKeyPair of RFC 9180 §7.1.3.
type Secret [32]byte

// NewPrekey is the prekey of a secret, signed by its owner. The error is about the owner's key.
func NewPrekey(owner ed25519.PrivateKey, id uint32, s Secret) (Prekey, error) {
	if len(owner) != ed25519.PrivateKeySize {
		return Prekey{}, fmt.Errorf("sign prekey: key of %d bytes", len(owner))
	}
	private, err := s.private()
	if err != nil {
		return Prekey{}, fmt.Errorf("derive prekey: %w", err)
	}
	p := Prekey{ID: id, Public: [32]byte(private.PublicKey().Bytes())}
	p.Sig = [64]byte(ed25519.Sign(owner, p.signed()))
	return p, nil
}

func (s Secret) private() (hpke.PrivateKey, error) {
	return hpke.DHKEM(ecdh.X25519()).DeriveKeyPair(s[:])
}

// Verify returns nil when the owner signed the prekey, else ErrPrekey.
func (p Prekey) Verify(owner [32]byte) error {
	if !ed25519.Verify(owner[:], p.signed(), p.Sig[:]) {
		return ErrPrekey
	}
	return nil
}

func (p Prekey) signed() []byte {
	b := make([]byte, 0, len(prekeyDomain)+idSize+len(p.Public))
	b = append(b, prekeyDomain...)
	b = binary.BigEndian.AppendUint32(b, p.ID)
	return append(b, p.Public[:]...)
}

// Append appends the prekey's PrekeySize bytes: id, public key, signature.
func (p Prekey) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, p.ID)
	b = append(b, p.Public[:]...)
	return append(b, p.Sig[:]...)
}

// ParsePrekey reads what Append wrote. It does not verify it.
func ParsePrekey(b []byte) (Prekey, error) {
	if len(b) != PrekeySize {
		return Prekey{}, fmt.Errorf("%w: %d bytes", ErrPrekey, len(b))
	}
	return Prekey{
		ID:     binary.BigEndian.Uint32(b),
		Public: [32]byte(b[idSize:]),
		Sig:    [64]byte(b[idSize+32:]),
	}, nil
}
