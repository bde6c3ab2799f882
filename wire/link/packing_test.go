package link

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"udpchat/wire"
)

// talk is someone with sessions with others, who write down what they get.
type talk struct {
	t      *testing.T
	me     *Sessions
	others map[wire.Key]*Sessions
}

// newTalk makes sessions with the parties 2 to n, who are heard and need no token any more. Who each is at is addr(n).
func newTalk(t *testing.T, n byte) *talk {
	k := &talk{t: t, me: NewSessions(SessionConfig{Identity: NewIdentity([32]byte{1}), Rand: random(1)}), others: map[wire.Key]*Sessions{}}
	for i := byte(2); i <= n; i++ {
		other := NewSessions(SessionConfig{Identity: NewIdentity([32]byte{i}), Rand: random(i)})
		k.me.Trust(other.me.key, other.me.card.Static)
		if err := k.me.Add(dawn, Path{Remote: addr(int(i))}, other.me.key, &wire.Ping{}); err != nil {
			t.Fatal(err)
		}
		pass(t, dawn, k.me, other)
		pass(t, dawn, other, k.me)
		pass(t, dawn, k.me, other)
		k.me.remotes.Get(other.me.key).cur.heard = true
		k.others[other.me.key] = other
	}
	return k
}

// key is the party i's.
func key(i byte) wire.Key { return NewIdentity([32]byte{i}).key }

func (k *talk) add(i, at byte, m wire.Message) {
	k.t.Helper()
	if err := k.me.Add(dawn, Path{Remote: addr(int(at))}, key(i), m); err != nil {
		k.t.Fatal(err)
	}
}

// written is a datagram that Flush wrote: how long, to where, and the numbers of the messages in it.
type written struct {
	size    int
	path    Path
	numbers []uint64
}

func (k *talk) flush() (all []written) {
	k.t.Helper()
	n, err := k.me.Flush(func(b []byte, p Path) error {
		w := written{size: len(b), path: p}
		for _, other := range k.others {
			_, _, body, err := other.Open(dawn, Path{Remote: addr(1)}, slices.Clone(b))
			if err == nil {
				w.numbers = append(w.numbers, numbers(k.t, body)...)
			}
		}
		all = append(all, w)
		return nil
	})
	if err != nil || n != len(all) {
		k.t.Fatalf("Flush: %d datagrams of %d, %v", n, len(all), err)
	}
	return all
}

// numbers are those of the pings and texts in a body.
func numbers(t *testing.T, body []byte) (all []uint64) {
	t.Helper()
	var d wire.Decoder
	err := d.Decode(body, func(m wire.Message) error {
		switch m := m.(type) {
		case *wire.Ping:
			all = append(all, uint64(m.Nonce))
		case *wire.Direct:
			all = append(all, m.Text.Seq)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sized is a text with a number, whose message has n bytes, from about 290 to 1,000.
func sized(t *testing.T, seq uint64, n int) *wire.Direct {
	t.Helper()
	text := func(n int) *wire.Direct {
		return &wire.Direct{Text: wire.Text{Seq: seq, Parts: 1, Size: uint32(n), Body: make([]byte, n)}}
	}
	b, err := wire.AppendMessage(nil, text(256))
	if err != nil {
		t.Fatal(err)
	}
	m := text(n - (len(b) - 256))
	if b, err := wire.AppendMessage(nil, m); err != nil || len(b) != n {
		t.Fatalf("message of %d bytes: have %d, %v", n, len(b), err)
	}
	return m
}

// protocol.md §3: as many messages share a datagram as fit; none overtakes another. 35 bytes are the header and the tag.
func TestPackingFillsDatagrams(t *testing.T) {
	for _, c := range []struct {
		name  string
		first bool // nothing was heard yet: the token takes 20 bytes
		sizes []int
		want  []int // sizes of the datagrams
	}{
		{"one message", false, []int{300}, []int{335}},
		{"the last byte is used", false, []int{400, 745}, []int{1180}},
		{"an initiator's first ones fill a whole datagram", true, []int{400, 745}, []int{1200}},
		{"one byte more opens a second datagram", false, []int{400, 746}, []int{435, 781}},
		{"so it does at first", true, []int{400, 746}, []int{455, 801}},
		{"a later small one does not overtake", false, []int{800, 400, 300}, []int{835, 735}},
		{"three", false, []int{700, 700, 700}, []int{735, 735, 735}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t, 2)
			k.me.remotes.Get(key(2)).cur.heard = !c.first
			var want []uint64
			for i, n := range c.sizes {
				k.add(2, 2, sized(t, uint64(i+1), n))
				want = append(want, uint64(i+1))
			}
			var sizes []int
			var order []uint64
			for _, w := range k.flush() {
				sizes = append(sizes, w.size)
				order = append(order, w.numbers...)
			}
			if !slices.Equal(sizes, c.want) {
				t.Errorf("datagrams of %v bytes, want %v", sizes, c.want)
			}
			if !slices.Equal(order, want) {
				t.Errorf("order %v, want %v", order, want)
			}
		})
	}
}

func TestDestinationsArePackedSideBySide(t *testing.T) {
	k := newTalk(t, 3)
	for n := range uint32(3) { // each round has one for everybody
		k.add(2, 2, &wire.Ping{Nonce: 10 + n})
		k.add(3, 3, &wire.Ping{Nonce: 20 + n})
		k.add(2, 9, &wire.Ping{Nonce: 30 + n}) // where the caller was told that 2 is
	}
	k.add(2, 2, sized(t, 13, 1000)) // fits, then one that does not
	k.add(2, 2, sized(t, 14, 1000))
	k.add(3, 3, &wire.Ping{Nonce: 23})
	k.add(2, 2, &wire.Ping{Nonce: 15})
	var have [][]uint64
	var to []Path
	for _, w := range k.flush() {
		have, to = append(have, w.numbers), append(to, w.path)
	}
	if want := [][]uint64{{10, 11, 12, 13}, {14, 15}, {20, 21, 22, 23}, {30, 31, 32}}; fmt.Sprint(have) != fmt.Sprint(want) {
		t.Errorf("datagrams %v, want %v", have, want)
	}
	if want := []Path{{Remote: addr(2)}, {Remote: addr(2)}, {Remote: addr(3)}, {Remote: addr(9)}}; !slices.Equal(to, want) {
		t.Errorf("paths %v, want %v", to, want)
	}
	if w := k.flush(); len(w) != 0 {
		t.Errorf("and again %v", w)
	}
}

// tooLong is a table that no datagram holds.
func tooLong() *wire.Table {
	rows := make([]wire.Row, wire.MaxRows)
	for i := range rows {
		rows[i] = wire.Row{Key: wire.Key{0: byte(i)}, Name: "somebody", Epoch: 1, Addr: addr(1)}
	}
	return &wire.Table{Rows: rows, Span: 1}
}

func TestRefusedMessageAddsNothing(t *testing.T) {
	k := newTalk(t, 2)
	malformed := &wire.Direct{Text: wire.Text{Seq: 2}} // of no parts
	k.add(2, 2, &wire.Ping{Nonce: 1})
	if err := k.me.Add(dawn, Path{Remote: addr(2)}, key(2), malformed); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("a text of no parts: %v", err)
	}
	if err := k.me.Add(dawn, Path{Remote: addr(2)}, key(2), tooLong()); !errors.Is(err, wire.ErrTooLong) {
		t.Errorf("a table too long: %v", err)
	}
	k.add(2, 2, &wire.Ping{Nonce: 3})
	if w := k.flush(); len(w) != 1 || !slices.Equal(w[0].numbers, []uint64{1, 3}) {
		t.Errorf("wrote %v", w)
	}
	stranger := NewIdentity([32]byte{7})
	k.me.Trust(stranger.key, stranger.card.Static)
	if err := k.me.Add(dawn, Path{Remote: addr(7)}, stranger.key, malformed); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("to who has no session: %v", err)
	}
	if w := k.flush(); len(w) != 0 || len(k.me.dialling) != 0 {
		t.Errorf("a handshake for nothing: %v", w)
	}
}

func TestFlushGoesOnAfterAnError(t *testing.T) {
	k := newTalk(t, 3)
	for i := byte(2); i <= 5; i++ { // two sessions, and two initiations
		id := NewIdentity([32]byte{i})
		k.me.Trust(id.key, id.card.Static)
		k.add(i, i, &wire.Ping{})
	}
	calls := 0
	first, second := errors.New("first"), errors.New("second")
	n, err := k.me.Flush(func([]byte, Path) error {
		calls++
		return []error{nil, first, second, nil}[calls-1]
	})
	if n != 2 || calls != 4 || !errors.Is(err, first) {
		t.Errorf("%d datagrams in %d calls, %v", n, calls, err)
	}
	if w := k.flush(); len(w) != 0 {
		t.Errorf("%d datagrams were kept", len(w))
	}
}

func TestPackerDoesNotAllocate(t *testing.T) {
	k, message, last := newPacker(sessionRoom), make([]byte, 100), uint32(0)
	round := func() { // 2,000 destinations, other ones each time
		for i := range 4000 {
			if i == 2000 {
				last -= 2000
			}
			last++
			k.add(destination{Path{Remote: addr(2)}, wire.Key{byte(last), byte(last >> 8), byte(last >> 16)}}, message)
		}
		if len(k.packed) != 2000 {
			t.Fatalf("%d datagrams", len(k.packed))
		}
		k.reset()
	}
	for range 20 {
		round()
	}
	if a := testing.AllocsPerRun(50, round); a > 4 {
		t.Errorf("%v allocations in 4,000 messages", a)
	}
}
