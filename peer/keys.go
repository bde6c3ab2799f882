package peer

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/seal"
)

// Keys is what a Core asks of cryptography: the protection of what the server keeps (protocol.md §14). NewKeys has the real ones;
// the simulator has others, since it tests decisions. Sessions are not among them: a Core never sees what travels.
type Keys interface {
	// Public is the client's identity.
	Public() wire.Key
	// Secret draws the private part of a new prekey.
	Secret() seal.Secret
	// Card is the client's card with a prekey.
	Card(p store.Prekey) ([]byte, error)
	// Check reads a card, and fails when it is not of's own.
	Check(of wire.Key, card []byte) (Card, error)
	// Seal seals mail to a prekey.
	Seal(to Card, id seal.MailID, body []byte) ([]byte, error)
	// Open opens mail. The errors are package seal's.
	Open(id seal.MailID, secrets func(prekey uint32) (seal.Secret, bool), sealed []byte) ([]byte, error)
	// Sign signs a post, and Verify returns nil when its author did.
	Sign(p *seal.Post) error
	Verify(p *seal.Post) error
}

// Card is what is known of a client's keys (protocol.md §14.1): with Static one makes a session, with Prekey one seals mail.
type Card struct {
	Static [32]byte
	Prekey seal.Prekey
}

// keys are the real Keys.
type keys struct {
	private ed25519.PrivateKey
	card    link.Card

	// What was used last is kept ready: mail comes and goes in rows, and verifying or deriving a key costs as much as using it. No
	// prekey outlives its successor here.
	to      recipient
	address *seal.Address
	secret  seal.Secret
	box     *seal.Box
}

// recipient is whom mail is sealed for, and to which prekey.
type recipient struct {
	key    wire.Key
	prekey seal.Prekey
}

// NewKeys derives a client's keys from its seed.
func NewKeys(seed [32]byte) Keys {
	return &keys{private: ed25519.NewKeyFromSeed(seed[:]), card: link.NewIdentity(seed).Card()}
}

// PublicKey is the identity that a seed gives: its Ed25519 public key (RFC 8032 §5.1.5).
func PublicKey(seed [32]byte) wire.Key {
	return wire.Key(ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey))
}

func (k *keys) Public() wire.Key { return wire.Key(k.private.Public().(ed25519.PublicKey)) }

func (k *keys) Secret() (s seal.Secret) {
	_, _ = rand.Read(s[:]) // it never fails (crypto/rand)
	return s
}

func (k *keys) Card(p store.Prekey) ([]byte, error) {
	prekey, err := seal.NewPrekey(k.private, p.ID, p.Secret)
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, wire.CardSize), k.card.Static[:]...)
	return prekey.Append(append(b, k.card.Sig[:]...)), nil
}

func (k *keys) Check(of wire.Key, card []byte) (Card, error) {
	if len(card) != wire.CardSize {
		return Card{}, fmt.Errorf("card of %d bytes", len(card))
	}
	static := link.Card{Static: [32]byte(card), Sig: [64]byte(card[32:])}
	if err := static.Verify(of); err != nil {
		return Card{}, err
	}
	prekey, err := seal.ParsePrekey(card[96:])
	if err != nil {
		return Card{}, err
	}
	return Card{static.Static, prekey}, prekey.Verify(of)
}

func (k *keys) Seal(to Card, id seal.MailID, body []byte) ([]byte, error) {
	if r := (recipient{id.To, to.Prekey}); k.address == nil || k.to != r {
		a, err := seal.NewAddress(r.key, r.prekey)
		if err != nil {
			return nil, err
		}
		k.to, k.address = r, a
	}
	return k.address.Seal(k.private, id, body)
}

func (k *keys) Open(id seal.MailID, secrets func(prekey uint32) (seal.Secret, bool), sealed []byte) ([]byte, error) {
	secret, ok := secrets(seal.MailPrekey(sealed))
	if !ok {
		return seal.OpenMail(id, secrets, sealed) // it says what is wrong
	}
	if k.box == nil || k.secret != secret {
		box, err := secret.Box()
		if err != nil {
			return nil, seal.ErrSealed
		}
		k.secret, k.box = secret, box
	}
	return k.box.Open(id, sealed)
}

func (k *keys) Sign(p *seal.Post) error   { return seal.SignPost(k.private, p) }
func (k *keys) Verify(p *seal.Post) error { return seal.VerifyPost(p) }
