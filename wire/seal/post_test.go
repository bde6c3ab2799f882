package seal

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"
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
	if err := SignPosts(author, p); err != nil {
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
	if err := verifyPost(&got); err != nil {
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
			if err := verifyPost(p); !errors.Is(err, ErrPost) {
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
	if err := SignPosts(mallory, p); err == nil {
		t.Error("got no error")
	}
	if err := SignPosts(nil, p); err == nil {
		t.Error("without a key: got no error")
	}
}

// What is signed for one purpose is of no use for another.
func TestDomainsAreApart(t *testing.T) {
	domains := []string{prekeyDomain, batchDomain, mailDomain, keyDomain, signedDomain, postDomain, loneDomain, hashDomain, loneMailDomain, loneSignedDomain, string([]byte{leaf}), string([]byte{node})}
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

// toPost is the post that a vector encodes.
func (v *postVector) toPost(t *testing.T, parse func(b []byte, p *Post) error) *Post {
	t.Helper()
	p := &Post{Channel: [32]byte(v.Channel), Author: [32]byte(ed25519.NewKeyFromSeed(v.AuthorSeed)[32:]), Epoch: v.Epoch, ToEpoch: v.ToEpoch,
		Seq: v.Seq, Part: v.Part, Parts: v.Parts, Size: v.Size, Time: v.Time, Flags: v.Flags}
	if err := parse(v.Encoded, p); err != nil {
		t.Fatal(err)
	}
	if hash := HashPost(p); !bytes.Equal(hash[:], v.Hash) {
		t.Errorf("post %d: got hash %x, want %x", v.Seq, hash, v.Hash)
	}
	if err := verifyPost(p); err != nil || string(p.Body) != v.Body {
		t.Errorf("post %d: got %q, %v, want %q", v.Seq, p.Body, err, v.Body)
	}
	if got := AppendPost(nil, p); !bytes.Equal(got, v.Encoded) {
		t.Errorf("post %d: written as %x, want %x", v.Seq, got, v.Encoded)
	}
	return p
}

// A post alone, and a batch of three of the next lane.
func TestPostVectors(t *testing.T) {
	alice, _ := someone("alice")
	var vectors []postVector
	if *update {
		vectors = makePostVectors(t)
	}
	golden(t, "post.json", &vectors)
	seen := History{}
	var posts []*Post
	for _, v := range vectors {
		p := v.toPost(t, ParsePost)
		if got := seen.Check(p); got != OK {
			t.Errorf("post %d: %v", v.Seq, got)
		}
		seen[p.Epoch] = seen[p.Epoch].Take(p)
		posts = append(posts, p)
	}
	for _, batch := range [][]*Post{posts[:1], posts[1:]} {
		if err := SignPosts(alice, batch...); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range posts {
		if got := AppendPost(nil, p); !bytes.Equal(got, vectors[i].Encoded) {
			t.Errorf("post %d: signed as %x, want %x", p.Seq, got, vectors[i].Encoded)
		}
	}
}

func makePostVectors(t *testing.T) (vectors []postVector) {
	alice, aliceKey := someone("alice")
	posts := []*Post{{Epoch: 5, Seq: 1, Body: []byte("hello all")}, {Epoch: 6, Seq: 1, Body: []byte("до свидания")}, {Epoch: 6, Seq: 2, Flags: 1}, {Epoch: 6, Seq: 3, Body: []byte("x")}}
	var at Place
	var last [32]byte
	for _, p := range posts {
		_, p.Channel = someone("server")
		p.Author, p.Parts, p.Size, p.After, p.Prev = aliceKey, 1, uint32(len(p.Body)), at, last
		if p.Flags == 0 {
			p.Time = 1700000000000000
		}
		at, last = Place{p.Epoch, p.Seq}, HashPost(p)
	}
	for _, batch := range [][]*Post{posts[:1], posts[1:]} {
		if err := SignPosts(alice, batch...); err != nil {
			t.Fatal(err)
		}
		for _, p := range batch {
			hash := HashPost(p)
			vectors = append(vectors, postVector{alice.Seed(), p.Channel[:], p.Epoch, p.ToEpoch, p.Seq, p.Part, p.Parts, p.Size,
				p.Time, p.Flags, string(p.Body), AppendPost(nil, p), hash[:]})
		}
	}
	return vectors
}

// protocol.md §14.5: posts that were signed before there were batches are their author's still, and the same in the chain. Their vectors
// are never made anew: nothing signs so any more.
func TestLonePosts(t *testing.T) {
	for _, form := range []struct {
		file     string
		parse    func([]byte, *Post) error
		overhead int
	}{{"lonepost.json", ParseLonePost, PostOverhead - 1}, {"firstpost.json", ParseFirstPost, firstOverhead}} {
		var vectors []postVector
		frozen(t, form.file, &vectors)
		seen := History{}
		for _, v := range vectors {
			p := v.toPost(t, form.parse)
			if got := seen.Check(p); got != OK {
				t.Errorf("%s: post %d: %v", form.file, v.Seq, got)
			}
			seen[p.Epoch] = seen[p.Epoch].Take(p)
			for i := range v.Encoded {
				v.Encoded[i] ^= 1
				if err := form.parse(v.Encoded, p); err != nil || verifyPost(p) == nil {
					t.Errorf("%s: post %d: byte %d changed, and it is alice's still", form.file, v.Seq, i)
				}
				v.Encoded[i] ^= 1
			}
			for n := range form.overhead {
				if err := form.parse(v.Encoded[:n], p); !errors.Is(err, ErrPost) {
					t.Errorf("%s: cut at %d: %v", form.file, n, err)
				}
			}
		}
		if len(vectors) == 0 {
			t.Error("no vectors")
		}
	}
}

// FuzzPost reads anything as a post: what is read is written the same, and alice signed nothing of it but her own.
func FuzzPost(f *testing.F) {
	alice, _ := someone("alice")
	own := postOf(f, alice, 2, [32]byte{3}, "hello all")
	if err := SignPosts(alice, postOf(f, alice, 1, [32]byte{}, "before it"), own); err != nil {
		f.Fatal(err)
	}
	encoded := AppendPost(nil, own)
	f.Add(encoded)
	f.Add(encoded[:PostOverhead])
	f.Add(append(bytes.Repeat([]byte{0xff}, 16), encoded[16:]...)) // behind another one
	f.Add(encoded[16:])                                            // as version 1 wrote it
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		p := *own
		if err := ParseLonePost(b, &p); err == nil && verifyPost(&p) == nil {
			t.Fatalf("forged %x", b)
		}
		p = *own
		if err := ParsePost(b, &p); err != nil {
			if !errors.Is(err, ErrPost) || len(b) >= PostOverhead+MaxPath && b[PostOverhead-1] > 0 && b[PostOverhead-1] < 2*MaxBatch {
				t.Fatal(err)
			}
			return
		}
		if got := AppendPost(nil, &p); !bytes.Equal(got, b) {
			t.Fatalf("got %x, want %x", got, b)
		}
		if verifyPost(&p) == nil && !bytes.Equal(b, encoded) {
			t.Fatalf("forged %x", b)
		}
		for _, seen := range []History{{}, {5: {Seq: 1, Hash: own.Prev}}, {4: {Seq: 9}}} {
			if v := seen.Check(&p); v == OK && (p.After != own.After || p.Prev != own.Prev) {
				t.Fatalf("%x follows %+v", b, seen)
			}
		}
	})
}
