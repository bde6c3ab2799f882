package control

import (
	"context"
	"net/netip"
	"time"

	"udpchat/peer"
)

// Reached is what came of trying the direct way to someone (peer.Reached).
type Reached struct {
	Known     bool    `json:"known"`
	Blocked   bool    `json:"blocked"`
	Online    bool    `json:"online"`
	Address   string  `json:"address,omitempty"`
	Keyless   bool    `json:"keyless"`
	Answered  bool    `json:"answered"`
	RoundTrip float64 `json:"round_trip_ms"`
}

// reachWait is how long a client may try: it does not answer at all when it leaves meanwhile.
const reachWait = 30 * time.Second

// reach tries the direct way for a program.
func (h *Hub) reach(c *conn, m Command) {
	ctx, cancel := context.WithTimeout(h.ctx, reachWait)
	defer cancel()
	s, err := h.client.Status(ctx)
	r := peer.Reached{}
	if err == nil && s.Standing != peer.StandsOutside {
		r, err = h.client.Reach(ctx, m.Name)
	}
	if err != nil || s.Standing == peer.StandsOutside {
		c.out.Put(Event{Event: "error", Ref: m.Ref, Error: NotRegistered, Name: m.Name, Why: "the client is offline"})
		return
	}
	out := &Reached{Known: r.Known, Blocked: r.Blocked, Online: r.Online, Keyless: r.Keyless, Answered: r.Answered, RoundTrip: milliseconds(r.RoundTrip)}
	if r.Addr.IsValid() {
		out.Address = r.Addr.String()
	}
	c.out.Put(Event{Event: "reached", Ref: m.Ref, Name: m.Name, Reached: out})
}

// Of is what it was made of.
func (r *Reached) Of() peer.Reached {
	addr, _ := netip.ParseAddrPort(r.Address) // of a client that is not online there may be none
	return peer.Reached{Known: r.Known, Blocked: r.Blocked, Online: r.Online, Addr: addr, Keyless: r.Keyless, Answered: r.Answered,
		RoundTrip: time.Duration(r.RoundTrip * float64(time.Millisecond))}
}
