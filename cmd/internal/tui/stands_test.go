package tui

import (
	"testing"
	"time"

	"udpchat/peer"
)

// The head of a talk says how a text would go, and how long that takes; the row of state how the server is.
func TestTheWayIsSaid(t *testing.T) {
	w := here(t, "bob", "carol", "-dave")
	w.stood = peer.Status{Talks: []peer.TalkStatus{{Name: "bob", RoundTrip: 1234 * time.Microsecond}, {Name: "carol", Way: peer.WayBlocked}, {Name: "dave", Way: peer.WayAway}}}
	w.size(120, 24)
	w.hides("round trip")
	w.press("tab")
	w.shows("● bob  online · direct, round trip 1.2 ms")
	w.stood.Talks[0] = peer.TalkStatus{Name: "bob", Way: peer.WayBehind}
	w.stood.RoundTrip = 400 * time.Microsecond
	w.shows("direct, round trip")
	w.sees(Tick{})
	w.shows("● bob  online · by the mailbox, behind a message that was not answered directly")
	w.shows("connected to 192.0.2.10:9999, round trip 0.4 ms · 2 online")
	w.size(80, 24)
	w.shows("connected to 192.0.2.10:9999 (0.4 ms) · 2 online")
	w.size(40, 10)
	w.shows("● bob  online · by the mailbox")
	w.size(120, 24)
	w.press("tab")
	w.shows("● carol  online · blocked, since the key is another one; /verify carol and /trust carol")
	w.hides("mailbox")
	w.press("tab")
	w.shows("○ dave  offline: the server keeps messages")
	w.press("tab")
	w.shows("# everyone  2 online")
}

// A server that says nothing for longer than it may is called silent, also at 40 columns, until it says something.
func TestASilentServerIsSeen(t *testing.T) {
	w := here(t, "bob")
	w.stood.Heard = quiet - time.Second
	w.sees(Tick{})
	w.shows("connected to")
	w.stood.Heard = 95 * time.Second
	w.sees(Tick{})
	w.shows("no answer for 1 min")
	w.size(40, 10)
	w.shows("no answer for 1 min")
	w.stood.Heard = 0
	w.sees(Tick{})
	w.hides("no answer")
}

// What was asked about another talk, or by another client, is not said of this one.
func TestALateAnswerIsNotSaid(t *testing.T) {
	w := here(t, "bob", "carol")
	w.stood.Talks = []peer.TalkStatus{{Name: "bob"}, {Name: "carol", Way: peer.WayResting, Until: time.Second}}
	w.press("tab")
	late := w.askHow()
	w.press("tab")
	w.shows("● carol  online · by the mailbox")
	w.sees(late())
	w.shows("● carol  online · by the mailbox")
	w.press("shift+tab")
	w.shows("● bob  online · direct")
	late = w.askHow()
	w.begins()
	w.hides("direct")
	w.sees(late())
	w.hides("direct")
}
