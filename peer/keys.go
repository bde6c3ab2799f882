package peer

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"maps"
	"time"

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
	// Card is the client's card with a prekey. What was agreed upon by those before it is forgotten.
	Card(p store.Prekey) ([]byte, error)
	// Check reads a card, and fails when it is not of's own.
	Check(of wire.Key, card []byte) (Card, error)
	// Seal seals up to seal.MaxBatch mails of this client's to the prekey of one recipient.
	Seal(now time.Time, to Card, batch []*seal.Mail) error
	// Open opens mail. The errors are package seal's.
	Open(id seal.MailID, secrets func(prekey uint32) (seal.Secret, bool), sealed []byte) ([]byte, error)
	// Sign signs up to seal.MaxBatch posts, and Verify returns nil when a post's author did. VerifyRow is seal.Roots.VerifyRow.
	Sign(batch []*seal.Post) error
	Verify(p *seal.Post) error
	VerifyRow(posts []seal.Post, head, path []byte) error
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

	exchanges map[wire.Key]exchange     // with those that mail was sealed to
	boxes     map[seal.Secret]*seal.Box // of this client's own prekeys; what they have agreed upon goes with each new one
	roots     seal.Roots
}

// exchange is a key for mail to someone, for a while.
type exchange struct {
	*seal.Exchange
	prekey seal.Prekey
	until  time.Time
}

const (
	// exchangeLife is how long one exchange of keys serves: as long as a session with a server. Whoever reads this program's memory can open
	// no more mail to someone than was sealed in one.
	exchangeLife = time.Hour
	// maxExchanges is with how many recipients they are kept: all at once, some 150 KiB.
	maxExchanges = 256
)

// NewKeys derives a client's keys from its seed.
func NewKeys(seed [32]byte) Keys {
	return &keys{private: ed25519.NewKeyFromSeed(seed[:]), card: link.NewIdentity(seed).Card(),
		exchanges: map[wire.Key]exchange{}, boxes: map[seal.Secret]*seal.Box{}}
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
	clear(k.boxes)
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

func (k *keys) Seal(now time.Time, to Card, batch []*seal.Mail) error {
	if len(batch) == 0 {
		return nil
	}
	of := wire.Key(batch[0].ID.To)
	x, ok := k.exchanges[of]
	if !ok || x.prekey != to.Prekey || !now.Before(x.until) || x.Left() < len(batch) {
		address, err := seal.NewAddress(of, to.Prekey)
		if err != nil {
			return err
		}
		made, err := address.Exchange(k.private)
		if err != nil {
			return err
		}
		x = exchange{made, to.Prekey, now.Add(exchangeLife)}
		maps.DeleteFunc(k.exchanges, func(_ wire.Key, x exchange) bool { return !now.Before(x.until) })
		if len(k.exchanges) >= maxExchanges {
			clear(k.exchanges)
		}
		k.exchanges[of] = x
	}
	return x.Seal(batch...)
}

func (k *keys) Open(id seal.MailID, secrets func(prekey uint32) (seal.Secret, bool), sealed []byte) ([]byte, error) {
	secret, ok := secrets(seal.MailPrekey(sealed))
	if !ok {
		if seal.MailPrekey(sealed) == 0 {
			return nil, seal.ErrSealed
		}
		return nil, seal.ErrNoPrekey
	}
	box := k.boxes[secret]
	if box == nil {
		var err error
		if box, err = secret.Box(); err != nil {
			return nil, seal.ErrSealed
		}
		k.boxes[secret] = box
	}
	if id.Flags&wire.FlagBatch == 0 {
		return box.OpenLone(id, sealed)
	}
	return box.Open(&k.roots, id, sealed)
}

func (k *keys) Sign(batch []*seal.Post) error { return seal.SignPosts(k.private, batch...) }
func (k *keys) Verify(p *seal.Post) error     { return k.roots.VerifyPost(p) }
func (k *keys) VerifyRow(posts []seal.Post, head, path []byte) error {
	return k.roots.VerifyRow(posts, head, path)
}
