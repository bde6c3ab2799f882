package chaos

import (
	"net/netip"
	"time"
)

// bottleneck is a slow link that the packets of some hosts share: one after the other, with a queue before it that takes no more than it
// has room for. The emulator guards it.
type bottleneck struct {
	rate int           // bytes a second
	room int           // packets in the queue, with the one that is on the link
	far  time.Duration // from its end to where they go
	from map[netip.Addr]*crossing

	through []time.Time // when each packet of the queue is through, in order
}

// crossing counts what somebody's packets came to.
type crossing struct{ passed, bytes, dropped int }

// since is what came after another count.
func (c crossing) since(b crossing) crossing {
	return crossing{passed: c.passed - b.passed, bytes: c.bytes - b.bytes, dropped: c.dropped - b.dropped}
}

// share is what the first of two has of all bytes.
func share(a, b crossing) float64 { return float64(a.bytes) / float64(a.bytes+b.bytes) }

// offer gives how long a packet takes until it is there; false when the queue has no room. Who does not share the link takes no time.
func (b *bottleneck) offer(now time.Time, p packet) (time.Duration, bool) {
	from, _ := p.addresses()
	a, _ := netip.AddrFromSlice(from)
	c := b.from[a]
	if c == nil {
		return 0, true
	}
	for len(b.through) > 0 && !b.through[0].After(now) {
		b.through = b.through[1:]
	}
	if len(b.through) >= b.room {
		c.dropped++
		return 0, false
	}
	begins := now
	if n := len(b.through); n > 0 {
		begins = b.through[n-1]
	}
	end := begins.Add(time.Duration(len(p)) * time.Second / time.Duration(b.rate))
	b.through = append(b.through, end)
	c.passed++
	c.bytes += len(p)
	return end.Add(b.far).Sub(now), true
}
