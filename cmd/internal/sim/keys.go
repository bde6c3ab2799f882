package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"time"

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
//	mail   prekey id 4 · tag 32 · levels 1 · body, hidden · zeros 82, and 32 more for each level of its batch
//	post   the signature is tag 32 · zeros 32, the path the real one
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

// mailTag binds a mail's name, the prekey that it is sealed to, how deep its batch is, and its body.
func (k *keys) mailTag(id seal.MailID, public [32]byte, levels byte, body []byte) [32]byte {
	b := make([]byte, 0, 64)
	b = binary.BigEndian.AppendUint64(b, id.Epoch)
	b = binary.BigEndian.AppendUint64(b, id.ToEpoch)
	b = binary.BigEndian.AppendUint64(b, id.Seq)
	b = binary.BigEndian.AppendUint16(b, id.Part)
	b = binary.BigEndian.AppendUint16(b, id.Parts)
	b = binary.BigEndian.AppendUint32(b, id.Size)
	b = binary.BigEndian.AppendUint64(b, uint64(id.Time))
	b = append(b, id.Flags, levels)
	return k.tag("mail ", id.To[:], id.From[:], b, public[:], body)
}

const (
	mailHead = 4 + 32 + 1
	mailTail = seal.MailOverhead - mailHead
	levelAt  = mailHead - 1
)

// position is that of the i-th of n in a batch, as the real ones have it: bodies must be as long, or other datagrams come about.
func position(i, n int) uint8 {
	if n == 1 {
		return 1
	}
	half, side := 1<<(bits.Len(uint(n-1))-1), 0
	if i >= half {
		i, n, side = i-half, n-half, 1
	} else {
		n = half
	}
	below := position(i, n)
	return below + uint8(1+side)<<levels(below)
}

// levels is how many are above a position.
func levels(position uint8) int { return bits.Len8(position) - 1 }

func (k *keys) Seal(_ time.Time, to peer.Card, batch []*seal.Mail) error {
	if len(batch) == 0 || len(batch) > seal.MaxBatch {
		return fmt.Errorf("seal mail: a batch of %d", len(batch))
	}
	for i, m := range batch {
		deep := levels(position(i, len(batch)))
		switch {
		case m.ID.From != [32]byte(k.key):
			return errors.New("seal mail: the key is not the sender's")
		case m.ID.To != batch[0].ID.To:
			return errors.New("seal mail: a batch for two")
		case to.Prekey != k.prekey(m.ID.To, to.Prekey.ID, to.Prekey.Public):
			return seal.ErrPrekey
		}
		tag := k.mailTag(m.ID, to.Prekey.Public, byte(deep), m.Body)
		sealed := binary.BigEndian.AppendUint32(make([]byte, 0, len(m.Body)+seal.MailOverhead+seal.MaxPath), to.Prekey.ID)
		sealed = append(append(append(sealed, tag[:]...), byte(deep)), m.Body...)
		hide(sealed[mailHead:], tag)
		m.Sealed = append(sealed, make([]byte, mailTail+deep*seal.HashSize)...)
	}
	return nil
}

func (k *keys) Open(id seal.MailID, secrets func(prekey uint32) (seal.Secret, bool), sealed []byte) ([]byte, error) {
	if len(sealed) < seal.MailOverhead {
		return nil, seal.ErrSealed
	}
	s, ok := secrets(seal.MailPrekey(sealed))
	if !ok {
		return nil, seal.ErrNoPrekey
	}
	end, ok := mailEnd(sealed)
	if !ok || len(bytes.TrimLeft(sealed[end:], "\x00")) > 0 {
		return nil, seal.ErrSealed
	}
	body := unhidden(sealed)
	if [32]byte(sealed[4:]) != k.mailTag(id, publicOf(s), sealed[levelAt], body) {
		return nil, seal.ErrSealed
	}
	return body, nil
}

// mailEnd is where the body of a mail ends.
func mailEnd(sealed []byte) (int, bool) {
	end := len(sealed) - mailTail - int(sealed[levelAt])*seal.HashSize
	return end, end >= mailHead && sealed[levelAt] <= seal.MaxPath/seal.HashSize
}

// unhidden is the body of a mail that Seal made.
func unhidden(sealed []byte) []byte {
	end, _ := mailEnd(sealed)
	body := append([]byte(nil), sealed[mailHead:end]...)
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

func (k *keys) Sign(batch []*seal.Post) error {
	if len(batch) == 0 || len(batch) > seal.MaxBatch {
		return fmt.Errorf("sign posts: a batch of %d", len(batch))
	}
	for _, p := range batch {
		if p.Author != [32]byte(k.key) {
			return errors.New("sign posts: the key is not the author's")
		}
	}
	sig := k.batchTag(k.key, seal.PlacePosts(batch...))
	for _, p := range batch {
		p.Sig = sig
	}
	return nil
}

func (k *keys) Verify(p *seal.Post) error {
	root, ok := p.Root()
	return k.signed(p, root, ok)
}

func (k *keys) VerifyRow(posts []seal.Post, head, path []byte) error {
	root, ok := seal.RowRoot(posts, head, path)
	return k.signed(&posts[0], root, ok)
}

func (k *keys) signed(p *seal.Post, root [32]byte, ok bool) error {
	if !ok || p.Sig != k.batchTag(p.Author, root) {
		return seal.ErrPost
	}
	return nil
}

// batchTag binds an author and the root of a batch, which binds every field of the posts in it.
func (k *keys) batchTag(author [32]byte, root [32]byte) (sig [64]byte) {
	tag := k.tag("post ", author[:], root[:])
	copy(sig[:], tag[:])
	return sig
}
