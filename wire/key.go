package wire

import "encoding/hex"

const keySize = 32

// Key is who a client is: its Ed25519 public key (§4). It is comparable and a map key.
type Key [keySize]byte

// ServerKey stands for the server where a client's core speaks of it, whichever key it has: wire/link puts in the real one.
var ServerKey Key

// Channel stands for the channel as the recipient of a text. It is no one's public key: no point of the curve has these
// bytes (RFC 8032 §5.1.3 fails to decode them).
var Channel = Key{0: 0xff, 31: 0xff}

// String is the first four bytes in hex: enough for a log, not for telling keys apart.
func (k Key) String() string {
	return hex.EncodeToString(k[:4])
}
