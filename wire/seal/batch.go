package seal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"math/bits"
)

const (
	// MaxBatch is how many mails, or posts, one signature covers at most. At 16 its share of each is less than what else each costs; twice
	// as many would spare 2 µs of 67 when they are verified, and take 32 bytes more of each.
	MaxBatch = 1 << maxDepth

	// HashSize is what each level of a batch's tree adds to all that is in it, in bytes.
	HashSize = sha256.Size

	maxDepth = 4

	maxRoots = 256 // of batches, that are known to be signed: the last ones of so many authors whose parts come in turns
)

// Proof shows that something is in a batch that its author signed. The batch is a Merkle tree (RFC 9162 §2.1): the leaf is a hash of all
// that is to be signed, the author signs the root.
type Proof struct {
	// Position is the leaf's in the tree, whose root is 1, and the children of n are 2n and 2n + 1. It is also how long Path must be.
	Position uint8
	Path     []byte // the hashes beside the way from the leaf up to the root
	Sig      [64]byte
}

type hash = [HashSize]byte

// leaf begins what is hashed as a leaf, and node as what is above: none is taken for the other.
const (
	leaf = 0
	node = 1
)

func above(left, right *hash) hash {
	var b [1 + 2*HashSize]byte
	b[0] = node
	copy(b[1:], left[:])
	copy(b[1+HashSize:], right[:])
	return sha256.Sum256(b[:])
}

// depth is how many hashes are beside the way from a position up to the root, and whether there may be such a position.
func depth(position uint8) (int, bool) {
	d := bits.Len8(position) - 1
	return d, d >= 0 && d <= maxDepth
}

// root is that of the tree in which a leaf has this proof. It is false when there is no such tree.
func (p *Proof) root(at hash) (hash, bool) {
	d, ok := depth(p.Position)
	if !ok || len(p.Path) != d*HashSize {
		return hash{}, false
	}
	for i := range d {
		beside := hash(p.Path[i*HashSize:])
		if p.Position>>i&1 == 0 {
			at = above(&at, &beside)
		} else {
			at = above(&beside, &at)
		}
	}
	return at, true
}

// place gives 1 to MaxBatch leaves their places in a tree, and its root.
func place(leaves []hash) (root hash, proofs []Proof) {
	proofs = make([]Proof, len(leaves))
	for i := range proofs {
		proofs[i].Position = 1
	}
	return grow(leaves, proofs), proofs
}

// signBatch signs 1 to MaxBatch leaves with one signature.
func signBatch(author ed25519.PrivateKey, leaves []hash) []Proof {
	root, proofs := place(leaves)
	sig := [64]byte(ed25519.Sign(author, signedRoot(&root)))
	for i := range proofs {
		proofs[i].Sig = sig
	}
	return proofs
}

// grow gives the root of the leaves' tree, and each proof the rest of its way up there.
func grow(leaves []hash, proofs []Proof) hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	half := 1 << (bits.Len(uint(len(leaves)-1)) - 1) // RFC 9162 §2.1.1: the largest power of two below their number
	left, right := grow(leaves[:half], proofs[:half]), grow(leaves[half:], proofs[half:])
	for i := range proofs {
		p, beside, side := &proofs[i], &right, uint8(0)
		if i >= half {
			beside, side = &left, 1
		}
		d, _ := depth(p.Position)
		p.Position += (1 + side) << d
		p.Path = append(p.Path, beside[:]...)
	}
	return above(&left, &right)
}

func signedRoot(root *hash) []byte {
	return append(append(make([]byte, 0, len(batchDomain)+HashSize), batchDomain...), root[:]...)
}

// Roots are batches whose signatures were verified: what else is in one costs hashes. The zero value knows none, and nil keeps none. Not safe
// for concurrent use.
type Roots struct{ seen map[signed]struct{} }

// signed is a root with the signature that was found right: one with another signature is looked at again.
type signed struct {
	author [32]byte
	root   hash
	sig    [64]byte
}

// verify tells whether the author signed the batch that the leaf and its proof make.
func (r *Roots) verify(author *[32]byte, at hash, p *Proof) bool {
	root, ok := p.root(at)
	return ok && r.signed(author, root, &p.Sig)
}

// signed tells whether the author signed a batch with this root.
func (r *Roots) signed(author *[32]byte, root hash, sig *[64]byte) bool {
	is := signed{*author, root, *sig}
	if r != nil {
		if _, ok := r.seen[is]; ok {
			return true
		}
	}
	if !ed25519.Verify(author[:], signedRoot(&root), sig[:]) {
		return false
	}
	if r != nil {
		keep(&r.seen, is, struct{}{}, maxRoots)
	}
	return true
}

// keep puts something into a map that begins anew when it has most of them: what is lost is only made again.
func keep[K comparable, V any](m *map[K]V, k K, v V, most int) {
	if *m == nil || len(*m) >= most {
		*m = map[K]V{}
	}
	(*m)[k] = v
}
