package chaos

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/noise"
)

// forged makes a packet to the server from an address that nobody has.
func forged(rng *rand.Rand, to netip.AddrPort, payload []byte) packet {
	p := make(packet, 28, 28+len(payload))
	p[0], p[8], p[9] = 0x45, 64, udp
	binary.BigEndian.PutUint16(p[2:], uint16(28+len(payload)))
	binary.BigEndian.PutUint16(p[24:], uint16(8+len(payload)))
	p = append(p, payload...)
	from := netip.AddrFrom4([4]byte{10, 78, byte(rng.Uint32()), byte(1 + rng.Uint32N(250))})
	binary.BigEndian.PutUint16(p[22:], to.Port())
	copy(p[16:], to.Addr().AsSlice())
	p.setFrom(netip.AddrPortFrom(from, uint16(1024+rng.Uint32N(60000))))
	return p
}

func noiseBytes(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// garbage are payloads that bear nothing: random bytes, data of sessions that there are not, initiations of strangers, answers to
// nothing, questions for the key, and what is cut short.
func garbage(rng *rand.Rand) []byte {
	header := func(kind uint8, n int) []byte {
		b := wire.AppendHeader(nil, wire.Header{Type: kind, Index: rng.Uint32()}, n)
		return append(b, noiseBytes(rng, n)...)
	}
	switch rng.IntN(6) {
	case 0:
		return noiseBytes(rng, rng.IntN(1200))
	case 1:
		return header(wire.TypeData, 16+rng.IntN(300))
	case 2:
		return header(wire.TypeInitiation, 224)
	case 3:
		return header(wire.TypeReset, 16)
	case 4:
		return header(wire.TypeKeyRequest, 128)
	}
	whole := header(wire.TypeData, 100)
	return whole[:rng.IntN(len(whole))]
}

// rubbish is a lot of it, from as many addresses.
func rubbish(rng *rand.Rand, to string) (packets []packet) {
	for range 1 << 14 {
		packets = append(packets, forged(rng, netip.MustParseAddrPort(to), garbage(rng)))
	}
	return packets
}

// initiations are forged: their mac1 is right. One in fifty is a real first message of somebody.
func initiations(rng *rand.Rand, key wire.Key, card link.Card, n int) (packets []packet) {
	to := netip.MustParseAddrPort("10.77.0.1:9999")
	mac := noise.MacFor(card.Static)
	for i := range n {
		var payload []byte
		if i%50 == 0 {
			s := link.NewSessions(link.SessionConfig{Identity: link.NewIdentity([32]byte(noiseBytes(rng, 32)))})
			s.TrustServer(key, card.Static)
			_ = s.Add(time.Now(), link.Path{Remote: to}, key, &wire.Ping{Nonce: 1})
			_, _ = s.Flush(func(b []byte, _ link.Path) error {
				payload = slices.Clone(b)
				return nil
			})
		} else {
			payload = wire.AppendHeader(nil, wire.Header{Type: wire.TypeInitiation, Index: rng.Uint32() | 1}, 224)
			payload = append(payload, noiseBytes(rng, 192)...)
			sum := mac.Sum(payload)
			payload = append(append(payload, sum[:]...), make([]byte, noise.MacSize)...)
		}
		packets = append(packets, forged(rng, to, payload))
	}
	return packets
}
