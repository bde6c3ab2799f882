package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// batchOf is some posts of alice's, signed together.
func batchOf(t testing.TB, n int) []*Post {
	t.Helper()
	alice, _ := someone("alice")
	posts := make([]*Post, n)
	for i := range posts {
		posts[i] = postOf(t, alice, uint64(i)+1, [32]byte{}, fmt.Sprint("post ", i))
	}
	if err := SignPosts(alice, posts...); err != nil {
		t.Fatal(err)
	}
	return posts
}

// RFC 9162 §2.1.1: the root of n leaves, by its own words: the largest power of two below n of them are to the left.
func rootOf(leaves []hash) hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	l, r := rootOf(leaves[:k]), rootOf(leaves[k:])
	return sha256.Sum256(slices.Concat([]byte{1}, l[:], r[:]))
}

func TestBatchesOfEverySize(t *testing.T) {
	alice, _ := someone("alice")
	for n := 1; n <= MaxBatch; n++ {
		posts := batchOf(t, n)
		leaves, deepest := make([]hash, n), 0
		for i, p := range posts {
			leaves[i] = sha256.Sum256(append([]byte{0}, p.content(nil, "udpchat/post/2")...))
			deepest = max(deepest, len(p.Path)/HashSize)
		}
		root := rootOf(leaves)
		want := [64]byte(ed25519.Sign(alice, append([]byte("udpchat/batch/1"), root[:]...)))
		known := &Roots{}
		for i, p := range posts {
			if p.Sig != want {
				t.Errorf("%d of %d: another root is signed", i, n)
			}
			if err := verifyPost(p); err != nil {
				t.Errorf("%d of %d: %v", i, n, err)
			}
			if err := known.VerifyPost(p); err != nil || len(known.seen) != 1 {
				t.Errorf("%d of %d: %v; %d batches are known", i, n, err, len(known.seen))
			}
		}
		if 1<<deepest < n || deepest > 0 && 1<<(deepest-1) >= n {
			t.Errorf("%d posts: a tree of %d levels", n, deepest)
		}
	}
}

func TestBatchesThatAreNone(t *testing.T) {
	alice, _ := someone("alice")
	mallory, _ := someone("mallory")
	posts := batchOf(t, MaxBatch)
	more := append(slices.Clone(posts), posts[0])
	foreign := []*Post{posts[0], postOf(t, mallory, 1, [32]byte{}, "x")}
	for what, batch := range map[string][]*Post{"nothing": nil, "too many": more, "another's post": foreign} {
		if err := SignPosts(alice, batch...); err == nil {
			t.Errorf("%s: signed", what)
		}
	}
}

// What a server, or anyone, can make of the proofs that it has seen, for a reader that knows the batches and for one that does not.
func TestProofsProveNothingElse(t *testing.T) {
	first, other := batchOf(t, 5), batchOf(t, 5)
	alice, _ := someone("alice")
	for i, p := range other {
		p.Body = []byte(fmt.Sprint("another ", i))
	}
	if err := SignPosts(alice, other...); err != nil {
		t.Fatal(err)
	}
	twice := []*Post{first[0], first[0], first[0]}
	bob, bobKey := someone("bob")
	mail := &Mail{ID: mailTo([32]byte(alice[32:]), bobKey), Body: first[0].Body}
	if err := exchangeOf(t, alice, bobKey, prekeyOf(t, bob, 7)).Seal(mail); err != nil {
		t.Fatal(err)
	}
	mailProof := thief(t, mail.ID, mail.Sealed).proof
	tests := []struct {
		what  string
		forge func(p *Post)
	}{
		{"another body", func(p *Post) { p.Body = []byte("forged") }},
		{"the neighbour's proof", func(p *Post) { p.Proof = first[1].Proof }},
		{"the neighbour's path", func(p *Post) { p.Path = first[1].Path }},
		{"the neighbour's position", func(p *Post) { p.Position = first[1].Position }},
		{"the path of another batch", func(p *Post) { p.Path = other[0].Path }},
		{"the signature of another batch", func(p *Post) { p.Sig = other[0].Sig }},
		{"the proof of another batch", func(p *Post) { p.Proof = other[0].Proof }},
		{"another signature, when the root is known", func(p *Post) { p.Sig[63] ^= 1 }},
		{"hashes of the path exchanged", func(p *Post) {
			p.Path = slices.Concat(p.Path[HashSize:2*HashSize], p.Path[:HashSize], p.Path[2*HashSize:])
		}},
		{"a hash of the path changed", func(p *Post) { p.Path = bytes.Clone(p.Path); p.Path[40] ^= 1 }},
		{"a path that ends early", func(p *Post) { p.Path = p.Path[:2*HashSize] }},
		{"a path that ends within a hash", func(p *Post) { p.Path = p.Path[:len(p.Path)-1] }},
		{"a shorter path and its position", func(p *Post) { p.Path, p.Position = p.Path[:2*HashSize], p.Position&3|4 }},
		{"a longer path and its position", func(p *Post) { p.Path, p.Position = append(bytes.Clone(p.Path), p.Path[:HashSize]...), p.Position+8 }},
		{"as if it were alone", func(p *Post) { p.Path, p.Position = nil, 1 }},
		{"as if it were of the form before", func(p *Post) { p.Path, p.Position = nil, 0 }},
		{"of the form before, with a path", func(p *Post) { p.Position = 0 }},
		{"a position beyond the tree", func(p *Post) { p.Position += 16 }},
		{"a position that needs more than there may be", func(p *Post) { p.Position, p.Path = 32, make([]byte, 5*HashSize) }},
		{"the last position of all", func(p *Post) { p.Position, p.Path = 255, make([]byte, 7*HashSize) }},
		{"the proof of a mail with the same body", func(p *Post) { p.Proof = mailProof }},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			known, p := &Roots{}, *first[0]
			tt.forge(&p)
			if err := known.VerifyPost(&p); !errors.Is(err, ErrPost) {
				t.Errorf("at first: %v", err)
			}
			for _, q := range slices.Concat(first, other) {
				if err := known.VerifyPost(q); err != nil {
					t.Fatal(err)
				}
			}
			if err := known.VerifyPost(&p); !errors.Is(err, ErrPost) {
				t.Errorf("when the batches are known: %v", err)
			}
		})
	}
	if err := SignPosts(alice, twice...); err != nil {
		t.Fatal(err)
	}
	if err := verifyPost(first[0]); err != nil {
		t.Errorf("a post that is in its batch more than once: %v", err)
	}
}

// RFC 9162 §2.1.1: a leaf is hashed in another way than what is above. Else two hashes, as a body, could stand for what is below them.
func TestLeafIsNoNode(t *testing.T) {
	l, r := hash{1}, hash{2}
	both := slices.Concat(l[:], r[:])
	up := above(&l, &r)
	if up != sha256.Sum256(append([]byte{node}, both...)) {
		t.Error("what is above is hashed in another way than the document says")
	}
	if up == sha256.Sum256(append([]byte{leaf}, both...)) || up == sha256.Sum256(both) {
		t.Error("a leaf can have the hash of what is above")
	}
}

// A batch that is known costs hashes, and no memory.
func TestKnownBatchAllocatesNothing(t *testing.T) {
	known, p := &Roots{}, batchOf(t, 5)[3]
	if err := known.VerifyPost(p); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { _ = known.VerifyPost(p) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzProof reads anything as a proof: no more is proved than what alice signed.
func FuzzProof(f *testing.F) {
	posts := batchOf(f, 5)
	for _, p := range posts {
		f.Add(p.Position, p.Path, p.Sig[:])
	}
	f.Add(uint8(1), []byte{}, make([]byte, 64))
	f.Add(uint8(255), make([]byte, 7*HashSize), make([]byte, 64))
	f.Fuzz(func(t *testing.T, position uint8, path, sig []byte) {
		for i, p := range posts {
			forged := *p
			forged.Position, forged.Path = position, path
			copy(forged.Sig[:], sig)
			same := position == p.Position && bytes.Equal(path, p.Path) && forged.Sig == p.Sig
			if err := verifyPost(&forged); (err == nil) != same {
				t.Fatalf("post %d: %v with %d, %x, %x", i, err, position, path, sig)
			}
		}
	})
}
