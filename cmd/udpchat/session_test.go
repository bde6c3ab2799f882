package main

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

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
	c.send(text{ref: 7, text: "hi"})
	if _, err := c.session.client.Status(t.Context()); err != nil { // so the client has seen it
		t.Fatal(err)
	}
	if rest := c.session.close(); !slices.Contains(rest, peer.Notice(peer.NotRegistered{Ref: 7})) {
		t.Errorf("the rest is %+v", rest)
	}
}
