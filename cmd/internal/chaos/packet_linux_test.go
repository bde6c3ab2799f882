package chaos

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
)

const udp = 17

// packet is an IP packet, of either version, without options. It is read where it stands.
type packet []byte

// valid tells whether the headers are all there.
func (p packet) valid() bool {
	switch {
	case len(p) >= 20 && p[0] == 0x45:
	case len(p) >= 40 && p[0]>>4 == 6:
	default:
		return false
	}
	return p.protocol() != udp || len(p) >= p.header()+8
}

func (p packet) v4() bool { return p[0]>>4 == 4 }

func (p packet) header() int {
	if p.v4() {
		return 20
	}
	return 40
}

func (p packet) protocol() byte {
	if p.v4() {
		return p[9]
	}
	return p[6]
}

// addresses are the bytes of the source and of the destination.
func (p packet) addresses() (from, to []byte) {
	if p.v4() {
		return p[12:16], p[16:20]
	}
	return p[8:24], p[24:40]
}

// isUDP: with the ports in it, so not a fragment's rest.
func (p packet) isUDP() bool {
	return p.protocol() == udp && (!p.v4() || binary.BigEndian.Uint16(p[6:])&0x1fff == 0)
}

func (p packet) ends() (from, to netip.AddrPort) {
	f, t := p.addresses()
	a, _ := netip.AddrFromSlice(f)
	b, _ := netip.AddrFromSlice(t)
	u := p[p.header():]
	return netip.AddrPortFrom(a, binary.BigEndian.Uint16(u)), netip.AddrPortFrom(b, binary.BigEndian.Uint16(u[2:]))
}

// setFrom and setTo write an address and port, and make the checksums right again.
func (p packet) setFrom(a netip.AddrPort) {
	from, _ := p.addresses()
	copy(from, a.Addr().AsSlice())
	binary.BigEndian.PutUint16(p[p.header():], a.Port())
	p.sum()
}

func (p packet) setTo(a netip.AddrPort) {
	_, to := p.addresses()
	copy(to, a.Addr().AsSlice())
	binary.BigEndian.PutUint16(p[p.header()+2:], a.Port())
	p.sum()
}

// sum makes the checksums of a UDP packet right.
func (p packet) sum() {
	if p.v4() {
		p[10], p[11] = 0, 0
		binary.BigEndian.PutUint16(p[10:], checksum(0, p[:20]))
	}
	u := p[p.header():]
	u[6], u[7] = 0, 0
	from, to := p.addresses()
	acc := add(add(udp+uint32(len(u)), from), to)
	c := checksum(acc, u)
	if c == 0 {
		c = 0xffff
	}
	binary.BigEndian.PutUint16(u[6:], c)
}

func add(acc uint32, b []byte) uint32 {
	for i := 0; i+1 < len(b); i += 2 {
		acc += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		acc += uint32(b[len(b)-1]) << 8
	}
	return acc
}

// checksum is that of RFC 1071.
func checksum(acc uint32, b []byte) uint16 {
	acc = add(acc, b)
	for acc>>16 != 0 {
		acc = acc&0xffff + acc>>16
	}
	return ^uint16(acc)
}

// corrupt flips one bit of the payload. In two cases of three the program gets to see it: the checksum is made right again, or,
// with IPv4, is none. In the third the kernel drops it.
func (p packet) corrupt(rng *rand.Rand) {
	u := p[p.header():]
	if len(u) > 8 {
		u[8+rng.IntN(len(u)-8)] ^= 1 << rng.IntN(8)
	}
	switch way := rng.IntN(3); {
	case way == 0:
		p.sum()
	case way == 1 && p.v4():
		u[6], u[7] = 0, 0
	}
}
