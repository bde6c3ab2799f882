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

// Post is one part of a text for a channel. Its author signs every field but Sig. Channel, Author and the numbers travel
// beside the body (protocol.md §5.2), Prev and Sig in front of it.
type Post struct {
	Channel [32]byte // which one: the key of its server, or a post could be moved to another server's channel
	Author  [32]byte // Ed25519
	Epoch   uint64
	ToEpoch uint64 // the store's id
	Seq     uint64
	Part    uint16
	Parts   uint16
	Size    uint32
	Time    int64
	Flags   uint8
	After   Place    // the author's post before it: of the same lane, or, for seq 1, of the lane before; the zero value is none
	Prev    [32]byte // its HashPost; zeros when the author does not know it
	Body    []byte
	Sig     [64]byte
}

// Place names a post of an author's in one store.
type Place struct{ Epoch, Seq uint64 }

// content is all that is signed and hashed, behind a domain: fixed widths, big endian, and the body as the rest.
func (p *Post) content(domain string) []byte {
	b := make([]byte, 0, len(domain)+3*32+5*8+2*2+4+8+1+len(p.Body))
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
	b = binary.BigEndian.AppendUint64(b, p.After.Epoch)
	b = binary.BigEndian.AppendUint64(b, p.After.Seq)
	b = append(b, p.Prev[:]...)
	return append(b, p.Body...)
}

// SignPost sets p.Sig. The key must be p.Author's.
func SignPost(author ed25519.PrivateKey, p *Post) error {
	if len(author) != ed25519.PrivateKeySize || !bytes.Equal(author[32:], p.Author[:]) {
		return errors.New("sign post: the key is not the author's")
	}
	p.Sig = [64]byte(ed25519.Sign(author, p.content(postDomain)))
	return nil
}

// VerifyPost returns nil when the author signed the post, else ErrPost.
func VerifyPost(p *Post) error {
	if !ed25519.Verify(p.Author[:], p.content(postDomain), p.Sig[:]) {
		return ErrPost
	}
	return nil
}

// HashPost is what the author's next post names as Prev: SHA-256 over the domain and all that is signed. The signature is
// not in it. It would add nothing, as every post is verified by itself; and without it a post that its author signs once
// more, with other bytes as an implementation that adds randomness makes them, is the same post and no fork.
func HashPost(p *Post) [32]byte {
	return sha256.Sum256(p.content(hashDomain))
}

// AppendPost appends what travels as the body of a post: After, Prev, Sig and Body.
func AppendPost(b []byte, p *Post) []byte {
	b = binary.BigEndian.AppendUint64(b, p.After.Epoch)
	b = binary.BigEndian.AppendUint64(b, p.After.Seq)
	b = append(b, p.Prev[:]...)
	b = append(b, p.Sig[:]...)
	return append(b, p.Body...)
}

// ParsePost sets After, Prev, Sig and Body from what AppendPost wrote, and leaves the other fields. Body is a part of b. It does
// not verify; the error wraps ErrPost.
func ParsePost(b []byte, p *Post) error {
	if len(b) < PostOverhead {
		return fmt.Errorf("%w: %d bytes", ErrPost, len(b))
	}
	p.After = Place{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
	p.Prev = [32]byte(b[16:])
	p.Sig = [64]byte(b[48:])
	p.Body = b[PostOverhead:]
	return nil
}
