package noise

import (
	"crypto/cipher"
	"io"
	"net/netip"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	// CookieSize is the width of what a cookie datagram bears: a nonce, and the sealed cookie.
	CookieSize = chacha20poly1305.NonceSizeX + MacSize + TagSize

	// CookieLife is how long a responder keeps the secret that its cookies come from, and an initiator a cookie.
	// The secret before is honoured too, so that a cookie never dies on its way (WireGuard §5.4.7: two minutes).
	CookieLife = 120 * time.Second
)

// Jar makes and checks cookies: the proof that someone hears what is sent to an address (protocol.md §13.3). It remembers
// none of them.
type Jar struct {
	random      io.Reader
	seal        cipher.AEAD
	now, before *Mac
	made        time.Time
}

// NewJar makes the jar of whoever has the static key.
func NewJar(random io.Reader, static [KeySize]byte) *Jar {
	return &Jar{random: source(random), seal: cookieSeal(static)}
}

func cookieSeal(static [KeySize]byte) cipher.AEAD {
	key := labelled(labelCookie, static)
	a, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err) // 32 bytes are always a key
	}
	return a
}

// Give appends the cookie for an address, sealed so that only who saw the initiation with this mac1 can use it.
func (j *Jar) Give(b []byte, now time.Time, to netip.AddrPort, mac1 []byte) ([]byte, error) {
	if err := j.rotate(now); err != nil {
		return b, err
	}
	var nonce [chacha20poly1305.NonceSizeX]byte
	if _, err := io.ReadFull(j.random, nonce[:]); err != nil {
		return b, err
	}
	cookie := j.now.Sum(address(to))
	b = append(b, nonce[:]...)
	return j.seal.Seal(b, nonce[:], cookie[:], mac1), nil
}

// Check reports whether mac2 authenticates what stands before it with a cookie that the address was given.
func (j *Jar) Check(now time.Time, from netip.AddrPort, mac2, before []byte) bool {
	if j.rotate(now) != nil {
		return false
	}
	for _, m := range []*Mac{j.now, j.before} {
		if m == nil {
			continue
		}
		cookie := m.Sum(address(from))
		if NewMac(cookie[:]).Check(mac2, before) {
			return true
		}
	}
	return false
}

// rotate draws a new secret when the present one is too old, or is used for the first time.
func (j *Jar) rotate(now time.Time) error {
	age := now.Sub(j.made)
	if j.now != nil && age < CookieLife {
		return nil
	}
	var secret [KeySize]byte
	if _, err := io.ReadFull(j.random, secret[:]); err != nil {
		return err
	}
	if j.before = j.now; age >= 2*CookieLife {
		j.before = nil
	}
	j.now, j.made = NewMac(secret[:]), now
	return nil
}

// OpenCookie is the initiator's side: the cookie that a responder with the static key sent for the initiation with mac1.
func OpenCookie(static [KeySize]byte, body, mac1 []byte) (cookie [MacSize]byte, err error) {
	if len(body) != CookieSize {
		return cookie, ErrRefused
	}
	const n = chacha20poly1305.NonceSizeX
	plain, err := cookieSeal(static).Open(nil, body[:n], body[n:], mac1)
	if err != nil {
		return cookie, ErrRefused
	}
	return [MacSize]byte(plain), nil
}

// address is what a cookie is bound to: address and port.
func address(a netip.AddrPort) []byte {
	b, _ := a.MarshalBinary() // it never fails
	return b
}
