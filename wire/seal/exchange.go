package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"
)

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

// Exchange is a key that a sender and the owner of a prekey share, for mail from one to the other. It is never stored: so no
// counter comes twice under a key. Not safe for concurrent use.
type Exchange struct {
	sender ed25519.PrivateKey
	to     *Address
	enc    []byte
	aead   cipher.AEAD
	next   int // the counter of the next mail
}

// MaxExchange is how many mails one exchange seals. The exchange's share of each is nothing by then, and whoever gets hold of its key can open no
// more than these.
const MaxExchange = 4096

// Exchange agrees on a key, as sender.
func (a *Address) Exchange(sender ed25519.PrivateKey) (*Exchange, error) {
	if len(sender) != ed25519.PrivateKeySize {
		return nil, errNotSender
	}
	id := MailID{To: a.owner, From: [32]byte(sender[32:])}
	// RFC 9180 §7.1.4: the encapsulation fails for a public key of small order.
	enc, context, err := hpke.NewSender(a.public, hpke.HKDFSHA256(), hpke.ExportOnly(), id.info(nil)[:pairSize])
	if err != nil {
		return nil, fmt.Errorf("seal mail: %w: %w", ErrPrekey, err)
	}
	aead, err := exported(context)
	if err != nil {
		return nil, fmt.Errorf("seal mail: %w", err)
	}
	return &Exchange{sender: sender, to: a, enc: enc, aead: aead}, nil
}

// Left is how many mails it can seal still.
func (x *Exchange) Left() int { return MaxExchange - x.next }

// Mail is a body and its name. Seal sets Sealed.
type Mail struct {
	ID     MailID
	Body   []byte
	Sealed []byte
}

// Seal seals 1 to MaxBatch mails, and no more than are Left, of the sender to the owner of the prekey, with one signature. The
// same mail sealed twice has other bytes, and either opens. It is MailOverhead longer than the body, and HashSize for each level of the
// batch's tree: as many as the logarithm of its size, rounded up.
func (x *Exchange) Seal(batch ...*Mail) error {
	if len(batch) == 0 || len(batch) > min(MaxBatch, x.Left()) {
		return fmt.Errorf("seal mail: a batch of %d", len(batch))
	}
	leaves := make([]hash, len(batch))
	prekey := &x.to.prekey
	for i, m := range batch {
		switch {
		case !bytes.Equal(x.sender[32:], m.ID.From[:]):
			return errNotSender
		case m.ID.To != x.to.owner:
			return errors.New("seal mail: the prekey is not the recipient's")
		}
		leaves[i] = m.ID.leaf(prekey.ID, prekey.Public[:], x.enc, uint16(x.next+i), m.Body)
	}
	for i, proof := range signBatch(x.sender, leaves) {
		m, counter := batch[i], uint16(x.next)
		x.next++
		plain := make([]byte, 0, len(m.Body)+len(proof.Path)+proofTail)
		plain = append(plain, m.Body...)
		plain = append(plain, proof.Path...)
		plain = append(plain, proof.Position)
		plain = append(plain, proof.Sig[:]...)
		b := make([]byte, 0, MailOverhead-proofTail+len(plain))
		b = binary.BigEndian.AppendUint32(b, prekey.ID)
		b = append(b, x.enc...)
		b = binary.BigEndian.AppendUint16(b, counter)
		m.Sealed = x.aead.Seal(b, nonce(counter), plain, m.ID.beside(prekey.ID))
	}
	return nil
}

var errNotSender = errors.New("seal mail: the key is not the sender's")
