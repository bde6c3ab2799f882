package seal

import (
	"crypto/cipher"
	"crypto/hpke"
	"encoding/binary"
)

// Box is the private part of a prekey, ready to open mail, and the keys that its owner shares with senders by it. Not safe for concurrent use.
type Box struct {
	private hpke.PrivateKey
	public  []byte
	agreed  map[exchangeID]cipher.AEAD
}

// exchangeID is how its recipient knows an exchange.
type exchangeID struct{ to, from, enc [32]byte }

// maxAgreed is how many exchanges a Box keeps: with so many senders whose mail comes in turns.
const maxAgreed = 256

// Box derives the key pair of a secret: for mail after mail that is done once.
func (s Secret) Box() (*Box, error) {
	private, err := s.private()
	if err != nil {
		return nil, err
	}
	return &Box{private: private, public: private.PublicKey().Bytes()}, nil
}

// Open opens a mail to the secret's prekey (MailPrekey) that came under the name id. It is cheap for mail of an exchange and a batch that are known; a
// nil known knows none. The error is ErrSealed or ErrForged; no byte of the body comes with one.
func (x *Box) Open(known *Roots, id MailID, sealed []byte) ([]byte, error) {
	if len(sealed) < MailOverhead {
		return nil, ErrSealed
	}
	prekey, enc, rest := MailPrekey(sealed), [32]byte(sealed[idSize:]), sealed[idSize+encSize:]
	counter, ciphertext := binary.BigEndian.Uint16(rest), rest[counterSize:]
	with := exchangeID{id.To, id.From, enc}
	aead, agreed := x.agreed[with]
	if !agreed {
		var err error
		if aead, err = x.agree(&id, enc[:]); err != nil {
			return nil, ErrSealed
		}
	}
	plain, err := aead.Open(nil, nonce(counter), ciphertext, id.beside(prekey))
	if err != nil {
		return nil, ErrSealed
	}
	body, proof, ok := parted(plain)
	if !ok || !known.verify(&id.From, id.leaf(prekey, x.public, enc[:], counter, body), &proof) {
		return nil, ErrForged
	}
	if !agreed {
		keep(&x.agreed, with, aead, maxAgreed) // only now: what is sent in someone's name puts nothing out of it
	}
	return body, nil
}

func (x *Box) agree(id *MailID, enc []byte) (cipher.AEAD, error) {
	context, err := hpke.NewRecipient(enc, x.private, hpke.HKDFSHA256(), hpke.ExportOnly(), id.info(nil)[:pairSize])
	if err != nil {
		return nil, err
	}
	return exported(context)
}

// parted takes apart what was sealed: body, path, position, signature.
func parted(plain []byte) (body []byte, p Proof, ok bool) {
	tail := len(plain) - proofTail
	p.Position, p.Sig = plain[tail], [64]byte(plain[tail+1:])
	d, ok := depth(p.Position)
	end := tail - d*HashSize
	if !ok || end < 0 {
		return nil, p, false
	}
	p.Path = plain[end:tail:tail]
	return plain[:end:end], p, true
}
