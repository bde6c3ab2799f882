package noise

import (
	"bytes"
	"crypto/ecdh"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"testing"
)

// The multiplications are those of RFC 7748, as the standard library does them: also where it refuses.
func TestMultiplicationsAreTheStandardLibrarys(t *testing.T) {
	random := rand.NewChaCha8([32]byte{7})
	curve := ecdh.X25519()
	points := [][]byte{
		make([]byte, KeySize),         // of low order
		bytes.Repeat([]byte{255}, 32), // above the prime, with the bit that does not count
	}
	for _, s := range []string{ // 1, p - 1, p, p + 1, and of order 8
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
	} {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, b)
	}
	refused := 0
	for i := range 500 {
		var scalar, point [KeySize]byte
		for _, b := range [][]byte{scalar[:], point[:]} {
			if _, err := io.ReadFull(random, b); err != nil {
				t.Fatal(err)
			}
		}
		if i < len(points) {
			copy(point[:], points[i])
		}
		private, err := curve.NewPrivateKey(scalar[:])
		if err != nil {
			t.Fatal(err)
		}
		me := NewStatic(scalar)
		if pub := me.Public(); !bytes.Equal(pub[:], private.PublicKey().Bytes()) {
			t.Fatalf("the public key of %x is %x", scalar, pub)
		}
		remote, err := curve.NewPublicKey(point[:])
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := private.ECDH(remote)
		got, err := (&exchange{static: me}).DH(scalar[:], point[:])
		if !bytes.Equal(got, want) || (err != nil) != (wantErr != nil) {
			t.Fatalf("%x times %x is %x (%v), want %x (%v)", scalar, point, got, err, want, wantErr)
		}
		if err != nil {
			refused++
		}
	}
	if refused != 7 {
		t.Errorf("%d points were refused", refused)
	}
}
