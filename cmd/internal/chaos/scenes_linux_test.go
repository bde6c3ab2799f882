package chaos

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// talk lets everyone write to everyone and to the channel, for some rounds, and waits until all is read.
func (w *world) talk(rounds int, every time.Duration) {
	w.t.Helper()
	w.meet()
	var all []*message
	for i := range rounds {
		for _, from := range w.clients {
			for _, to := range w.clients {
				if to != from {
					all = append(all, w.says(from, to.name, uint64(i), 0))
				}
			}
			all = append(all, w.says(from, "", uint64(i), 0))
		}
		pause(w.t.Context(), every)
	}
	w.expect(patience, all...)
}

// settled waits until nothing is in an outbox, then ends.
func (w *world) settled() {
	w.t.Helper()
	if err := until(w.t.Context(), patience, func() bool {
		for _, s := range w.clients {
			if open, err := w.survey(s); err != nil || open > 0 {
				return false
			}
		}
		return true
	}); err != nil {
		w.t.Errorf("outboxes: %v", err)
	}
	w.closes()
}

// The harness itself: of two lines that a program prints one is hidden from it, the other shown twice, and it says so of both.
func TestHarnessNotices(t *testing.T) {
	needs(t)
	t.Parallel()
	w := newWorld(t, seed(t), []string{"anna", "bob"}, "10.77.0.1")
	w.joins("10.77.1.1", "10.77.0.1")
	w.joins("10.77.1.2", "10.77.0.1")
	w.meet()
	bob := w.clients[1]
	honest := bob.line
	bob.mu.Lock()
	bob.line = func(run int, line string) {
		switch {
		case strings.Contains(line, "#anna-1-"):
		case strings.Contains(line, "#anna-2-"):
			honest(run, line)
			fallthrough
		default:
			honest(run, line)
		}
	}
	bob.mu.Unlock()
	bob.kill(0) // its next run is the one that is not heard well
	w.says(w.clients[0], "bob", 1, 0)
	w.says(w.clients[0], "bob", 2, 0)
	w.expect(patience, w.says(w.clients[0], "bob", 3, 0))
	for _, s := range w.clients {
		if _, err := w.survey(s); err != nil {
			t.Error(err)
		}
	}
	wrong := strings.Join(w.ledger.audit(), "\n")
	for _, want := range []string{"lost: bob has not read text 1 from anna to bob", "duplicated: bob reads text 2 from anna to bob"} {
		if !strings.Contains(wrong, want) {
			t.Errorf("%q is not in %q", want, wrong)
		}
	}
}

// A server with several addresses answers from the one that was asked.
func TestServerWithManyAddresses(t *testing.T) {
	needs(t)
	t.Parallel()
	addresses := []string{"10.77.0.1", "10.77.0.2", "10.77.0.3", "fd77::1", "fd77::2"}
	own := []string{"10.77.1.1", "10.77.1.2", "10.77.1.3", "fd77::1:1", "fd77::1:2"}
	w := newWorld(t, seed(t), []string{"anna", "bob", "carl", "dora", "emil"}, addresses...)
	var wrong []string
	answers := map[string]int{}
	w.net.tap = func(from, to netip.AddrPort, _ packet) {
		for i, a := range own {
			if to.Addr().String() == a && from.Port() == port {
				answers[addresses[i]]++
				if from.Addr().String() != addresses[i] {
					wrong = append(wrong, fmt.Sprintf("%v to %v, which asked %s", from, to, addresses[i]))
				}
			}
		}
	}
	for i, a := range own {
		w.joins(a, addresses[i])
	}
	w.talk(3, 200*time.Millisecond)
	w.settled()
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	if len(wrong) > 0 {
		t.Errorf("%d answers from another address: %s", len(wrong), wrong[0])
	}
	t.Logf("answers: %v", answers)
}

func TestIPv6Only(t *testing.T) {
	needs(t)
	t.Parallel()
	w := newWorld(t, seed(t), []string{"anna", "bob", "carl"}, "fd77::1")
	for i := range 3 {
		w.joins(fmt.Sprintf("fd77::1:%d", i+1), "fd77::1")
	}
	w.talk(5, 100*time.Millisecond)
	w.settled()
}

// One server for both: who has only IPv4 chats with who has only IPv6, by the server.
func TestDualStack(t *testing.T) {
	needs(t)
	t.Parallel()
	w := newWorld(t, seed(t), []string{"anna", "bob", "carl", "dora"}, "10.77.0.1", "fd77::1")
	w.joins("10.77.1.1", "10.77.0.1")
	w.joins("10.77.1.2", "10.77.0.1")
	w.joins("fd77::1:3", "fd77::1")
	w.joins("fd77::1:4", "fd77::1")
	w.talk(5, 500*time.Millisecond)
	w.settled()
}

// An interface goes down under a client, then under the server, and comes back with what it had: texts typed meanwhile arrive. The
// cut is shorter than the 3 s after which a client gives up on the server.
func TestInterfaceGoesDown(t *testing.T) {
	needs(t)
	t.Parallel()
	w := newWorld(t, seed(t), []string{"anna", "bob"}, "10.77.0.1")
	w.joins("10.77.1.1", "10.77.0.1")
	w.joins("10.77.1.2", "10.77.0.1")
	w.talk(1, 0)
	for _, h := range []*host{w.clients[0].host, w.server.host, w.clients[1].host} {
		h.ip(t, "link set "+device+" down")
		a, b := w.says(w.clients[0], "bob", 1, 0), w.says(w.clients[1], "anna", 1, 0)
		pause(t.Context(), 2*time.Second)
		h.ip(t, "link set "+device+" up")
		w.expect(patience, a, b)
		w.talk(1, 0)
	}
	w.settled()
	if ends := append(w.clients[0].ends, w.clients[1].ends...); len(ends) > 0 {
		t.Errorf("clients ended: %v", ends)
	}
}

// keepalive is how long a silent client may take until the server knows of its new address (protocol.md §8.3), and a little more.
const keepalive = 30*time.Second + 10*time.Second

// A client changes its network: another address, and the old one is gone. It goes on chatting, and so do the others with it.
func TestClientMoves(t *testing.T) {
	needs(t)
	t.Parallel()
	for _, tt := range []struct{ name, server, first, second, other string }{
		{"IPv4", "10.77.0.1", "10.77.1.1", "10.77.9.9", "10.77.1.2"},
		{"IPv6", "fd77::1", "fd77::1:1", "fd77::9:9", "fd77::1:2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seed(t), []string{"anna", "bob"}, tt.server)
			w.joins(tt.first, tt.server)
			w.joins(tt.other, tt.server)
			w.talk(1, 0)
			h := w.clients[0].host
			move := func(from, to string) {
				h.address(t, "del", from)
				w.net.moves(netip.MustParseAddr(from), nil)
				pause(t.Context(), time.Second)
				h.address(t, "add", to)
				w.net.moves(netip.MustParseAddr(to), h)
			}
			move(tt.first, tt.second)
			moved := time.Now()
			w.expect(keepalive, w.says(w.clients[1], "anna", 1, 0)) // the mover has said nothing yet
			t.Logf("who moved and was silent reads %v after the move", time.Since(moved).Round(time.Millisecond))
			w.talk(3, time.Second)
			move(tt.second, tt.first)
			moved = time.Now()
			w.expect(patience, w.says(w.clients[0], "bob", 1, 0))
			t.Logf("who moved and speaks is read %v after the move", time.Since(moved).Round(time.Millisecond))
			w.talk(3, time.Second)
			w.settled()
			if ends := append(w.clients[0].ends, w.clients[1].ends...); len(ends) > 0 {
				t.Errorf("clients ended: %v", ends)
			}
		})
	}
}
