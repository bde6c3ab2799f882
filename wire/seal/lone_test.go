package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hpke"
	"errors"
	"slices"
	"testing"
)

// Mail in the form of before there were batches opens for ever, and nothing else does: nobody makes it any more, so the vectors are
// those that were made then.
func TestLoneMail(t *testing.T) {
	var vectors []mailVector
	frozen(t, "lonemail.json", &vectors)
	if len(vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range vectors {
		id, sealed := v.id(), []byte(v.Sealed)
		box, err := Secret(v.Secret).Box()
		if err != nil {
			t.Fatal(err)
		}
		if body, err := box.OpenLone(id, sealed); err != nil || string(body) != v.Body || MailPrekey(sealed) != 7 {
			t.Errorf("%q, %v, prekey %d; want %q", body, err, MailPrekey(sealed), v.Body)
		}
		if _, err := box.Open(nil, id, sealed); err == nil {
			t.Errorf("%q opens as mail of today", v.Body)
		}
		for i := range sealed {
			sealed[i] ^= 1
			if body, err := box.OpenLone(id, sealed); !errors.Is(err, ErrSealed) && !errors.Is(err, ErrForged) || body != nil {
				t.Errorf("byte %d changed: %q, %v", i, body, err)
			}
			if body, err := box.OpenLone(id, sealed[:i]); !errors.Is(err, ErrSealed) || body != nil {
				t.Errorf("cut at %d: %q, %v", i, body, err)
			}
			sealed[i] ^= 1
		}
		for name, other := range map[string]func(id *MailID){
			"recipient": func(id *MailID) { id.To[0] ^= 1 }, "sender": func(id *MailID) { id.From[0] ^= 1 },
			"epoch": func(id *MailID) { id.Epoch++ }, "recipient's epoch": func(id *MailID) { id.ToEpoch++ }, "seq": func(id *MailID) { id.Seq++ },
			"part": func(id *MailID) { id.Part++ }, "parts": func(id *MailID) { id.Parts++ }, "size": func(id *MailID) { id.Size++ },
			"time": func(id *MailID) { id.Time++ }, "flags": func(id *MailID) { id.Flags ^= 4 },
		} {
			id := v.id()
			if other(&id); !refusesLone(box, id, sealed) {
				t.Errorf("it opens with another %s", name)
			}
		}
	}
}

func refusesLone(box *Box, id MailID, sealed []byte) bool {
	body, err := box.OpenLone(id, sealed)
	return errors.Is(err, ErrSealed) && body == nil
}

// Mail of today does not open as mail of before, and who has the recipient's key does not make it so: the signature is of other bytes.
func TestMailIsNoLoneMail(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	id := mailTo(aliceKey, bobKey)
	sealed, err := sealMail(alice, prekeyOf(t, bob, 7), id, []byte("hi"))
	if err != nil {
		t.Fatal(err)
	}
	box, err := secretOf(7).Box()
	if err != nil {
		t.Fatal(err)
	}
	if body, err := box.Open(nil, id, sealed); err != nil || !bytes.Equal(body, []byte("hi")) {
		t.Fatalf("%q, %v", body, err)
	}
	if !refusesLone(box, id, sealed) {
		t.Error("it opens as mail of before")
	}
}

// Who has the recipient's key can seal in that form too, and lacks the sender's signature.
func TestLoneMailIsNotForgedWithTheRecipientsKeys(t *testing.T) {
	_, aliceKey := someone("alice")
	_, bobKey := someone("bob")
	mallory, _ := someone("mallory")
	box, err := secretOf(7).Box()
	if err != nil {
		t.Fatal(err)
	}
	id := mailTo(aliceKey, bobKey)
	info := append([]byte(loneMailDomain), id.info(nil)[len(mailDomain):]...)
	enc, context, err := hpke.NewSender(box.private.PublicKey(), hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
	if err != nil {
		t.Fatal(err)
	}
	signed := slices.Concat([]byte(loneSignedDomain), info, []byte{0, 0, 0, 7}, box.public, enc, []byte("hi"))
	ciphertext, err := context.Seal(nil, append([]byte("hi"), ed25519.Sign(mallory, signed)...))
	if err != nil {
		t.Fatal(err)
	}
	sealed := slices.Concat([]byte{0, 0, 0, 7}, enc, ciphertext)
	if body, err := box.OpenLone(id, sealed); !errors.Is(err, ErrForged) || body != nil {
		t.Errorf("%q, %v", body, err)
	}
	id.From = [32]byte(mallory[32:])
	if _, err := box.OpenLone(id, sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("in another's name: %v", err)
	}
}

// FuzzOpenLone opens anything as mail of before: nothing but what alice sealed then is hers.
func FuzzOpenLone(f *testing.F) {
	var vectors []mailVector
	frozen(f, "lonemail.json", &vectors)
	id, sealed := vectors[1].id(), []byte(vectors[1].Sealed)
	box, err := secretOf(7).Box()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed, id.Seq)
	f.Add(sealed, id.Seq+1)
	f.Add(sealed[:loneOverhead], id.Seq)
	f.Add([]byte{}, uint64(0))
	f.Fuzz(func(t *testing.T, b []byte, seq uint64) {
		with := id
		with.Seq = seq
		body, err := box.OpenLone(with, b)
		if err == nil && (!bytes.Equal(b, sealed) || seq != id.Seq) {
			t.Fatalf("opened %x as %q", b, body)
		}
		if err != nil && !errors.Is(err, ErrSealed) && !errors.Is(err, ErrForged) {
			t.Fatal(err)
		}
	})
}
