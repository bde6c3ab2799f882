package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrPost is a post that its author did not sign as it is.
var ErrPost = errors.New("post is not its author's")

// Post is one part of a text for a channel. Its author signs every field but the Proof. Channel, Author and the numbers travel
// beside the body (protocol.md §5.2), After, Prev and the Proof in front of it.
type Post struct {
	Channel [32]byte // which one: the key of its server, or a post could be moved to another server's channel
	Author  [32]byte // Ed25519
	Epoch   uint64
	ToEpoch uint64 // 0 (protocol.md §11.1); of a post in a form of before the store's id
	Seq     uint64
	Part    uint16
	Parts   uint16
	Size    uint32
	Time    int64
	Flags   uint8
	After   Place    // the author's post before it: of the same lane, or, for seq 1, of the lane before; the zero value is none
	Prev    [32]byte // its HashPost; zeros when the author does not know it
	Body    []byte

	First bool // the first form: After is not in it, and is what stands before it in its lane

	Proof // with Position 0 it is the form of before: the author signed this post alone (protocol.md §14.5)
}

// Place names a post of an author's in one store.
type Place struct{ Epoch, Seq uint64 }

// postSize is how long what content makes is at most, with a body that fits a datagram.
const postSize = 1 + 32 + 3*32 + 5*8 + 2*2 + 4 + 8 + 1 + 1100

// content appends all that is signed and hashed, behind a domain: fixed widths, big endian, and the body as the rest.
func (p *Post) content(b []byte, domain string) []byte {
	b = append(b, domain...)
	b = append(b, p.Channel[:]...)
	b = append(b, p.Author[:]...)
	b = binary.BigEndian.AppendUint64(b, p.Epoch)
	b = binary.BigEndian.AppendUint64(b, p.ToEpoch)
	b = binary.BigEndian.AppendUint64(b, p.Seq)
	b = binary.BigEndian.AppendUint16(b, p.Part)
	b = binary.BigEndian.AppendUint16(b, p.Parts)
	b = binary.BigEndian.AppendUint32(b, p.Size)
	b = binary.BigEndian.AppendUint64(b, uint64(p.Time))
	b = append(b, p.Flags)
	b = p.appendAfter(b)
	b = append(b, p.Prev[:]...)
	return append(b, p.Body...)
}

func (p *Post) appendAfter(b []byte) []byte {
	if p.First {
		return b
	}
	b = binary.BigEndian.AppendUint64(b, p.After.Epoch)
	return binary.BigEndian.AppendUint64(b, p.After.Seq)
}

func (p *Post) leaf() hash {
	return sha256.Sum256(p.content(append(make([]byte, 0, postSize), leaf), postDomain))
}

// PlacePosts gives 1 to MaxBatch posts their places in a batch: positions and paths. It returns what their author is to sign.
func PlacePosts(posts ...*Post) (root [HashSize]byte) {
	leaves := make([]hash, len(posts))
	for i, p := range posts {
		leaves[i] = p.leaf()
	}
	root, proofs := place(leaves)
	for i, p := range posts {
		p.Proof = proofs[i]
	}
	return root
}

// Root is that of the batch in which the post has its proof; it is false when there is no such batch.
func (p *Post) Root() (root [HashSize]byte, ok bool) { return p.root(p.leaf()) }

// SignPosts sets the proofs of 1 to MaxBatch posts, with one signature. The key must be their author's.
func SignPosts(author ed25519.PrivateKey, posts ...*Post) error {
	if len(posts) == 0 || len(posts) > MaxBatch {
		return fmt.Errorf("sign posts: %d in a batch", len(posts))
	}
	for _, p := range posts {
		if len(author) != ed25519.PrivateKeySize || !bytes.Equal(author[32:], p.Author[:]) {
			return errors.New("sign posts: the key is not the author's")
		}
	}
	root := PlacePosts(posts...)
	sig := [64]byte(ed25519.Sign(author, signedRoot(&root)))
	for _, p := range posts {
		p.Sig = sig
	}
	return nil
}

// VerifyPost returns nil when the author signed the post, else ErrPost. It is cheap for a post of a batch that is known; nil Roots know none.
func (r *Roots) VerifyPost(p *Post) error {
	ok := false
	if p.Position == 0 {
		ok = len(p.Path) == 0 && ed25519.Verify(p.Author[:], p.content(nil, loneDomain), p.Sig[:])
	} else {
		ok = r.verify(&p.Author, p.leaf(), &p.Proof)
	}
	if !ok {
		return ErrPost
	}
	return nil
}

// HashPost is what the author's next post names as Prev: SHA-256 over the domain and all that is signed. The proof is not in
// it. It would add nothing, as every post is verified by itself; and without it a post that its author signs once more, in
// another batch, is the same post and no fork.
func HashPost(p *Post) [32]byte {
	return sha256.Sum256(p.content(make([]byte, 0, postSize), hashDomain))
}

// AppendPost appends what travels as the body of a post: After, Prev, the proof and Body.
func AppendPost(b []byte, p *Post) []byte {
	b = p.appendAfter(b)
	b = append(b, p.Prev[:]...)
	b = append(b, p.Sig[:]...)
	if p.Position > 0 {
		b = append(b, p.Position)
		b = append(b, p.Path...)
	}
	return append(b, p.Body...)
}

// ParsePost sets After, Prev, the proof and Body from what AppendPost wrote, and leaves the other fields. Path and Body are parts of b. It
// does not verify; the error wraps ErrPost.
func ParsePost(b []byte, p *Post) error {
	if len(b) < PostOverhead {
		return fmt.Errorf("%w: %d bytes", ErrPost, len(b))
	}
	position := b[PostOverhead-1]
	d, ok := depth(position)
	body := PostOverhead + d*HashSize
	if !ok || len(b) < body {
		return fmt.Errorf("%w: %d bytes, at %d in its batch", ErrPost, len(b), position)
	}
	p.head(b)
	p.Position, p.Path, p.Body = position, b[PostOverhead:body:body], b[body:]
	return nil
}

// ParseLonePost is ParsePost for a post in the form of before.
func ParseLonePost(b []byte, p *Post) error {
	if len(b) < PostOverhead-1 {
		return fmt.Errorf("%w: %d bytes", ErrPost, len(b))
	}
	p.head(b)
	p.Position, p.Path, p.Body = 0, nil, b[PostOverhead-1:]
	return nil
}

// ParseFirstPost is ParsePost for a post in the first form. Its lane had no lane before it.
func ParseFirstPost(b []byte, p *Post) error {
	if len(b) < firstOverhead {
		return fmt.Errorf("%w: %d bytes", ErrPost, len(b))
	}
	p.First, p.After = true, Place{}
	if p.Seq > 1 {
		p.After = Place{p.Epoch, p.Seq - 1}
	}
	p.Prev, p.Sig = [32]byte(b), [64]byte(b[32:])
	p.Position, p.Path, p.Body = 0, nil, b[firstOverhead:]
	return nil
}

// firstOverhead is how much longer an encoded post was in the first form than its body.
const firstOverhead = 32 + 64

func (p *Post) head(b []byte) {
	p.First = false
	p.After = Place{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
	p.Prev = [32]byte(b[16:])
	p.Sig = [64]byte(b[48:])
}
