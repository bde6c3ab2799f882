package noise

import (
	"bytes"
	"crypto/ecdh"
	"fmt"
	"io"

	flynn "github.com/flynn/noise"
)

// Static is a long-lived X25519 key pair, parsed once.
type Static struct {
	private *ecdh.PrivateKey
	pair    flynn.DHKey
}

// NewStatic is the key pair of a scalar (RFC 7748 §5; any 32 bytes are one).
func NewStatic(scalar [KeySize]byte) *Static {
	private, err := ecdh.X25519().NewPrivateKey(scalar[:])
	if err != nil {
		panic(err) // 32 bytes are always a key
	}
	return &Static{private, flynn.DHKey{Private: private.Bytes(), Public: private.PublicKey().Bytes()}}
}

// Public is what others need to know.
func (s *Static) Public() [KeySize]byte { return [KeySize]byte(s.pair.Public) }

// exchange is the Diffie-Hellman function of one handshake. flynn/noise passes keys as bytes, and its own function parses
// the private one, and so multiplies the base point, at each use: half of a handshake's time. This one keeps them parsed.
type exchange struct {
	static    *Static
	ephemeral *ecdh.PrivateKey

	// The last result with the ephemeral key: an initiator tries it before the library's state is touched (Finish).
	remote, shared []byte
}

var _ flynn.DHFunc = (*exchange)(nil)

// GenerateKeypair does not use ecdh's own: that ignores its random source, and vectors need one.
func (x *exchange) GenerateKeypair(random io.Reader) (flynn.DHKey, error) {
	var scalar [KeySize]byte
	if _, err := io.ReadFull(random, scalar[:]); err != nil {
		return flynn.DHKey{}, fmt.Errorf("draw ephemeral key: %w", err)
	}
	private, err := ecdh.X25519().NewPrivateKey(scalar[:])
	if err != nil {
		return flynn.DHKey{}, fmt.Errorf("make ephemeral key: %w", err)
	}
	x.ephemeral = private
	return flynn.DHKey{Private: private.Bytes(), Public: private.PublicKey().Bytes()}, nil
}

// DH refuses points of low order, with which the result would be the same for every key (RFC 7748 §6.1).
func (x *exchange) DH(private, public []byte) ([]byte, error) {
	isStatic := bytes.Equal(private, x.static.pair.Private)
	if !isStatic && bytes.Equal(public, x.remote) {
		return x.shared, nil
	}
	point, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, ErrRefused
	}
	key := x.ephemeral
	if isStatic {
		key = x.static.private
	}
	shared, err := key.ECDH(point)
	if err != nil {
		return nil, ErrRefused
	}
	if !isStatic {
		x.remote, x.shared = bytes.Clone(public), shared
	}
	return shared, nil
}

func (*exchange) DHLen() int     { return KeySize }
func (*exchange) DHName() string { return "25519" }

// suite is the one cipher suite: there is nothing to negotiate, and so nothing to be talked down to.
func suite(x *exchange) flynn.CipherSuite {
	return flynn.NewCipherSuite(x, flynn.CipherChaChaPoly, flynn.HashBLAKE2s)
}
