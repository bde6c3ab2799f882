package sim

import (
	"net/netip"
	"time"

	"udpchat/wire/link"
)

// network carries datagrams between addresses, badly while the faults last.
type network struct {
	w     *World
	at    map[netip.AddrPort]*party
	cut   [][]time.Duration // from, to: nothing passes until then
	free  []*parcel
	freed []netip.AddrPort // addresses that someone had once
	port  uint16
	sent  int
}

func (n *network) init(w *World, parties int) {
	n.w, n.at = w, map[netip.AddrPort]*party{}
	n.cut = make([][]time.Duration, parties)
	for i := range n.cut {
		n.cut[i] = make([]time.Duration, parties)
	}
}

// move gives a party an address that it did not have, sometimes one that another had.
func (n *network) move(p *party) {
	if p.addr.IsValid() {
		delete(n.at, p.addr)
		n.freed = append(n.freed, p.addr)
	}
	n.port++
	p.addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(p.index)}), 1000+n.port)
	if k := len(n.freed); k > 4 && n.w.chance(.3) {
		i := n.w.rand.IntN(k)
		p.addr, n.freed[i] = n.freed[i], p.addr
	}
	n.at[p.addr] = p
}

// write takes one datagram from a party.
func (n *network) write(p *party, b []byte, path link.Path) {
	n.sent++
	w := n.w
	if w.tracing() {
		w.traceDatagram(p, b)
	}
	to := n.at[path.Remote]
	if to == nil || w.at < n.cut[p.index][to.index] {
		if w.tracing() {
			w.tracef("%s: lost on the way to %v", p.name, path.Remote)
		}
		return
	}
	copies := 1
	if !w.healed {
		// A datagram that was altered on its way does not open: it is lost (package siege shows it with real sessions).
		if w.chance(w.mix.Loss) || w.chance(w.mix.Garbled) {
			if w.tracing() {
				w.tracef("%s: lost on the way to %s", p.name, to.name)
			}
			copies = 0
		}
		if w.chance(w.mix.Twice) {
			copies++
		}
	}
	for range copies {
		n.carry(p.addr, path.Remote, to.run, b)
	}
}

// carry brings one copy of a datagram to who has the address when it arrives. It was sealed for a run of the recipient's: the next one can't
// open it (package siege shows it with real sessions).
func (n *network) carry(from, to netip.AddrPort, run int, b []byte) {
	w := n.w
	delay := w.mix.Latency + w.upTo(w.mix.Latency/4)
	if !w.healed && w.chance(w.mix.Late) {
		delay += w.upTo(w.mix.Lag)
	}
	p := n.parcel()
	p.from, p.to, p.run, p.data = from, to, run, append(p.data, b...)
	w.after(delay, p.come)
}

// parcel is a datagram on its way. It is used again for another one.
type parcel struct {
	from, to netip.AddrPort
	run      int // of the recipient, that it is sealed for
	data     []byte
	come     func()
}

func (n *network) parcel() *parcel {
	if k := len(n.free); k > 0 {
		p := n.free[k-1]
		n.free = n.free[:k-1]
		return p
	}
	p := &parcel{data: make([]byte, 0, frameSize)}
	p.come = func() {
		if at := n.at[p.to]; at != nil && at.alive && at.run == p.run && at.frozen <= n.w.at {
			at.receive(link.Path{Remote: p.from}, p.data)
		}
		clear(p.data) // what is borrowed from it is gone
		p.data = p.data[:0]
		n.free = append(n.free, p)
	}
	return p
}

// part cuts two parties off from each other, in one direction or both.
func (n *network) part(a, b int, until time.Duration, both bool) {
	n.cut[a][b] = until
	if both {
		n.cut[b][a] = until
	}
}

// heal ends what the faults do to the network. What is on its way still arrives late.
func (n *network) heal() {
	for i := range n.cut {
		clear(n.cut[i])
	}
}
