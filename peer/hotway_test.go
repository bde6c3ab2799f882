package peer

import (
	"strings"
	"testing"
	"testing/synctest"

	"udpchat/wire/link/linktest"
)

// All that a direct text meets, from Send to Delivered: both clients with their loops, queues, stores, codecs and sessions. Six allocations are
// what is kept and told (TestDirectAllocates); the rest is what rows and datagrams take together, and the network in memory for a datagram.
func TestTheWholeWayAllocates(t *testing.T) {
	const inFlight, most = 64, 8.5
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		h := newHost(t, n)
		ann, bob := h.client(t, n, 1, "ann"), h.client(t, n, 2, "bob")
		for _, c := range []*Client{ann, bob} {
			c.Register()
			next(t, c, Welcome{Name: c.core.cfg.Name})
		}
		text := strings.Repeat("x", 100)
		round := func() {
			for range inFlight {
				ann.Send("bob", text)
			}
			synctest.Wait()
			delivered, shown := 0, make([]uint64, 0, inFlight)
			for _, n := range ann.notices.Take() {
				if _, ok := n.(Delivered); ok {
					delivered++
				}
			}
			for _, n := range bob.notices.Take() {
				if n, ok := n.(Arrived); ok {
					shown = append(shown, n.Line)
				}
			}
			if delivered != inFlight || len(shown) != inFlight {
				t.Fatalf("%d delivered and %d shown of %d", delivered, len(shown), inFlight)
			}
			bob.Shown(shown)
			synctest.Wait()
		}
		for range 100 {
			round() // everything has its size
		}
		if a := testing.AllocsPerRun(50, round) / inFlight; a > most && !raceEnabled {
			t.Errorf("%v allocations for a text, wanted at most %v", a, most)
		} else {
			t.Logf("%v allocations for a text", a)
		}
	})
}
