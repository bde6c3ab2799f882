package link

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// The labels of what comes from a seed, and of what its key signs (protocol.md §13.2). Each use has its own, so that a key or
// a signature made for one is worth nothing for another.
const (
	labelStatic      = "udpchat/x25519/1"
	labelReset       = "udpchat/reset/1"
	labelCertificate = "udpchat/static/1"
)

// ErrCard is a certificate that is not its key's.
var ErrCard = errors.New("the certificate of the static key is not valid")

// Identity is all the secrets of a party that its sessions need. They come from one seed. Not safe for concurrent use.
type Identity struct {
	key    wire.Key
	card   Card
	static *noise.Static
	reset  *noise.Mac
}

// Card is the public X25519 key of a party and the signature with which its identity vouches for it.
type Card struct {
	Static [32]byte
	Sig    [64]byte
}

// NewIdentity derives the secrets. The Ed25519 key is the seed's own (RFC 8032 §5.1.5); the others are HKDF's (RFC 5869).
func NewIdentity(seed [32]byte) *Identity {
	private := ed25519.NewKeyFromSeed(seed[:])
	static := noise.NewStatic(derive(seed, labelStatic))
	reset := derive(seed, labelReset)
	card := Card{Static: static.Public()}
	card.Sig = [64]byte(ed25519.Sign(private, card.signed()))
	return &Identity{
		key:    wire.Key(private.Public().(ed25519.PublicKey)),
		card:   card,
		static: static,
		reset:  noise.NewMac(reset[:]),
	}
}

func derive(seed [32]byte, label string) [32]byte {
	b, err := hkdf.Key(sha256.New, seed[:], nil, label, 32)
	if err != nil {
		panic(err) // only a length above 8,160 is refused
	}
	return [32]byte(b)
}

// Key is what the party is known by.
func (i *Identity) Key() wire.Key { return i.key }

// Card is what others need to begin a session.
func (i *Identity) Card() Card { return i.card }

// Verify reports with ErrCard that the holder of key never vouched for the card.
func (c Card) Verify(key wire.Key) error {
	if lowOrder(key) || !ed25519.Verify(key[:], c.signed(), c.Sig[:]) {
		return ErrCard
	}
	return nil
}

// lowOrder reports whether a key is one of the points of order 1, 2, 4 and 8, in any encoding: in their names everyone can sign,
// and the zeros that wire.ServerKey is are one of them. RFC 8032 §5.1.7 does not refuse them.
func lowOrder(key wire.Key) bool {
	key[31] &= 0x7f // the sign
	return slices.Contains(lowOrderPoints, key)
}

// lowOrderPoints are the y of those points: 0, 1, -1, and two of order 8; 0 and 1 also as p and p+1.
var lowOrderPoints = func() (all []wire.Key) {
	for _, s := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	} {
		b, _ := hex.DecodeString(s)
		all = append(all, wire.Key(b))
	}
	return all
}()

func (c *Card) signed() []byte { return append([]byte(labelCertificate), c.Static[:]...) }

// credential is how a handshake's payload names its sender: key and signature. The static key is in the handshake itself.
func (i *Identity) credential(b []byte) []byte {
	b = append(b, i.key[:]...)
	return append(b, i.card.Sig[:]...)
}

const credentialSize = 32 + 64

// readCredential is who says in credentialSize bytes that a static key is its own. What is known already is not verified again: that takes as long
// as a fifth of a handshake (protocol.md §13.2).
func readCredential(b []byte, static [32]byte, knows func(key wire.Key, static [32]byte) bool) (wire.Key, error) {
	key, card := wire.Key(b), Card{Static: static, Sig: [64]byte(b[32:])}
	if knows(key, static) {
		return key, nil
	}
	return key, card.Verify(key)
}

// knows reports whether it is known that a static key is key's.
func (s *Sessions) knows(key wire.Key, static [32]byte) bool {
	r := s.remotes.Get(key)
	return r != nil && r.verified && r.static == static
}
