package seal

import (
	"bytes"
	"math/bits"
)

// RowHead is how many bytes stand once for a row of posts: After and Prev of the first, and the signature. So do encoded posts begin.
const RowHead = PostOverhead - 1

// A row is posts of one batch that follow each other, on their way together: each but the first is behind the one before it, whose hash a
// reader makes itself; and of the hashes in the batch's tree only those travel that do not come out of the row.

// Together tells whether two encoded posts bear the same signature: they are of one batch.
func Together(a, b []byte) bool {
	return len(a) >= PostOverhead && len(b) >= PostOverhead && bytes.Equal(a[RowHead-64:RowHead], b[RowHead-64:RowHead])
}

// PackRow gives what has to travel beside the bodies and positions of posts that ParsePost read. It is false when they are not a row,
// as far as it shows without a hash: that is for who verifies it to say.
func PackRow(posts []Post) (head, path []byte, ok bool) {
	for i := range posts {
		p := &posts[i]
		if _, ok := depth(p.Position); !ok || p.Sig != posts[0].Sig || i > 0 && p.After != (Place{posts[i-1].Epoch, posts[i-1].Seq}) {
			return nil, nil, false
		}
	}
	if len(posts) == 0 {
		return nil, nil, false
	}
	t := tree{posts: posts, ok: true}
	path = t.lacks(nil, posts, 1)
	head = AppendPost(make([]byte, 0, RowHead), &Post{After: posts[0].After, Prev: posts[0].Prev, Proof: Proof{Sig: posts[0].Sig}})
	return head, path, t.ok && len(t.posts) == 0
}

// VerifyRow sets After, Prev and the signature of posts that have all else but their paths, and returns nil when their author signed all of
// them as one batch, else ErrPost.
func (r *Roots) VerifyRow(posts []Post, head, path []byte) error {
	root, ok := RowRoot(posts, head, path)
	if !ok || !r.signed(&posts[0].Author, root, &posts[0].Sig) {
		return ErrPost
	}
	return nil
}

// RowRoot is VerifyRow up to what the author must have signed; it is false when that is nothing.
func RowRoot(posts []Post, head, path []byte) (root [HashSize]byte, ok bool) {
	if len(posts) == 0 || len(posts) > MaxBatch || len(head) != RowHead {
		return root, false
	}
	posts[0].head(head)
	for i := range posts {
		p := &posts[i]
		if i > 0 {
			before := &posts[i-1]
			p.First, p.After, p.Prev, p.Sig = false, Place{before.Epoch, before.Seq}, HashPost(before), before.Sig
		}
		if _, ok := depth(p.Position); !ok {
			return root, false
		}
	}
	t := tree{posts: posts, path: path, ok: true}
	root = t.node(1)
	return root, t.ok && len(t.posts)+len(t.path) == 0
}

// tree is a batch's tree on the way through it, from the left to the right: what of the row, and of the other hashes, was not met yet.
type tree struct {
	posts []Post
	path  []byte
	ok    bool
}

// node is the hash at a position.
func (t *tree) node(at uint8) hash {
	switch t.meets(at) {
	case here:
		p := &t.posts[0]
		t.posts = t.posts[1:]
		return p.leaf()
	case below:
		left := t.node(2 * at)
		right := t.node(2*at + 1)
		return above(&left, &right)
	}
	if len(t.path) < HashSize {
		t.ok = false
		return hash{}
	}
	h := hash(t.path)
	t.path = t.path[HashSize:]
	return h
}

// lacks appends the hashes at and below a position that node takes from the path. Those beside the ways up from the posts are known.
func (t *tree) lacks(b []byte, posts []Post, at uint8) []byte {
	switch t.meets(at) {
	case here:
		t.posts = t.posts[1:]
		return b
	case below:
		return t.lacks(t.lacks(b, posts, 2*at), posts, 2*at+1)
	}
	for i := range posts {
		p := &posts[i]
		if up := bits.Len8(p.Position) - bits.Len8(at); up >= 0 && p.Position>>up == at^1 && len(p.Path) >= (up+1)*HashSize {
			return append(b, p.Path[up*HashSize:(up+1)*HashSize]...)
		}
	}
	t.ok = false
	return b
}

const (
	beside = iota
	here
	below
)

// meets tells where the next post is, seen from a position.
func (t *tree) meets(at uint8) int {
	if len(t.posts) == 0 {
		return beside
	}
	next := t.posts[0].Position
	switch up := bits.Len8(next) - bits.Len8(at); {
	case next == at:
		return here
	case up > 0 && next>>up == at:
		return below
	}
	return beside
}
