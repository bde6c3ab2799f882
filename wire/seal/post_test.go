package seal

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"udpchat/wire"
)

func postOf(t testing.TB, author ed25519.PrivateKey, seq uint64, prev [32]byte, body string) *Post {
	t.Helper()
	_, server := someone("server")
	p := &Post{
		Channel: server, Author: [32]byte(author[32:]), Epoch: 5, Seq: seq, Parts: 1,
		Size: uint32(len(body)), Time: 1700000000000000, Prev: prev, Body: []byte(body),
	}
	if seq > 1 {
		p.After = Place{p.Epoch, seq - 1}
	}
	if err := SignPost(author, p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPostGoesAndComes(t *testing.T) {
	alice, _ := someone("alice")
	p := postOf(t, alice, 1, [32]byte{}, "hello all")
	b := AppendPost(nil, p)
	if len(b) != len(p.Body)+PostOverhead {
		t.Errorf("got %d bytes, want %d more than the body", len(b), PostOverhead)
	}
	got := *p
	got.After, got.Prev, got.Sig, got.Body = Place{1, 1}, [32]byte{1}, [64]byte{1}, nil
	if err := ParsePost(b, &got); err != nil {
		t.Fatal(err)
	}
	if err := VerifyPost(&got); err != nil {
		t.Errorf("verify: %v", err)
	}
	if HashPost(&got) != HashPost(p) {
		t.Error("the hash is another")
	}
	for n := range PostOverhead {
		if err := ParsePost(b[:n], &got); !errors.Is(err, ErrPost) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

func TestPostWithAnotherFieldIsNotItsAuthors(t *testing.T) {
	alice, _ := someone("alice")
	_, malloryKey := someone("mallory")
	tests := []struct {
		what  string
		alter func(*Post)
		hash  bool
	}{
		{"channel", func(p *Post) { p.Channel = malloryKey }, true},
		{"author", func(p *Post) { p.Author = malloryKey }, true},
		{"epoch", func(p *Post) { p.Epoch++ }, true},
		{"store", func(p *Post) { p.ToEpoch++ }, true},
		{"seq", func(p *Post) { p.Seq++ }, true},
		{"part", func(p *Post) { p.Part++ }, true},
		{"parts", func(p *Post) { p.Parts++ }, true},
		{"size", func(p *Post) { p.Size++ }, true},
		{"time", func(p *Post) { p.Time++ }, true},
		{"void", func(p *Post) { p.Flags = 1 }, true},
		{"epoch of the one before", func(p *Post) { p.After.Epoch++ }, true},
		{"seq of the one before", func(p *Post) { p.After.Seq++ }, true},
		{"prev", func(p *Post) { p.Prev[31]++ }, true},
		{"body", func(p *Post) { p.Body[0] ^= 1 }, true},
		{"body cut", func(p *Post) { p.Body = p.Body[1:] }, true},
		{"signature", func(p *Post) { p.Sig[0] ^= 1 }, false},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			p := postOf(t, alice, 2, [32]byte{3}, "hello all")
			before := HashPost(p)
			tt.alter(p)
			if err := VerifyPost(p); !errors.Is(err, ErrPost) {
				t.Errorf("verify: %v", err)
			}
			if changed := HashPost(p) != before; changed != tt.hash {
				t.Errorf("hash changed: got %v, want %v", changed, tt.hash)
			}
		})
	}
}

func TestSignPostWithAnothersKey(t *testing.T) {
	alice, _ := someone("alice")
	mallory, _ := someone("mallory")
	p := postOf(t, alice, 1, [32]byte{}, "hello")
	if err := SignPost(mallory, p); err == nil {
		t.Error("got no error")
	}
	if err := SignPost(nil, p); err == nil {
		t.Error("without a key: got no error")
	}
}

// What is signed for one purpose is of no use for another.
func TestDomainsAreApart(t *testing.T) {
	domains := []string{prekeyDomain, mailDomain, signedDomain, postDomain, hashDomain}
	for i, a := range domains {
		for j, b := range domains {
			if i != j && bytes.HasPrefix([]byte(a), []byte(b)) {
				t.Errorf("%q begins with %q", a, b)
			}
		}
	}
}

type postVector struct {
	AuthorSeed, Channel unhex
	Epoch, ToEpoch, Seq uint64
	Part, Parts         uint16
	Size                uint32
	Time                int64
	Flags               uint8
	Body                string
	Encoded, Hash       unhex
}

func TestPostVectors(t *testing.T) {
	alice, aliceKey := someone("alice")
	var vectors []postVector
	if *update {
		var at Place
		var hash [32]byte
		for _, p := range []*Post{{Epoch: 5, Seq: 1, Body: []byte("hello all")}, {Epoch: 5, Seq: 2, Flags: 1}, {Epoch: 6, Seq: 1, Body: []byte("до свидания")}} {
			_, p.Channel = someone("server")
			p.Author, p.Parts, p.Size, p.After, p.Prev = aliceKey, 1, uint32(len(p.Body)), at, hash
			if p.Flags == 0 {
				p.Time = 1700000000000000
			}
			if err := SignPost(alice, p); err != nil {
				t.Fatal(err)
			}
			at, hash = Place{p.Epoch, p.Seq}, HashPost(p)
			body, hash := string(p.Body), hash
			vectors = append(vectors, postVector{alice.Seed(), p.Channel[:], p.Epoch, p.ToEpoch, p.Seq, p.Part, p.Parts, p.Size,
				p.Time, p.Flags, body, AppendPost(nil, p), hash[:]})
		}
	}
	golden(t, "post.json", &vectors)
	seen := History{}
	for _, v := range vectors {
		p := &Post{Channel: [32]byte(v.Channel), Author: aliceKey, Epoch: v.Epoch, ToEpoch: v.ToEpoch, Seq: v.Seq, Part: v.Part,
			Parts: v.Parts, Size: v.Size, Time: v.Time, Flags: v.Flags}
		if err := ParsePost(v.Encoded, p); err != nil {
			t.Fatal(err)
		}
		if err := VerifyPost(p); err != nil || string(p.Body) != v.Body {
			t.Errorf("post %d: got %q, %v, want %q", v.Seq, p.Body, err, v.Body)
		}
		if hash := HashPost(p); !bytes.Equal(hash[:], v.Hash) {
			t.Errorf("post %d: got hash %x, want %x", v.Seq, hash, v.Hash)
		}
		if got := seen.Check(p); got != OK {
			t.Errorf("post %d: %v", v.Seq, got)
		}
		seen[p.Epoch] = seen[p.Epoch].Take(p)
		sig := p.Sig
		if err := SignPost(ed25519.NewKeyFromSeed(v.AuthorSeed), p); err != nil || p.Sig != sig {
			t.Errorf("post %d: signed as %x, %v, want %x", v.Seq, p.Sig, err, sig)
		}
	}
}

// FuzzPost reads anything as a post: what is read is written the same, and alice signed nothing of it but her own.
func FuzzPost(f *testing.F) {
	alice, _ := someone("alice")
	own := postOf(f, alice, 2, [32]byte{3}, "hello all")
	encoded := AppendPost(nil, own)
	f.Add(encoded)
	f.Add(encoded[:PostOverhead])
	f.Add(append(bytes.Repeat([]byte{0xff}, 16), encoded[16:]...)) // behind another one
	f.Add(encoded[16:])                                            // as version 1 wrote it
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		p := *own
		if err := ParsePost(b, &p); err != nil {
			if len(b) >= PostOverhead || !errors.Is(err, ErrPost) {
				t.Fatal(err)
			}
			return
		}
		if got := AppendPost(nil, &p); !bytes.Equal(got, b) {
			t.Fatalf("got %x, want %x", got, b)
		}
		if VerifyPost(&p) == nil && !bytes.Equal(b, encoded) {
			t.Fatalf("forged %x", b)
		}
		for _, seen := range []History{{}, {5: {Seq: 1, Hash: own.Prev}}, {4: {Seq: 9}}} {
			if v := seen.Check(&p); v == OK && (p.After != own.After || p.Prev != own.Prev) {
				t.Fatalf("%x follows %+v", b, seen)
			}
		}
	})
}

func BenchmarkSignPost(b *testing.B) {
	alice, _ := someone("alice")
	p := postOf(b, alice, 1, [32]byte{}, string(make([]byte, wire.PartSize)))
	for b.Loop() {
		if err := SignPost(alice, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyPost(b *testing.B) {
	alice, _ := someone("alice")
	p := postOf(b, alice, 1, [32]byte{}, string(make([]byte, wire.PartSize)))
	for b.Loop() {
		if err := VerifyPost(p); err != nil {
			b.Fatal(err)
		}
	}
}
