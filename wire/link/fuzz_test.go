package link

import (
	"bytes"
	"testing"

	"udpchat/wire"
)

// FuzzSessionsOpen gives a party with a session, a handshake under way and load whatever comes: it neither panics, nor answers
// more than it was asked, nor believes anything that it did not believe before.
func FuzzSessionsOpen(f *testing.F) {
	l := newLab(nil)
	a, b, c := l.party(1, SessionConfig{}), l.party(2, SessionConfig{KeyRequests: true, Handshakes: 4}), l.party(3, SessionConfig{})
	trust(a, b, c)
	l.t = new(testing.T)
	a.ping(b, 1)
	l.run(1e9)
	l.drop = func(f flight) bool { return f.from == c.addr || f.to == c.addr }
	b.ping(c, 1)
	c.ping(b, 1)
	l.run(1e6)
	for _, d := range l.record {
		f.Add(d.data, false)
		f.Add(d.data, true)
	}
	f.Add([]byte{}, false)
	got := len(b.got)
	f.Fuzz(func(t *testing.T, d []byte, remac bool) {
		d = bytes.Clone(d)
		if remac && len(d) > wire.HeaderSize+macsSize { // what anyone can do who knows our static key
			sum := b.s.mac.Sum(d[:len(d)-macsSize])
			copy(d[len(d)-macsSize:], sum[:])
		}
		var known string
		if r := b.s.remotes.Get(a.id.key); r.cur != nil {
			known = r.path.Remote.String()
		}
		from, path, body, err := b.s.Open(l.now, Path{Remote: addr(9)}, bytes.Clone(d))
		if err != nil && (len(body) > 0 || path != Path{} || from != wire.Key{}) || len(b.got) != got {
			t.Error("something comes with an error")
		}
		if len(body) > 0 && from != a.id.key {
			t.Error("data from someone without a session")
		}
		if r := b.s.remotes.Get(a.id.key); r.cur == nil || r.path.Remote.String() != known {
			t.Error("the session or its path changed")
		}
		out := 0
		_, _ = b.s.Flush(func(answer []byte, p Path) error {
			if p.Remote == addr(9) {
				out += len(answer)
			}
			return nil
		})
		if out > len(d) {
			t.Errorf("%d bytes answer %d", out, len(d))
		}
	})
}

// FuzzControl: what is taken off a body and put before it again is the same body.
func FuzzControl(f *testing.F) {
	f.Add(appendControl(nil, controlChallenge, make([]byte, proofSize)))
	f.Add(appendControl([]byte{}, controlToken, make([]byte, 16)))
	f.Add([]byte{0x92, 120, 0xc4})
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, data, rest, err := control(b)
		if err != nil {
			return
		}
		if kind != 0 {
			rest = append(appendControl(nil, kind, data), rest...)
		}
		if !bytes.Equal(rest, b) {
			t.Errorf("%x became %x", b, rest)
		}
	})
}
