package seal

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"udpchat/wire"
)

func mailTo(from, to [32]byte) MailID {
	return MailID{To: to, From: from, Epoch: 0x1122334455667788, ToEpoch: 9, Seq: 300, Part: 1, Parts: 2, Size: 882, Time: 1700000000000000}
}

func TestMailGoesAndComes(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	prekey := prekeyOf(t, bob, 7)
	id := mailTo(aliceKey, bobKey)
	for _, n := range []int{0, 1, wire.PartSize} {
		body := bytes.Repeat([]byte("x"), n)
		sealed, err := sealMail(alice, prekey, id, body)
		if err != nil {
			t.Fatal(err)
		}
		if len(sealed) != n+MailOverhead {
			t.Errorf("%d bytes: got %d, want %d more", n, len(sealed), MailOverhead)
		}
		if got := MailPrekey(sealed); got != 7 {
			t.Errorf("got prekey %d, want 7", got)
		}
		if n > 8 && bytes.Contains(sealed, body[:8]) {
			t.Errorf("%d bytes: the body can be read", n)
		}
		got, err := openMail(id, has(6, 7), sealed)
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("%d bytes: got %q, %v", n, got, err)
		}
	}
}

// The server passes a mail on and sets every field that travels with it.
func TestMailWithAnotherFieldDoesNotOpen(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	_, malloryKey := someone("mallory")
	id := mailTo(aliceKey, bobKey)
	sealed, err := sealMail(alice, prekeyOf(t, bob, 7), id, []byte("the true text"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		what  string
		alter func(*MailID)
	}{
		{"recipient", func(id *MailID) { id.To = malloryKey }},
		{"sender", func(id *MailID) { id.From = malloryKey }},
		{"sender and recipient exchanged", func(id *MailID) { id.To, id.From = id.From, id.To }},
		{"epoch", func(id *MailID) { id.Epoch++ }},
		{"recipient's epoch", func(id *MailID) { id.ToEpoch++ }},
		{"epochs exchanged", func(id *MailID) { id.Epoch, id.ToEpoch = id.ToEpoch, id.Epoch }},
		{"seq", func(id *MailID) { id.Seq++ }},
		{"part", func(id *MailID) { id.Part = 0 }},
		{"parts", func(id *MailID) { id.Parts = 3 }},
		{"size", func(id *MailID) { id.Size++ }},
		{"time", func(id *MailID) { id.Time = -id.Time }},
		{"void", func(id *MailID) { id.Flags = 1 }},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			altered := id
			tt.alter(&altered)
			if body, err := openMail(altered, has(7), sealed); !errors.Is(err, ErrSealed) || body != nil {
				t.Errorf("got %q, %v", body, err)
			}
		})
	}
}

func TestMailWithAnotherByteDoesNotOpen(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	id := mailTo(aliceKey, bobKey)
	sealed, err := sealMail(alice, prekeyOf(t, bob, 7), id, []byte("hi"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		for _, bit := range []byte{0x01, 0x80} {
			// RFC 7748 §5: the top bit of a point is ignored. The KEM context of RFC 9180 §4.1 names enc with it.
			want := ErrSealed
			if i < idSize {
				want = ErrNoPrekey
			}
			sealed[i] ^= bit
			if body, err := openMail(id, has(7), sealed); !errors.Is(err, want) || body != nil {
				t.Fatalf("byte %d: got %q, %v", i, body, err)
			}
			sealed[i] ^= bit
		}
	}
	for n := range sealed {
		if body, err := openMail(id, has(7), sealed[:n]); err == nil || body != nil {
			t.Fatalf("cut at %d: got %q, %v", n, body, err)
		}
	}
	if body, err := openMail(id, has(7), append(sealed, 0)); !errors.Is(err, ErrSealed) {
		t.Fatalf("with a byte more: got %q, %v", body, err)
	}
}

func TestMailAfterItsPrekey(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	id := mailTo(aliceKey, bobKey)
	sealed, err := sealMail(alice, prekeyOf(t, bob, 7), id, []byte("hi"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openMail(id, has(8), sealed); !errors.Is(err, ErrNoPrekey) {
		t.Errorf("got %v, want %v", err, ErrNoPrekey)
	}
	other := func(uint32) (Secret, bool) { return secretOf(8), true }
	if _, err := openMail(id, other, sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("with another secret: got %v, want %v", err, ErrSealed)
	}
}

func TestSealMailRefuses(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	mallory, _ := someone("mallory")
	id := mailTo(aliceKey, bobKey)
	small := Prekey{ID: 7} // the point 0, of small order, and bob signed it
	small.Sig = [64]byte(ed25519.Sign(bob, small.signed()))
	tests := []struct {
		what   string
		sender ed25519.PrivateKey
		to     Prekey
		prekey bool
	}{
		{"a prekey that the server made", alice, prekeyOf(t, mallory, 7), true},
		{"a prekey of small order", alice, small, true},
		{"a key that is not the sender's", mallory, prekeyOf(t, bob, 7), false},
		{"no key", nil, prekeyOf(t, bob, 7), false},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			sealed, err := sealMail(tt.sender, tt.to, id, []byte("hi"))
			if err == nil || sealed != nil || errors.Is(err, ErrPrekey) != tt.prekey {
				t.Errorf("got %x, %v", sealed, err)
			}
		})
	}
}

type mailVector struct {
	SenderSeed, RecipientSeed, Secret unhex
	Prekey                            unhex
	Epoch, ToEpoch, Seq               uint64
	Part, Parts                       uint16
	Size                              uint32
	Time                              int64
	Flags                             uint8
	Body                              string
	Info, Sealed                      unhex
}

func (v *mailVector) id() MailID {
	return MailID{
		To:    [32]byte(ed25519.NewKeyFromSeed(v.RecipientSeed)[32:]),
		From:  [32]byte(ed25519.NewKeyFromSeed(v.SenderSeed)[32:]),
		Epoch: v.Epoch, ToEpoch: v.ToEpoch, Seq: v.Seq, Part: v.Part, Parts: v.Parts, Size: v.Size, Time: v.Time, Flags: v.Flags,
	}
}

// Mail that was sealed once opens in every version: alone, and in a batch of five, of one exchange.
func TestMailVectors(t *testing.T) {
	var vectors []mailVector
	if *update {
		vectors = makeMailVectors(t)
	}
	golden(t, "mail.json", &vectors)
	for _, v := range vectors {
		id := v.id()
		if got := id.info(nil); !bytes.Equal(got, v.Info) {
			t.Errorf("info: got %x, want %x", got, v.Info)
		}
		secrets := func(uint32) (Secret, bool) { return Secret(v.Secret), true }
		if got, err := openMail(id, secrets, v.Sealed); err != nil || string(got) != v.Body {
			t.Errorf("%x: got %q, %v, want %q", v.Sealed, got, err, v.Body)
		}
	}
}

func makeMailVectors(t *testing.T) (vectors []mailVector) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	prekey, secret := prekeyOf(t, bob, 7), secretOf(7)
	x := exchangeOf(t, alice, bobKey, prekey)
	one := []string{"alone"}
	five := []string{"", "hi", "ночь, улица, фонарь", strings.Repeat("x", wire.PartSize), "last"}
	for _, bodies := range [][]string{one, five} {
		batch := make([]*Mail, len(bodies))
		for i, body := range bodies {
			id := mailTo(aliceKey, bobKey)
			if id.Seq += uint64(i); body == "" {
				id.Flags = 1
			}
			batch[i] = &Mail{ID: id, Body: []byte(body)}
		}
		if err := x.Seal(batch...); err != nil {
			t.Fatal(err)
		}
		for i, m := range batch {
			id := m.ID
			vectors = append(vectors, mailVector{alice.Seed(), bob.Seed(), secret[:], prekey.Append(nil),
				id.Epoch, id.ToEpoch, id.Seq, id.Part, id.Parts, id.Size, id.Time, id.Flags, bodies[i], id.info(nil), m.Sealed})
		}
	}
	return vectors
}

// FuzzOpenMail opens anything, sealed and not: it never panics, and nothing but what alice sealed is hers. Her mail is a
// vector, as every process of the fuzzer would seal another.
func FuzzOpenMail(f *testing.F) {
	var vectors []mailVector
	golden(f, "mail.json", &vectors)
	id, sealed := vectors[2].id(), []byte(vectors[2].Sealed)
	f.Add(sealed, uint64(301))
	f.Add(sealed, uint64(302))
	f.Add(sealed[:MailOverhead], uint64(301))
	f.Add([]byte{}, uint64(0))
	f.Fuzz(func(t *testing.T, b []byte, seq uint64) {
		id := id
		id.Seq = seq
		body, err := openMail(id, has(7), b)
		if err == nil && (!bytes.Equal(b, sealed) || seq != 301) {
			t.Fatalf("opened %x as %q", b, body)
		}
		if err != nil && !errors.Is(err, ErrSealed) && !errors.Is(err, ErrNoPrekey) && !errors.Is(err, ErrForged) {
			t.Fatal(err)
		}
	})
}

// FuzzMail seals anything and opens it again.
func FuzzMail(f *testing.F) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	prekey := prekeyOf(f, bob, 7)
	f.Add([]byte("hi"), uint64(1), uint64(2), uint64(3), uint16(0), uint16(1), uint32(2), int64(4), uint8(0))
	f.Add([]byte{}, uint64(1), uint64(2), uint64(3), uint16(0), uint16(1), uint32(0), int64(-1), uint8(1))
	f.Fuzz(func(t *testing.T, body []byte, epoch, to, seq uint64, part, parts uint16, size uint32, at int64, flags uint8) {
		id := MailID{bobKey, aliceKey, epoch, to, seq, part, parts, size, at, flags}
		sealed, err := sealMail(alice, prekey, id, body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := openMail(id, has(7), sealed); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("got %q, %v", got, err)
		}
	})
}
