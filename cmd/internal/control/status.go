package control

import (
	"time"

	"udpchat/cmd/internal/wording"
	"udpchat/peer"
	"udpchat/wire/words"
)

// Status is where a client stands (peer.Status), for programs.
type Status struct {
	Name       string  `json:"name"`
	Server     string  `json:"server"`
	ServerKey  string  `json:"server_key"` // as invites have it
	Registered bool    `json:"registered"`
	Answered   bool    `json:"answered"`      // the server did, just now
	RoundTrip  float64 `json:"round_trip_ms"` // to the server; 0: not measured
	Unshown    int     `json:"unshown"`       // messages that came and nobody has taken
	Talks      []Talk  `json:"talks"`
}

// Talk is the way to one recipient, and how many texts wait for it.
type Talk struct {
	Name      string  `json:"name"`
	Online    bool    `json:"online"`
	Direct    bool    `json:"direct"` // a text goes directly now
	RoundTrip float64 `json:"round_trip_ms"`
	Waiting   int     `json:"waiting"`          // not delivered, wherever they are
	Stored    int     `json:"stored"`           // of those, held by the server
	Kept      int     `json:"kept"`             // of those, not taken by the server for now
	Why       string  `json:"why,omitempty"`    // they are not
	NoKeys    int     `json:"no_keys,omitzero"` // of those, waiting here for the recipient's keys
}

func statusOf(s peer.Status) *Status {
	out := &Status{Name: s.Name, Server: s.Server.String(), ServerKey: words.FormatKey(s.ServerKey), Registered: s.Standing == peer.StandsInside, Answered: s.Answered,
		RoundTrip: milliseconds(s.RoundTrip), Unshown: s.Unshown, Talks: []Talk{}}
	for _, t := range s.Talks {
		talk := Talk{Name: whom(t.Name), Online: t.Online, Direct: t.Way == peer.WayDirect, RoundTrip: milliseconds(t.RoundTrip),
			Waiting: t.Waits(), Stored: t.Stored, Kept: t.Kept, NoKeys: t.Keyless}
		if t.Kept > 0 {
			talk.Why = wording.Refusal(t.Name, t.Why)
		}
		out.Talks = append(out.Talks, talk)
	}
	return out
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
