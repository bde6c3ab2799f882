package control

import (
	"net/netip"
	"testing"
	"time"

	"udpchat/peer"
)

func TestTheWayToSomeone(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, _ *Hub, connect func() *program) {
		found := peer.Reached{Known: true, Online: true, Addr: netip.MustParseAddrPort("10.0.0.2:3001"), Answered: true, RoundTrip: 1500 * time.Microsecond}
		d.found = map[string]peer.Reached{"bob": found, "nobody": {}}
		p := connect()
		p.do(Command{Op: "reach", Name: "bob", Ref: "r"})
		said := Reached{Known: true, Online: true, Address: "10.0.0.2:3001", Answered: true, RoundTrip: 1.5}
		p.want(Event{Event: "reached", Ref: "r", Name: "bob", Reached: &said})
		if said.Of() != found {
			t.Errorf("it was made of %+v", said.Of())
		}
		p.do(Command{Op: "reach", Name: "nobody"})
		p.want(Event{Event: "reached", Name: "nobody", Reached: &Reached{}})
		p.do(Command{Op: "reach", Name: "left"})
		p.wantNothing()
		time.Sleep(reachWait)
		p.want(Event{Event: "error", Error: NotRegistered, Name: "left", Why: "the client is offline"})
		d.state.Standing = peer.StandsOutside
		p.do(Command{Op: "reach", Name: "bob"})
		p.want(Event{Event: "error", Error: NotRegistered, Name: "bob", Why: "the client is offline"})
		p.end()
	})
}
