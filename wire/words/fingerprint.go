package words

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"strings"
)

const (
	// rounds is how often a digest is hashed again. It makes every key that an attacker tries 2^16 times as dear as a
	// hash, which is 16 bits that nobody has to read out, and takes some 20 ms, at the moments when someone looks.
	rounds = 1 << 16

	fingerprintWords = 6
	safetyGroups     = 6
	groupDigits      = 5
	safetyWords      = 12

	fingerprintDomain = "udpchat/fingerprint/1"
	safetyDomain      = "udpchat/safety/1"
)

// Fingerprint is a key as six words, 48 bits. To find a key with the words of a given one takes some 2^48 keys of 2^16
// hashes each. It is for the eye, beside a key that is pinned in full; no program may compare it.
//
// It takes some 20 ms: not for the loop.
func Fingerprint(key [32]byte) string {
	d := stretch(fingerprintDomain, key[:])
	return say(d[:fingerprintWords])
}

// SafetyNumber is what two people compare, to know that each has the other's key: 30 digits in groups of five, and twelve
// words of the same strength for those who would rather say words. It is the same for a and b exchanged.
//
// Who stands between the two picks both of the keys that it shows them, and needs one pair of equal numbers among many:
// that takes the square root of all numbers. 30 digits are 99.7 bits and 12 words are 96, so that is 2^48 to 2^50 numbers
// of 2^16 hashes each, and no less for having been at it for other people, as both true keys are in every hash. Digits of
// each key by itself, side by side, would cost as much once and serve against everyone (RFC 6189 §4.4.1.1 shortens the
// number instead with a commitment before it, for which a mailbox has no round trip).
//
// It takes some 20 ms: not for the loop.
func SafetyNumber(a, b [32]byte) (digits, words string) {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	d := stretch(safetyDomain, append(a[:], b[:]...))
	groups := make([]string, safetyGroups)
	for i := range groups {
		// 40 bits modulo 10^5: no group is more likely than another by 10^-7.
		v := uint64(d[5*i])<<32 | uint64(binary.BigEndian.Uint32(d[5*i+1:]))
		groups[i] = fmt.Sprintf("%0*d", groupDigits, v%100000)
	}
	rest := d[5*safetyGroups:]
	return strings.Join(groups, " "), say(rest[:safetyWords])
}

// stretch is SHA-512 of the domain and what is said, hashed again and again: one block each.
func stretch(domain string, said []byte) [sha512.Size]byte {
	d := sha512.Sum512(append([]byte(domain), said...))
	for range rounds {
		d = sha512.Sum512(d[:])
	}
	return d
}
