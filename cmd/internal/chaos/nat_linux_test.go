package chaos

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// nat gives a host one outer address, and each inner port an outer one, which is another one after every period. What comes to
// an earlier one is dropped; with strict also what comes from an address and port that nothing was sent to in this period (RFC 4787 §5).
type nat struct {
	inner  netip.Addr
	outer  netip.Addr
	period time.Duration
	strict bool
	start  time.Time
	last   uint16            // outer port given out
	turn   int               // number of the period that the tables are for
	ports  map[uint16]uint16 // inner to outer
	back   map[uint16]uint16
	asked  map[netip.AddrPort]bool
	turns  int // periods in which something left
}

func (n *nat) look(now time.Time) {
	if turn := 1 + int(now.Sub(n.start)/n.period); turn != n.turn {
		n.turn, n.ports, n.back = turn, map[uint16]uint16{}, map[uint16]uint16{}
		n.asked = map[netip.AddrPort]bool{}
	}
}

// out translates what leaves the host.
func (n *nat) out(now time.Time, p packet) {
	n.look(now)
	port := binary.BigEndian.Uint16(p[p.header():])
	if n.ports[port] == 0 {
		if len(n.ports) == 0 {
			n.turns++
		}
		n.last = 20000 + (n.last+7)%20000
		n.ports[port], n.back[n.last] = n.last, port
	}
	_, to := p.ends()
	n.asked[to] = true
	p.setFrom(netip.AddrPortFrom(n.outer, n.ports[port]))
}

// in translates what comes, and tells whether there is a way in for it.
func (n *nat) in(now time.Time, p packet) bool {
	n.look(now)
	port, ok := n.back[binary.BigEndian.Uint16(p[p.header()+2:])]
	if from, _ := p.ends(); n.strict && !n.asked[from] {
		return false
	}
	if ok {
		p.setTo(netip.AddrPortFrom(n.inner, port))
	}
	return ok
}

// hide puts a router before a host.
func (e *emulator) hide(h *host, n *nat) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h.nat = n
	e.routes[n.outer] = h
	delete(e.routes, n.inner) // nobody outside knows it
}

// Home routers that give clients other ports every 5 s: they go on chatting with each other and with somebody who has no router. What
// is sent to an old port has to find its way too. Where strict routers let nobody in, it goes by the server.
func TestTranslatedPortsChange(t *testing.T) {
	needs(t)
	t.Parallel()
	for _, tt := range []struct {
		name    string
		routers int
		strict  bool
	}{{"one open router", 1, false}, {"two strict routers", 2, true}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seed(t), []string{"anna", "bob", "carl"}, "10.77.0.1")
			for i, name := range w.ledger.people {
				inner := fmt.Sprintf("10.77.1.%d", i+1)
				h := w.net.addHost(t, name, inner)
				if i < tt.routers {
					outer := netip.AddrFrom4([4]byte{10, 77, 200, byte(i + 1)})
					w.net.hide(h, &nat{inner: netip.MustParseAddr(inner), outer: outer, period: 5 * time.Second, strict: tt.strict, start: time.Now()})
				}
				w.joinsAt(h, "10.77.0.1")
			}
			w.talk(22, time.Second)
			w.net.mu.Lock()
			turns := w.clients[0].host.nat.turns
			w.net.mu.Unlock()
			if turns < 4 {
				t.Errorf("the port has changed %d times", turns)
			}
			w.settled()
			t.Logf("received by the other %d, stored at the server %d", w.ledger.told["received"], w.ledger.told["stored"])
		})
	}
}
