package seal

import (
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
)

// loneOverhead is how much longer than its body mail was before there were batches: prekey id, enc, signature and tag.
const loneOverhead = idSize + encSize + ed25519.SignatureSize + tagSize

// OpenLone is Open for mail in the form of before there were batches (protocol.md §14.5): an HPKE of its own around a body and its
// sender's signature. Nobody seals so any more, but a sender may be gone for good whose mail the server has.
func (x *Box) OpenLone(id MailID, sealed []byte) ([]byte, error) {
	if len(sealed) < loneOverhead {
		return nil, ErrSealed
	}
	enc, ciphertext := sealed[idSize:idSize+encSize], sealed[idSize+encSize:]
	info := append([]byte(loneMailDomain), id.info(nil)[len(mailDomain):]...)
	context, err := hpke.NewRecipient(enc, x.private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := context.Open(nil, ciphertext)
	if err != nil {
		return nil, ErrSealed
	}
	end := len(plain) - ed25519.SignatureSize
	body, sig := plain[:end:end], plain[end:]
	signed := append([]byte(loneSignedDomain), info...)
	signed = binary.BigEndian.AppendUint32(signed, MailPrekey(sealed))
	signed = append(append(append(signed, x.public...), enc...), body...)
	if !ed25519.Verify(id.From[:], signed, sig) {
		return nil, ErrForged
	}
	return body, nil
}
