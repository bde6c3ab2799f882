package link

import (
	"slices"
	"testing"
	"time"
)

// protocol.md §13.3: however many come, with whatever proof, only so many handshakes a second are answered; whoever is not asks again, and
// what is said in a session takes its turn meanwhile.
func TestHandshakesAreAnsweredAtABoundedRate(t *testing.T) {
	l := newLab(t)
	server := l.party(1, SessionConfig{Server: true, Answers: 8})
	first := l.party(2, SessionConfig{})
	first.s.TrustServer(server.id.key, server.id.card.Static)
	first.ping(server, 1)
	l.run(time.Second)
	const crowd = 40
	for i := range byte(crowd) {
		p := l.party(3+i, SessionConfig{})
		p.s.TrustServer(server.id.key, server.id.card.Static)
		p.ping(server, 100)
	}
	before := server.s.Counts
	first.ping(server, 2)
	l.run(time.Second)
	if n := server.s.Counts.Handshakes - before.Handshakes; n < 2 || n > 8+8/4 || server.s.Counts.Busy == before.Busy {
		t.Errorf("%d handshakes in a second, %d refused", n, server.s.Counts.Busy-before.Busy)
	}
	if !slices.Contains(server.got, 2) {
		t.Errorf("who was there is not heard: %v", server.got)
	}
	l.run(29 * time.Second)
	if n := server.s.Counts.Handshakes - before.Handshakes; n != crowd {
		t.Errorf("%d of %d came in the end", n, crowd)
	}
}
