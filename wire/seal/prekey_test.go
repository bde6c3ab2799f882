package seal

import (
	"crypto/ed25519"
	"errors"
	"testing"
)

type prekeyVector struct {
	OwnerSeed, Secret unhex
	ID                uint32
	Prekey            unhex
}

func TestPrekeyVectors(t *testing.T) {
	alice, _ := someone("alice")
	var vectors []prekeyVector
	if *update {
		for _, id := range []uint32{0, 1, 1<<32 - 1} {
			s := secretOf(id)
			vectors = append(vectors, prekeyVector{alice.Seed(), s[:], id, prekeyOf(t, alice, id).Append(nil)})
		}
	}
	golden(t, "prekey.json", &vectors)
	for _, v := range vectors {
		p, err := NewPrekey(ed25519.NewKeyFromSeed(v.OwnerSeed), v.ID, Secret(v.Secret))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Append(nil); string(got) != string(v.Prekey) {
			t.Errorf("prekey %d: got %x, want %x", v.ID, got, v.Prekey)
		}
	}
}

func TestPrekeyIsItsOwners(t *testing.T) {
	alice, aliceKey := someone("alice")
	_, malloryKey := someone("mallory")
	p := prekeyOf(t, alice, 7)
	if err := p.Verify(aliceKey); err != nil {
		t.Errorf("alice's own: %v", err)
	}
	if err := p.Verify(malloryKey); !errors.Is(err, ErrPrekey) {
		t.Errorf("as another's: %v", err)
	}
	b := p.Append(nil)
	if len(b) != PrekeySize {
		t.Fatalf("got %d bytes, want %d", len(b), PrekeySize)
	}
	for i := range b {
		b[i] ^= 0x10
		q, err := ParsePrekey(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Verify(aliceKey); !errors.Is(err, ErrPrekey) {
			t.Fatalf("byte %d altered: %v", i, err)
		}
		b[i] ^= 0x10
	}
	if q, err := ParsePrekey(b); err != nil || q != p {
		t.Errorf("got %v, %v, want %v", q, err, p)
	}
}

func TestParsePrekeyOfAnotherLength(t *testing.T) {
	for _, n := range []int{0, PrekeySize - 1, PrekeySize + 1} {
		if _, err := ParsePrekey(make([]byte, n)); !errors.Is(err, ErrPrekey) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestNewPrekeyWithoutOwner(t *testing.T) {
	if _, err := NewPrekey(nil, 1, Secret{}); err == nil {
		t.Error("got no error")
	}
}
