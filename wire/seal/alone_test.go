package seal

import "crypto/ed25519"

// sealMail seals one mail to a prekey of id.To, which it verifies, with an exchange of its own.
func sealMail(sender ed25519.PrivateKey, to Prekey, id MailID, body []byte) ([]byte, error) {
	a, err := NewAddress(id.To, to)
	if err != nil {
		return nil, err
	}
	x, err := a.Exchange(sender)
	if err != nil {
		return nil, err
	}
	m := Mail{ID: id, Body: body}
	err = x.Seal(&m)
	return m.Sealed, err
}

// openMail opens one that came under the name id. secrets finds the private part of a prekey of id.To.
func openMail(id MailID, secrets func(prekey uint32) (Secret, bool), sealed []byte) ([]byte, error) {
	if len(sealed) < MailOverhead {
		return nil, ErrSealed
	}
	secret, ok := secrets(MailPrekey(sealed))
	if !ok {
		return nil, ErrNoPrekey
	}
	box, err := secret.Box()
	if err != nil {
		return nil, ErrSealed
	}
	return box.Open(nil, id, sealed)
}

// verifyPost verifies one that is the only one of its batch that is known.
func verifyPost(p *Post) error { return (*Roots)(nil).VerifyPost(p) }
