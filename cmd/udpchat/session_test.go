package main

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/cmd/internal/control"
	"udpchat/peer"
	"udpchat/wire/link"
)

// What the client told and nobody read yet is not lost when it ends: of a text that was typed just then it says what became of it.
func TestTheEndOfASessionGivesWhatNobodyRead(t *testing.T) {
	nobody, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = nobody.Close() }()
	c := &chat{screen: &piped{out: &strings.Builder{}}, log: (&logSettings{}).logger(t.Output()), server: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), nobody.LocalAddr().Port()),
		settings: clientSettings{state: t.TempDir(), history: "on", ackTimeout: 10 * time.Millisecond}}
	o, err := c.openProfile("x")
	if err != nil {
		t.Fatal(err)
	}
	socket, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.start(t.Context(), o, socket); err != nil {
		t.Fatal(err)
	}
	if n := <-c.session.notices; n != (peer.ServerSilent{}) {
		t.Fatalf("told %+v", n)
	}
	near, far := net.Pipe()
	go c.session.hub.Serve(far)
	other := control.NewConn(near)
	for _, m := range []control.Command{{Op: "send", To: control.All, Text: "ho", Ref: "its own"}, {Op: "tail"}} {
		if err := other.Do(m); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"hello", "following"} { // so the client has that text
		if e := <-other.Events(); e.Event != want {
			t.Fatalf("another program heard %+v", e)
		}
	}
	c.send(text{ref: 7, text: "hi"})
	if _, err := c.session.client.Status(t.Context()); err != nil { // and has seen both
		t.Fatal(err)
	}
	answered := make(chan control.Event, 1)
	go func() { answered <- <-other.Events(); _ = other.Close() }()
	if rest := c.session.close(); !slices.Contains(rest, peer.Notice(peer.NotRegistered{Ref: 7})) {
		t.Errorf("the rest is %+v", rest)
	}
	if e := <-answered; e.Ref != "its own" || e.Error != control.NotRegistered {
		t.Errorf("another program heard %+v of its text", e)
	}
}
