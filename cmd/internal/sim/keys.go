package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/seal"
)

// keys are peer.Keys that fail as the real ones do, at the cost of a hash: a tag stands for every signature and every seal. It
// binds all that the real one binds. Nobody here could not make it, but nobody here tries to.
//
//	card   identity 32 · zeros 64 · prekey id 4 · hash of the secret 32 · tag 32 · zeros 32
//	mail   prekey id 4 · tag 32 · body, hidden · zeros 80
//	post   the signature is tag 32 · zeros 32
type keys struct {
	key  wire.Key
	draw func() uint64
	buf  []byte // scratch
}

var _ peer.Keys = (*keys)(nil)

// drawn are the real keys, but for the prekeys' secrets, which come from the world's randomness as those of keys do.
type drawn struct {
	peer.Keys
	draw func() uint64
}

func (k drawn) Secret() seal.Secret { return secret(k.draw) }
func (k *keys) Secret() seal.Secret { return secret(k.draw) }

func secret(draw func() uint64) (s seal.Secret) {
	for i := 0; i < len(s); i += 8 {
		binary.BigEndian.PutUint64(s[i:], draw())
	}
	return s
}

func (k *keys) Public() wire.Key { return k.key }

// publicOf is what everybody may know of a secret.
func publicOf(s seal.Secret) [32]byte { return sha256.Sum256(append([]byte("prekey "), s[:]...)) }

// tag is the hash of some fields of fixed widths, and of one more of any.
func (k *keys) tag(domain string, fields ...[]byte) [32]byte {
	k.buf = append(k.buf[:0], domain...)
	for _, f := range fields {
		k.buf = append(k.buf, f...)
	}
	return sha256.Sum256(k.buf)
}

// prekey is a prekey with its owner's tag in the place of a signature.
func (k *keys) prekey(owner [32]byte, id uint32, public [32]byte) seal.Prekey {
	tag := k.tag("card ", owner[:], binary.BigEndian.AppendUint32(nil, id), public[:])
	p := seal.Prekey{ID: id, Public: public}
	copy(p.Sig[:], tag[:])
	return p
}

func (k *keys) Card(p store.Prekey) ([]byte, error) {
	card := append(make([]byte, 0, wire.CardSize), k.key[:]...)
	card = append(card, make([]byte, 64)...)
	return k.prekey(k.key, p.ID, publicOf(p.Secret)).Append(card), nil
}

func (k *keys) Check(of wire.Key, card []byte) (peer.Card, error) {
	if len(card) != wire.CardSize || wire.Key(card) != of || [64]byte(card[32:]) != [64]byte{} {
		return peer.Card{}, link.ErrCard
	}
	p, err := seal.ParsePrekey(card[96:])
	if err != nil || p != k.prekey(of, p.ID, p.Public) {
		return peer.Card{}, seal.ErrPrekey
	}
	return peer.Card{Static: [32]byte(card), Prekey: p}, nil
}

// mailTag binds a mail's name, the prekey that it is sealed to, and its body.
func (k *keys) mailTag(id seal.MailID, public [32]byte, body []byte) [32]byte {
	b := make([]byte, 0, 64)
	b = binary.BigEndian.AppendUint64(b, id.Epoch)
	b = binary.BigEndian.AppendUint64(b, id.ToEpoch)
	b = binary.BigEndian.AppendUint64(b, id.Seq)
	b = binary.BigEndian.AppendUint16(b, id.Part)
	b = binary.BigEndian.AppendUint16(b, id.Parts)
	b = binary.BigEndian.AppendUint32(b, id.Size)
	b = binary.BigEndian.AppendUint64(b, uint64(id.Time))
	b = append(b, id.Flags)
	return k.tag("mail ", id.To[:], id.From[:], b, public[:], body)
}

const (
	mailHead = 4 + 32
	mailTail = seal.MailOverhead - mailHead
)

func (k *keys) Seal(to peer.Card, id seal.MailID, body []byte) ([]byte, error) {
	if id.From != [32]byte(k.key) {
		return nil, errors.New("seal mail: the key is not the sender's")
	}
	if to.Prekey != k.prekey(id.To, to.Prekey.ID, to.Prekey.Public) {
		return nil, seal.ErrPrekey
	}
	tag := k.mailTag(id, to.Prekey.Public, body)
	sealed := binary.BigEndian.AppendUint32(make([]byte, 0, len(body)+seal.MailOverhead), to.Prekey.ID)
	sealed = append(append(sealed, tag[:]...), body...)
	hide(sealed[mailHead:], tag)
	return append(sealed, make([]byte, mailTail)...), nil
}

func (k *keys) Open(id seal.MailID, secrets func(prekey uint32) (seal.Secret, bool), sealed []byte) ([]byte, error) {
	if len(sealed) < seal.MailOverhead {
		return nil, seal.ErrSealed
	}
	s, ok := secrets(seal.MailPrekey(sealed))
	if !ok {
		return nil, seal.ErrNoPrekey
	}
	tag, end := [32]byte(sealed[4:]), len(sealed)-mailTail
	body := unhidden(sealed)
	if [mailTail]byte(sealed[end:]) != [mailTail]byte{} || tag != k.mailTag(id, publicOf(s), body) {
		return nil, seal.ErrSealed
	}
	return body, nil
}

// unhidden is the body of a mail.
func unhidden(sealed []byte) []byte {
	body := append([]byte(nil), sealed[mailHead:len(sealed)-mailTail]...)
	hide(body, [32]byte(sealed[4:]))
	return body
}

// hide turns a body into what nobody takes for text, and back.
func hide(b []byte, tag [32]byte) {
	x := binary.BigEndian.Uint64(tag[:]) | 1
	for i := range b {
		x ^= x << 13 // xorshift64
		x ^= x >> 7
		x ^= x << 17
		b[i] ^= byte(x)
	}
}

func (k *keys) Sign(p *seal.Post) error {
	if p.Author != [32]byte(k.key) {
		return errors.New("sign post: the key is not the author's")
	}
	p.Sig = k.postTag(p)
	return nil
}

func (k *keys) Verify(p *seal.Post) error {
	if p.Sig != k.postTag(p) {
		return seal.ErrPost
	}
	return nil
}

func (k *keys) postTag(p *seal.Post) (sig [64]byte) {
	hash := seal.HashPost(p) // of every field but the signature
	tag := k.tag("post ", p.Author[:], hash[:])
	copy(sig[:], tag[:])
	return sig
}
