package wire

import (
	"math"
	"net/netip"
	"strings"
	"testing"
)

// protocol.md §4: a page is filled by Row.Size, so it must be what the encoder writes.
func TestRowSize(t *testing.T) {
	none := len(encode(t, &Table{}))
	for _, name := range []string{"a", strings.Repeat("a", 31), strings.Repeat("a", 32), strings.Repeat("я", 32)} {
		for _, addr := range []netip.AddrPort{
			{},
			netip.MustParseAddrPort("192.0.2.1:1"),
			netip.MustParseAddrPort("[::ffff:192.0.2.1]:127"),
			netip.MustParseAddrPort("[2001:db8::1]:128"),
			netip.MustParseAddrPort("[fe80::1%eth0]:256"),
		} {
			for _, epoch := range []uint64{0, 127, 128, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, math.MaxUint64} {
				row := Row{Key: bob, Name: name, Epoch: epoch, Addr: addr}
				if got := len(encode(t, &Table{Rows: []Row{row}})) - none; got != row.Size() {
					t.Errorf("%+v: %d bytes, Size says %d", row, got, row.Size())
				}
			}
		}
	}
}

// protocol.md §8.7: what each client gets when another one joins: 98 bytes, header and tag included, with a name of two letters.
func TestBytesOfAJoin(t *testing.T) {
	joined := Row{Key: bob, Name: "x0", Epoch: math.MaxUint64, Addr: netip.MustParseAddrPort("192.0.2.1:9000"), State: Online}
	const tag = 16
	for rows, want := range map[int]int{1: 98, 2: 151, 10: 575} {
		page := &Table{Base: math.MaxUint32, Span: uint64(rows)}
		for range rows {
			page.Rows = append(page.Rows, joined)
		}
		if got := len(datagram(t, page)) + tag; got != want {
			t.Errorf("%d at once: %d bytes, want %d", rows, got, want)
		}
	}
}

func TestTablePages(t *testing.T) {
	top := uint64(math.MaxUint64)
	for _, row := range []Row{
		{Key: bob, Name: "a"},
		{Key: bob, Name: "somebody", Epoch: top, Addr: netip.MustParseAddrPort("192.0.2.1:9000")},
		longRow,
	} {
		rows := make([]Row, TableRoom/row.Size()) // no more than MaxRows, or they are not encoded
		for i := range rows {
			rows[i] = row
		}
		n := len(datagram(t, &Table{Base: math.MaxUint32, Span: top, More: true, Rows: rows})) + sessionOverhead
		t.Logf("%d rows of %d bytes: %d bytes", len(rows), row.Size(), n)
		if n > MaxDatagram || n+row.Size() <= MaxDatagram {
			t.Errorf("%d rows of %d bytes make a datagram of %d", len(rows), row.Size(), n)
		}
	}
}
