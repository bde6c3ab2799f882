package link

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"testing"

	"udpchat/wire"
)

// anyone signs for a public key whose point has a small order, without a private key: [k]A is nothing in one of so many
// tries, and then [S]B = R is all that RFC 8032 §5.1.7 asks for. Of the order 4 is the point of 32 zeros.
func anyone(t *testing.T, public wire.Key, message []byte) []byte {
	t.Helper()
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	for i := range byte(255) {
		seed := [32]byte{i}
		r := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
		h := sha512.Sum512(seed[:])
		scalar := h[:32]
		scalar[0] &= 248
		scalar[31] = scalar[31]&63 | 64
		slices.Reverse(scalar)
		s := new(big.Int).Mod(new(big.Int).SetBytes(scalar), order).FillBytes(make([]byte, 32))
		slices.Reverse(s)
		if sig := append(slices.Clone(r), s...); ed25519.Verify(public[:], message, sig) {
			return sig
		}
	}
	t.Fatal("no signature in 255 tries")
	return nil
}

// protocol.md §1: a core knows its server as wire.ServerKey, 32 zeros. That is a point of the curve, of order 4: whoever comes
// with it, or with another point in whose name everyone can sign, must not be heard.
func TestNobodyIsAKeyOfLowOrder(t *testing.T) {
	l := newLab(t)
	b := l.party(2, SessionConfig{})
	for _, y := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000", // wire.ServerKey
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 0 again
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 1 again
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	} {
		point, err := hex.DecodeString(y)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []wire.Key{wire.Key(point), wire.Key(append(point[:31:31], point[31]|0x80))} {
			mallory := NewIdentity([32]byte{9})
			card := Card{Static: mallory.card.Static}
			card.Sig = [64]byte(anyone(t, key, card.signed()))
			if err := card.Verify(key); !errors.Is(err, ErrCard) {
				t.Errorf("%x: a card that anyone makes: %v", key[:], err)
			}
			vouch := append(slices.Clone(key[:]), card.Sig[:]...)
			if err := b.open(addr(9), initiation(t, mallory.static, vouch, b.id.card.Static, 5, 9)); !errors.Is(err, ErrForged) {
				t.Errorf("%x: an initiation in its name: %v", key[:], err)
			}
		}
	}
}
