package seal

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// opened is a mail as whoever has the secret of its prekey sees it.
type opened struct {
	id      MailID
	prekey  uint32
	enc     []byte
	counter uint16
	body    []byte
	proof   Proof
}

// thief opens a mail with the secret of its prekey.
func thief(t *testing.T, id MailID, sealed []byte) opened {
	t.Helper()
	o := opened{id: id, prekey: MailPrekey(sealed), enc: sealed[idSize : idSize+encSize], counter: binary.BigEndian.Uint16(sealed[idSize+encSize:])}
	aead, err := o.box(t).agree(&id, o.enc)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := aead.Open(nil, nonce(o.counter), sealed[idSize+encSize+counterSize:], id.beside(o.prekey))
	if err != nil {
		t.Fatal(err)
	}
	var ok bool
	if o.body, o.proof, ok = parted(plain); !ok {
		t.Fatal("the end of the mail is no proof")
	}
	return o
}

func (o *opened) box(t *testing.T) *Box {
	t.Helper()
	box, err := secretOf(o.prekey).Box()
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// sealed seals it as the thief can: under any exchange, also one that it has only seen, and any counter.
func (o *opened) sealed(t *testing.T) []byte {
	t.Helper()
	aead, err := o.box(t).agree(&o.id, o.enc)
	if err != nil {
		t.Fatal(err)
	}
	plain := slices.Concat(o.body, o.proof.Path, []byte{o.proof.Position}, o.proof.Sig[:])
	b := append(binary.BigEndian.AppendUint32(nil, o.prekey), o.enc...)
	b = binary.BigEndian.AppendUint16(b, o.counter)
	return aead.Seal(b, nonce(o.counter), plain, o.id.beside(o.prekey))
}

func (o *opened) leaf(t *testing.T) hash {
	t.Helper()
	return o.id.leaf(o.prekey, o.box(t).public, o.enc, o.counter, o.body)
}

// ownExchange is one of the thief's, in the name of the mail's sender.
func (o *opened) ownExchange(t *testing.T, to Prekey) {
	t.Helper()
	public, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(to.Public[:])
	if err != nil {
		t.Fatal(err)
	}
	enc, _, err := hpke.NewSender(public, hpke.HKDFSHA256(), hpke.ExportOnly(), o.id.info(nil)[:pairSize])
	if err != nil {
		t.Fatal(err)
	}
	o.enc, o.prekey = enc, to.ID
}

// Whoever stole all of bob's keys opens bob's mail, and so has the keys of alice's exchanges with bob; but it writes nothing to bob in alice's
// name (RFC 9180 §9.1.1), be it to bob as he starts, or to one that knows the exchange and the batch.
func TestMailIsNotForgedWithTheRecipientsKeys(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	prekey := prekeyOf(t, bob, 7)
	x := exchangeOf(t, alice, bobKey, prekey)
	batch := func(seq uint64, bodies ...string) (all []*Mail) {
		for i, body := range bodies {
			id := mailTo(aliceKey, bobKey)
			id.Seq = seq + uint64(i)
			all = append(all, &Mail{ID: id, Body: []byte(body)})
		}
		if err := x.Seal(all...); err != nil {
			t.Fatal(err)
		}
		return all
	}
	first, other := batch(300, "the door", "is", "open"), batch(400, "the door", "is", "shut")
	post := postOf(t, alice, 1, [32]byte{}, "the door")
	from := func(m *Mail) opened { return thief(t, m.ID, m.Sealed) }

	tests := []struct {
		what  string
		forge func(o *opened)
	}{
		{"signed by the recipient", func(o *opened) { o.proof = signBatch(bob, []hash{o.leaf(t)})[0] }},
		{"a signature of zeros", func(o *opened) { o.proof.Sig = [64]byte{} }},
		{"another body, under the counter of the true one", func(o *opened) { o.body = []byte("the safe") }},
		{"another body, under a counter that was not used", func(o *opened) { o.body, o.counter = []byte("the safe"), 99 }},
		{"the true body, under another counter", func(o *opened) { o.counter++ }},
		{"the true body, under the name of another", func(o *opened) { o.id.Seq = 301 }},
		{"the true body as a void", func(o *opened) { o.id.Flags |= 1 }},
		{"the true body, in an exchange of the thief's", func(o *opened) { o.ownExchange(t, prekey) }},
		{"the true body, to another prekey", func(o *opened) { o.ownExchange(t, prekeyOf(t, bob, 8)) }},
		{"another mail's place in the batch", func(o *opened) { o.proof = from(first[1]).proof }},
		{"another mail's position", func(o *opened) { o.proof.Position = from(first[1]).proof.Position }},
		{"the path of another batch", func(o *opened) { o.proof.Path = from(other[0]).proof.Path }},
		{"the signature of another batch", func(o *opened) { o.proof.Sig = from(other[0]).proof.Sig }},
		{"all of another batch's proof", func(o *opened) { o.proof = from(other[0]).proof }},
		{"a path that is cut", func(o *opened) { o.proof.Path, o.proof.Position = o.proof.Path[HashSize:], o.proof.Position>>1 }},
		{"no path", func(o *opened) { o.proof.Path, o.proof.Position = nil, 1 }},
		{"a longer path", func(o *opened) {
			o.proof.Path, o.proof.Position = append(bytes.Clone(o.proof.Path), make([]byte, HashSize)...), o.proof.Position<<1
		}},
		{"position 0", func(o *opened) { o.proof.Position = 0 }},
		{"a position that no batch has", func(o *opened) { o.proof.Position = 2 * MaxBatch }},
		{"the last position of all", func(o *opened) { o.proof.Position = 255 }},
		{"a path that was taken for a body", func(o *opened) {
			o.body, o.proof.Path, o.proof.Position = append(o.body, o.proof.Path...), nil, 1
		}},
		{"alice's signature of a post", func(o *opened) { o.proof = post.Proof }},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			o := from(first[0])
			tt.forge(&o)
			forged := o.sealed(t)
			box, known := o.box(t), &Roots{}
			for _, when := range []string{"at first", "when both batches are known"} {
				if got, err := box.Open(known, o.id, forged); !errors.Is(err, ErrForged) || got != nil {
					t.Errorf("%s: got %q, %v", when, got, err)
				}
				if o.prekey == 8 {
					return
				}
				for _, m := range slices.Concat(first, other) {
					if _, err := box.Open(known, m.ID, m.Sealed); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
	// The control: what the thief seals opens, when the sender signs it.
	o := from(first[0])
	o.body = []byte("the safe")
	o.proof = signBatch(alice, []hash{o.leaf(t)})[0]
	if got, err := openMail(o.id, has(7), o.sealed(t)); err != nil || string(got) != "the safe" {
		t.Errorf("control: got %q, %v", got, err)
	}
}

// A recipient that passes a signed mail on, sealed anew to carol, does not make it alice's mail to carol.
func TestMailIsNotPassedOn(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	carol, carolKey := someone("carol")
	toBob := mailTo(aliceKey, bobKey)
	sealed, err := sealMail(alice, prekeyOf(t, bob, 7), toBob, []byte("I love you"))
	if err != nil {
		t.Fatal(err)
	}
	o := thief(t, toBob, sealed)
	o.id.To = carolKey
	o.ownExchange(t, prekeyOf(t, carol, 7))
	if got, err := openMail(o.id, has(7), o.sealed(t)); !errors.Is(err, ErrForged) {
		t.Errorf("got %q, %v", got, err)
	}
}
