package link

import (
	"io"
	"net/netip"
	"time"

	"udpchat/wire/link/noise"
)

// rate is how often something may be done: once per interval in the long run, burst times at once.
type rate struct {
	interval time.Duration
	burst    time.Duration // times interval
}

func perSecond(n, burst int) rate {
	each := time.Second / time.Duration(n)
	return rate{each, each * time.Duration(burst)}
}

// bucket is the state of a rate: until when what was done is paid for. The zero value is a full bucket. (It is the
// leaky bucket of ITU-T I.371 in its scheduling form, which is one number.)
type bucket time.Duration

func (k *bucket) take(now time.Duration, r rate) bool {
	paid := max(time.Duration(*k), now) + r.interval
	if paid-now > r.burst {
		return false
	}
	*k = bucket(paid)
	return true
}

// buckets are the rates of any number of sources in a fixed room: sources that fall into the same slot share it, which
// slots those are being a secret. So no flood of sources makes it grow, or shuts out one on purpose.
type buckets struct {
	rate  rate
	mac   *noise.Mac
	slots []bucket // made at the first use
}

// bucketSlots is 32 KiB: one datagram may bring about no more than twice that (docs/security.md).
const bucketSlots = 4096

func newBuckets(random io.Reader, r rate) buckets {
	return buckets{rate: r, mac: noise.NewMac(draw(random, make([]byte, 32)))}
}

func (k *buckets) take(now time.Duration, source []byte) bool {
	if k.slots == nil {
		k.slots = make([]bucket, bucketSlots)
	}
	sum := k.mac.Sum(source)
	slot := (int(sum[0])<<8 | int(sum[1])) % bucketSlots
	return k.slots[slot].take(now, k.rate)
}

// network is what one subscriber has: an IPv4 address, or an IPv6 network of 64 bits.
func network(a netip.Addr) []byte {
	if a.Is6() {
		p, _ := a.Prefix(64) // it fails for a length above the address's only
		a = p.Addr()
	}
	return a.AsSlice()
}

// endpoint is an address and a port.
func endpoint(a netip.AddrPort) []byte {
	b, _ := a.MarshalBinary() // it never fails
	return b
}

// budget notices that more handshakes are asked for than one wants to pay for (protocol.md §13.3).
type budget struct {
	limit int // per second
	since time.Duration
	asked int
	until time.Duration // it was exceeded less than a second before this
}

// ask counts a request and reports whether there are too many. It stays so for a second.
func (g *budget) ask(now time.Duration) (busy bool) {
	if now-g.since >= time.Second {
		g.since, g.asked = now, 0
	}
	if g.asked++; g.asked > g.limit {
		g.until = now + time.Second
	}
	return now < g.until
}
