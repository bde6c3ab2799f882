package peer

import (
	"crypto/sha256"
	"net/netip"
	"testing"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// friend is another peer, or the server, that the test plays.
type friend struct {
	bench  *bench
	keys   Keys
	key    wire.Key
	name   string
	epoch  uint64
	addr   netip.AddrPort
	prekey store.Prekey            // the present one; what is sealed to an earlier one of its opens too
	posts  map[seal.Place][32]byte // the hashes of those that it signed
}

func (b *bench) friend(name string) *friend {
	n := byte(len(b.friends) + 1)
	keys := NewKeys(sha256.Sum256([]byte(name)))
	f := &friend{bench: b, keys: keys, key: keys.Public(), name: name, epoch: 1000 + uint64(n),
		addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, n}), 4000+uint16(n)), posts: map[seal.Place][32]byte{}}
	f.rotate(100)
	b.friends = append(b.friends, f)
	return f
}

func (f *friend) row(state wire.Presence) wire.Row {
	return wire.Row{Key: f.key, Name: f.name, Epoch: f.epoch, Addr: f.addr, State: state}
}

// out is the text that ann sent, the seq-th to someone.
func (b *bench) out(to *friend, seq uint64, body string) wire.Text {
	return wire.Text{Epoch: myRun, ToEpoch: to.epoch, Seq: seq, Parts: 1, Size: uint32(len(body)), Time: b.start.UnixMicro(), Body: []byte(body)}
}

// in is a text for ann.
func in(from *friend, seq uint64, body string) wire.Text {
	return wire.Text{Epoch: from.epoch, ToEpoch: myEpoch, Seq: seq, Parts: 1, Size: uint32(len(body)), Time: 1000 + int64(seq), Body: []byte(body)}
}

// voidOf is a void of someone's in the channel.
func voidOf(from *friend, seq uint64) wire.Text {
	return wire.Text{Epoch: from.epoch, Seq: seq, Parts: 1, Flags: wire.FlagVoid}
}

// has is marks of someone who has ann's texts up to a seq.
func has(who *friend, through uint64, ranges ...wire.Range) wire.Marks {
	return wire.Marks{Epoch: myRun, ToEpoch: who.epoch, Through: through, Ranges: ranges}
}

// mine is ann's marks of someone's texts.
func mine(of *friend, through uint64, ranges ...wire.Range) wire.Marks {
	return wire.Marks{Epoch: of.epoch, ToEpoch: myEpoch, Through: through, Ranges: ranges}
}

func storedFor(to *friend, seq uint64, try uint8, v wire.Verdict) *wire.Stored {
	return &wire.Stored{To: to.key, Epoch: myRun, ToEpoch: to.epoch, Seq: seq, Try: try, Verdict: v, State: wire.Online, Addr: to.addr, Order: seq}
}

func encode(t testing.TB, m wire.Message) []byte {
	t.Helper()
	body, err := wire.AppendMessage(nil, m)
	if err != nil {
		t.Fatalf("encode %v %+v: %v", m.Kind(), m, err)
	}
	return body
}

func decode(t testing.TB, body []byte) (m wire.Message) {
	t.Helper()
	var d wire.Decoder
	if err := d.Decode(body, func(one wire.Message) error { m = one; return nil }); err != nil {
		t.Fatalf("decode: %v", err)
	}
	return m
}
