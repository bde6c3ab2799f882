package seal

import (
	"crypto/ed25519"
	"testing"
)

// BenchmarkMail seals and opens 100 bytes, with what is made once for a row of mails and without.
func BenchmarkMail(b *testing.B) {
	ann, bob := ed25519.NewKeyFromSeed(make([]byte, 32)), ed25519.NewKeyFromSeed(append(make([]byte, 31), 1))
	secret := Secret{1}
	p, err := NewPrekey(bob, 1, secret)
	if err != nil {
		b.Fatal(err)
	}
	id := MailID{To: [32]byte(bob[32:]), From: [32]byte(ann[32:]), Seq: 1, Parts: 1, Size: 100}
	body := make([]byte, 100)
	address, err := NewAddress(id.To, p)
	if err != nil {
		b.Fatal(err)
	}
	box, err := secret.Box()
	if err != nil {
		b.Fatal(err)
	}
	sealed, err := address.Seal(ann, id, body)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    func() error
	}{
		{"Seal/one", func() error { _, err := SealMail(ann, p, id, body); return err }},
		{"Seal/row", func() error { _, err := address.Seal(ann, id, body); return err }},
		{"Open/one", func() error {
			_, err := OpenMail(id, func(uint32) (Secret, bool) { return secret, true }, sealed)
			return err
		}},
		{"Open/row", func() error { _, err := box.Open(id, sealed); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
