package link

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"runtime/debug"
	"slices"
	"testing"

	"udpchat/wire"
)

var (
	me   = wire.Key{0: 1}
	her  = wire.Key{0: 2}
	him  = wire.Key{0: 3}
	near = Path{Remote: netip.MustParseAddrPort("10.0.0.2:9999")}
	far  = Path{Remote: netip.MustParseAddrPort("10.0.0.2:9999"), Local: netip.MustParseAddr("10.0.0.1")}
)

// direct is a text with a number and a body of n bytes.
func direct(seq uint64, n int) *wire.Direct {
	return &wire.Direct{Text: wire.Text{Seq: seq, Parts: 1, Size: uint32(n), Body: make([]byte, n)}}
}

// sized is a text whose message has n bytes, from about 290 to 970.
func sized(t *testing.T, seq uint64, n int) *wire.Direct {
	t.Helper()
	m := direct(seq, 256)
	empty, err := wire.AppendMessage(nil, m)
	if err != nil {
		t.Fatal(err)
	}
	m = direct(seq, n-(len(empty)-256))
	if b, err := wire.AppendMessage(nil, m); err != nil || len(b) != n {
		t.Fatalf("message of %d bytes: have %d, %v", n, len(b), err)
	}
	return m
}

// written is a datagram that Flush wrote.
type written struct {
	datagram []byte
	path     Path
}

func flush(t *testing.T, s *Sealer) []written {
	t.Helper()
	var all []written
	n, err := s.Flush(func(b []byte, p Path) error {
		all = append(all, written{bytes.Clone(b), p})
		return nil
	})
	if err != nil || n != len(all) {
		t.Fatalf("Flush: %d datagrams of %d, %v", n, len(all), err)
	}
	return all
}

func add(t *testing.T, s *Sealer, p Path, to wire.Key, m wire.Message) {
	t.Helper()
	if err := s.Add(p, to, m); err != nil {
		t.Fatal(err)
	}
}

// numbers opens a datagram of pings, or of texts, and returns their numbers.
func numbers(t *testing.T, datagram []byte) []uint64 {
	t.Helper()
	_, _, body, err := Open(datagram)
	if err != nil {
		t.Fatal(err)
	}
	var all []uint64
	var d wire.Decoder
	err = d.Decode(body, func(m wire.Message) error {
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

func TestSealedDatagramOpens(t *testing.T) {
	s := NewSealer(me)
	for counter := uint64(1); counter <= 3; counter++ {
		add(t, s, near, her, &wire.Ping{Nonce: 7})
		w := flush(t, s)
		if len(w) != 1 || w[0].path != near {
			t.Fatalf("wrote %v", w)
		}
		h, _, err := wire.ParseDatagram(w[0].datagram)
		if want := (wire.Header{Type: wire.TypeOpen, Counter: counter}); err != nil || h != want {
			t.Errorf("header %+v, %v; want %+v", h, err, want)
		}
		from, to, body, err := Open(w[0].datagram)
		if err != nil || from != me || to != her {
			t.Errorf("Open: from %v to %v, %v", from, to, err)
		}
		if want, _ := wire.AppendMessage(nil, &wire.Ping{Nonce: 7}); !bytes.Equal(body, want) {
			t.Errorf("body %x, want %x", body, want)
		}
	}
	if w := flush(t, s); len(w) != 0 {
		t.Errorf("an empty sealer wrote %v", w)
	}
}

func TestPackingFillsDatagrams(t *testing.T) {
	for _, c := range []struct {
		name  string
		sizes []int
		want  []int // sizes of the datagrams
	}{
		{"one message", []int{300}, []int{389}},
		{"the last byte is used", []int{400, 711}, []int{1200}},
		{"one byte more opens a second datagram", []int{400, 712}, []int{489, 801}},
		{"a later small one does not overtake", []int{800, 400, 300}, []int{889, 789}},
		{"three", []int{700, 700, 700}, []int{789, 789, 789}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := NewSealer(me)
			var want []uint64
			for i, n := range c.sizes {
				add(t, s, near, her, sized(t, uint64(i+1), n))
				want = append(want, uint64(i+1))
			}
			var sizes []int
			var order []uint64
			for _, w := range flush(t, s) {
				sizes = append(sizes, len(w.datagram))
				order = append(order, numbers(t, w.datagram)...)
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
	s := NewSealer(me)
	for n := range uint32(3) { // each round has one for everybody
		add(t, s, near, him, &wire.Ping{Nonce: 10 + n})
		add(t, s, near, her, &wire.Ping{Nonce: 20 + n})
		add(t, s, far, him, &wire.Ping{Nonce: 30 + n})
	}
	add(t, s, near, him, sized(t, 13, 970)) // fits, then one that does not
	add(t, s, near, him, sized(t, 14, 970))
	add(t, s, near, her, &wire.Ping{Nonce: 23})
	add(t, s, near, him, &wire.Ping{Nonce: 15})
	var have [][]uint64
	var paths []Path
	for _, w := range flush(t, s) {
		have = append(have, numbers(t, w.datagram))
		paths = append(paths, w.path)
	}
	want := [][]uint64{{10, 11, 12, 13}, {20, 21, 22, 23}, {30, 31, 32}, {14, 15}}
	if fmt.Sprint(have) != fmt.Sprint(want) {
		t.Errorf("datagrams %v, want %v", have, want)
	}
	if want := []Path{near, near, far, near}; !slices.Equal(paths, want) {
		t.Errorf("paths %v, want %v", paths, want)
	}
}

func TestRefusedMessageAddsNothing(t *testing.T) {
	s := NewSealer(me)
	add(t, s, near, her, &wire.Ping{Nonce: 1})
	if err := s.Add(near, her, direct(2, wire.PartSize+1)); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("a part too long: %v", err)
	}
	rows := make([]wire.Row, 60)
	for i := range rows {
		rows[i] = wire.Row{Key: wire.Key{0: byte(i)}, Name: "somebody", Epoch: 1, Addr: near.Remote}
	}
	if err := s.Add(near, her, &wire.Table{Rows: rows, Until: 1, Head: 1}); err == nil {
		t.Error("a table too long was added")
	}
	add(t, s, near, her, &wire.Ping{Nonce: 3})
	if w := flush(t, s); len(w) != 1 || !slices.Equal(numbers(t, w[0].datagram), []uint64{1, 3}) {
		t.Errorf("wrote %v", w)
	}
}

func TestFlushGoesOnAfterAnError(t *testing.T) {
	s := NewSealer(me)
	for i := range byte(4) {
		add(t, s, near, wire.Key{0: i}, &wire.Ping{})
	}
	calls := 0
	first, second := errors.New("first"), errors.New("second")
	n, err := s.Flush(func([]byte, Path) error {
		calls++
		return []error{nil, first, second, nil}[calls-1]
	})
	if n != 2 || calls != 4 || !errors.Is(err, first) {
		t.Errorf("%d datagrams in %d calls, %v", n, calls, err)
	}
	if w := flush(t, s); len(w) != 0 {
		t.Errorf("%d datagrams were kept", len(w))
	}
}

// built says whether a flag of the build is set; under the race detector sync.Pool forgets at random.
func built(flag string) bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: flag, Value: "true"})
}

func TestSealerDoesNotAllocate(t *testing.T) {
	if built("-race") {
		t.Skip("the codec's pool of encoders allocates under the race detector")
	}
	s := NewSealer(me)
	ping := &wire.Ping{Nonce: 1}
	key := uint32(0)
	discard := func([]byte, Path) error { return nil }
	round := func() { // 2,000 destinations, other ones each time
		for i := range 4000 {
			if i == 2000 {
				key -= 2000
			}
			key++
			_ = s.Add(near, wire.Key{byte(key), byte(key >> 8), byte(key >> 16)}, ping)
		}
		if n, err := s.Flush(discard); n != 2000 || err != nil {
			t.Fatal(n, err)
		}
	}
	for range 20 {
		round()
	}
	if a := testing.AllocsPerRun(100, round); a > 4 {
		t.Errorf("%v allocations in 4,000 messages", a)
	}
}

func BenchmarkSealer(b *testing.B) {
	for _, destinations := range []uint32{1, 2000} {
		b.Run(fmt.Sprint(destinations), func(b *testing.B) {
			s := NewSealer(me)
			ping := &wire.Ping{Nonce: 1}
			b.ReportAllocs()
			for b.Loop() {
				for i := range destinations {
					_ = s.Add(near, wire.Key{byte(i), byte(i >> 8)}, ping)
				}
				_, _ = s.Flush(func([]byte, Path) error { return nil })
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(destinations), "ns/message")
		})
	}
}
