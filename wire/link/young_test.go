package link

import (
	"fmt"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §13.6: who begins a handshake when a session was in use has that no more, however young it is, and whoever has the lower static
// key: the new one is used at once, and nobody writes to the one that was lost. Again, when it is lost again.
func TestAYoungSessionThatWasLostIsNotKept(t *testing.T) {
	for _, n := range [][2]byte{{1, 2}, {2, 1}} { // of these one static key is lower than the other
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			l := newLab(t)
			client, server := l.party(n[0], SessionConfig{}), l.party(n[1], SessionConfig{Server: true})
			client.s.TrustServer(server.id.key, server.id.card.Static)
			client.ping(server, 0)
			l.run(time.Second)
			server.ping(client, 0)
			for round := range uint32(4) {
				l.run(time.Second)
				server.restart(10 + byte(round))
				server.s.TrustClient(client.id.key, client.id.card.Static)
				server.ping(client, round+1)
				l.run(100 * time.Millisecond)
				client.ping(server, round+1)
				l.run(100 * time.Millisecond)
				client.expect(0, round+1)
				server.expect(0, round+1)
			}
			for _, f := range l.record {
				if f.data[1] == wire.TypeReset {
					t.Error("it wrote to a session that was lost")
				}
			}
			if n := client.s.Counts.Handshakes; n != 5 {
				t.Errorf("%d handshakes", n)
			}
		})
	}
}
