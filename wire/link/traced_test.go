package link

import (
	"bytes"
	"errors"
	"testing"

	"udpchat/wire"
)

// What one side sent and the other got is told on both, with the messages in the clear; what is dropped, with the reason.
func TestTrace(t *testing.T) {
	l := newLab(t)
	var sent, came []Traced
	note := func(to *[]Traced) func(Traced) {
		return func(d Traced) {
			d.Body = bytes.Clone(d.Body)
			*to = append(*to, d)
		}
	}
	a, b := l.party(1, SessionConfig{Trace: note(&sent)}), l.party(2, SessionConfig{Trace: note(&came)})
	trust(a, b)
	a.ping(b, 7)
	l.run(2 * l.delay * 3)
	last := l.record[len(l.record)-1]
	if err := b.open(a.addr, last.data); !errors.Is(err, ErrReplay) {
		t.Fatalf("a copy: %v", err)
	}
	if err := b.open(a.addr, []byte("rubbish")); err == nil {
		t.Fatal("rubbish was taken")
	}
	body, err := wire.AppendMessage(nil, &wire.Ping{Nonce: 7})
	if err != nil {
		t.Fatal(err)
	}
	for side, got := range map[string][]Traced{"sender": sent, "receiver": came} {
		var types []uint8
		found := false
		for _, d := range got {
			if d.Sent == (side == "sender") && d.Err == nil {
				types = append(types, d.Type)
			}
			found = found || d.Type == wire.TypeData && bytes.Equal(d.Body, body)
		}
		if !found || !bytes.Equal(types, []byte{wire.TypeInitiation, wire.TypeData}) {
			t.Errorf("%s: types %v, the ping is there: %v", side, types, found)
		}
	}
	if d := came[len(came)-2]; d.Type != wire.TypeData || !errors.Is(d.Err, ErrReplay) || d.Size != len(last.data) {
		t.Errorf("a copy: got %+v", d)
	}
	if d := came[len(came)-1]; d.Type != 0 || !errors.Is(d.Err, wire.ErrMalformed) || d.Size != len("rubbish") {
		t.Errorf("rubbish: got %+v", d)
	}
	broken := errors.New("no network")
	if err := a.s.Add(l.now, Path{Remote: b.addr}, b.id.key, &wire.Ping{Nonce: 8}); err != nil {
		t.Fatal(err)
	}
	_, _ = a.s.Flush(func([]byte, Path) error { return broken })
	if d := sent[len(sent)-1]; !d.Sent || d.Who != b.id.key || !errors.Is(d.Err, broken) {
		t.Errorf("a write that fails: got %+v", d)
	}
}
