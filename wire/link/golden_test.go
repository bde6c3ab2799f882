package link

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

var update = flag.Bool("update", false, "write testdata/handshake.txt anew")

// scripted is a source of one index and one ephemeral key.
type scripted struct {
	index     byte
	ephemeral byte
}

func (s scripted) Read(b []byte) (int, error) {
	clear(b)
	if len(b) == 8 {
		b[7] = s.index
	} else {
		for i := range b {
			b[i] = s.ephemeral + byte(i)
		}
	}
	return len(b), nil
}

// TestGoldenHandshake holds the bytes of protocol.md §13.1 and §13.2: another program that makes the same of the same seeds and
// ephemeral keys can talk to this one.
func TestGoldenHandshake(t *testing.T) {
	const file = "testdata/handshake.txt"
	l := newLab(t)
	a := l.party(1, SessionConfig{Rand: scripted{0x11, 0x40}})
	b := l.party(2, SessionConfig{Rand: scripted{0x22, 0x80}, KeyRequests: true})
	a.s.Trust(b.id.key, b.id.card.Static)
	a.ping(b, 1)
	l.run(time.Second)
	b.ping(a, 2)
	l.run(time.Second)
	b.restart(2)
	a.ping(b, 3)
	l.run(25 * time.Millisecond)
	l.flights = nil // the reset stays where it is
	a.s.RequestKey(l.now, Path{Remote: b.addr})
	a.flush()
	l.run(25 * time.Millisecond)
	var have strings.Builder
	line := func(name string, b []byte) { fmt.Fprintf(&have, "%s=%s\n", name, hex.EncodeToString(b)) }
	have.WriteString("# A session between the seeds 01 00 … and 02 00 …; ephemeral keys 40 41 42 … and 80 81 82 …; indices 0x11 and 0x22.\n")
	for _, p := range []*party{a, b} {
		who := map[*party]string{a: "initiator", b: "responder"}[p]
		line(who+"_key", p.id.key[:])
		line(who+"_static", p.id.card.Static[:])
		line(who+"_certificate", p.id.card.Sig[:])
	}
	names := map[uint8]string{wire.TypeInitiation: "initiation", wire.TypeResponse: "response", wire.TypeData: "data", wire.TypeReset: "reset",
		wire.TypeKeyRequest: "key_request", wire.TypeKeyAnswer: "key_answer"}
	for _, f := range l.record {
		line(names[f.data[1]], f.data)
	}
	if *update {
		if err := os.WriteFile(file, []byte(have.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(want, []byte(have.String())) {
		return
	}
	lines := bufio.NewScanner(bytes.NewReader(want))
	for h := range strings.Lines(have.String()) {
		if lines.Scan(); lines.Text() != strings.TrimSpace(h) {
			t.Errorf("have %s\nwant %s", strings.TrimSpace(h), lines.Text())
		}
	}
}
