package main

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire"
)

func TestStatusLines(t *testing.T) {
	at := netip.MustParseAddrPort("10.0.0.2:3001")
	s := peer.Status{Name: "ann", Server: netip.MustParseAddrPort("10.0.0.1:9999"), Standing: peer.StandsInside, Answered: true, RoundTrip: 400 * time.Microsecond,
		Talks: []peer.TalkStatus{
			{Way: peer.WayChannel, Depositing: 1},
			{Name: "bob", Addr: at, Online: true, RoundTrip: 12 * time.Millisecond},
			{Name: "cat", Way: peer.WayAway, Stored: 2},
			{Name: "dan", Way: peer.WayAway},
			{Name: "day", Way: peer.WayOutside, Direct: 1},
			{Name: "eve", Addr: at, Online: true, Way: peer.WayResting, Until: 29600 * time.Millisecond, Direct: 1, Kept: 1, Why: wire.FullMailbox},
		}}
	want := []string{
		"[You are ann: registered.]",
		"[SERVER @ 10.0.0.1:9999: round trip 0.4 ms.]",
		"[channel: by the server; 1 message on the way to the server.]",
		"[bob @ 10.0.0.2:3001: direct, round trip 12.0 ms.]",
		"[cat: by the mailbox, since offline; 2 messages held by the server.]",
		"[day: none, since you are offline; 1 message kept here until you are back.]",
		"[eve @ 10.0.0.2:3001: by the mailbox, since several messages were not answered directly; direct again in 30 s; 1 message on the way; 1 message kept here: mailbox is full.]",
	}
	if got := strings.Join(statusLines(s), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	s = peer.Status{Name: "ann", Server: s.Server, Standing: peer.StandsInside, Heard: 90 * time.Second}
	if got := statusLines(s)[1]; got != "[SERVER @ 10.0.0.1:9999: no answer; it was heard 1 min ago.]" {
		t.Errorf("got %s", got)
	}
	for n, want := range map[int]string{1: "[1 message unread.]", peer.MaxUnshown: "[4096 messages came and were not taken: nothing more is received until udpchat tail, without -from, takes them.]"} {
		if s.Unshown = n; statusLines(s)[2] != want {
			t.Errorf("got %s", statusLines(s)[2])
		}
	}
	s.Unshown = 0
	s.Standing, s.Heard = peer.StandsOutside, -1
	if got := fmt.Sprint(statusLines(s)); got != "[[You are ann: offline; reg NAME brings you back.] [SERVER @ 10.0.0.1:9999: it was not heard yet.]]" {
		t.Errorf("got %s", got)
	}
	for i := range 25 {
		s.Talks = append(s.Talks, peer.TalkStatus{Name: fmt.Sprint("n", i), Online: true})
	}
	if got := statusLines(s); len(got) != 2+20+1 || got[22] != "[5 more are online, and nothing waits for them.]" {
		t.Errorf("got %q", got)
	}
}

func TestPastLines(t *testing.T) {
	when := time.Date(2026, 3, 4, 5, 6, 0, 0, time.Local).UnixMicro()
	p := peer.Past{Damaged: 2, Lines: []peer.PastLine{
		{Time: when, Name: "bob", Text: "hi\n\x1b[2Jthere"},
		{Time: when, Name: "bob", Text: "hey", Post: true},
		{Time: when, Name: "bob", Text: "ho", Out: true, End: store.EndOpen},
		{Time: when, Text: "all", Out: true, Post: true, End: store.EndGivenUp},
		{Time: when, Name: "b\x07b", Text: "done", Out: true, End: store.EndDelivered},
	}}
	want := "2026-03-04 05:06 bob: hi\n    \ufffd[2Jthere|2026-03-04 05:06 bob to all: hey|2026-03-04 05:06 you to bob: ho [not delivered yet]|" +
		"2026-03-04 05:06 you to all: all [given up]|2026-03-04 05:06 you to b\ufffdb: done|[2 records of the history damaged: what was in there is not shown.]"
	if got := strings.Join(pastLines(p), "|"); got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}
