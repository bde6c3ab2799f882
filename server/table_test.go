package server

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// page is a table with the revisions that it leads from and to.
type page struct {
	*wire.Table
	Since, Until uint64
}

// page tells them from the base, of which only the low bits travel.
func (b *bench) page(m *wire.Table) page {
	b.t.Helper()
	id, head := b.core.head.ID, b.core.head.Revision
	since := head - uint64(uint32(head)-(m.Base-uint32(id)))
	if m.Base == wire.TableBase(id, 0) {
		since = 0
	}
	if m.Base != wire.TableBase(id, since) || since+m.Span > head {
		b.t.Fatalf("a page since %d of %d: %+v", since, head, m)
	}
	return page{m, since, since + m.Span}
}

// changes is a page of the store.
func changes(since, until uint64, rows ...wire.Row) *wire.Table {
	return &wire.Table{Base: wire.TableBase(storeID, since), Span: until - since, Rows: rows}
}

// pages takes the tables that were sent to a client.
func (b *bench) pages(to *member) (list []page) {
	b.t.Helper()
	for _, s := range b.sentTo(to) {
		if m, ok := s.msg.(*wire.Table); ok {
			list = append(list, b.page(m))
		}
	}
	return list
}

func (b *bench) ackTable(from *member, p page) {
	b.t.Helper()
	b.recv(from, &wire.TableAck{Store: b.core.head.ID, Revision: p.Until})
}

func onlineRow(m *member) wire.Row {
	return wire.Row{Key: m.key, Name: m.name, Epoch: m.epoch, Addr: m.path.Remote, State: wire.Online}
}

// protocol.md §8.7: in pages that fit a datagram: until of one page is since of the next.
func TestTablePagesChain(t *testing.T) {
	b := newBench(t, Config{})
	const crowd = 60
	for i := range crowd {
		b.join(fmt.Sprintf("member-%02d", i))
	}
	b.tables = true
	zoe := b.person("zoe")
	b.recv(zoe, ask(zoe, 1))
	names := map[string]bool{}
	since, pages := uint64(0), 0
	for {
		b.advance(tablePause)
		list := b.pages(zoe)
		if len(list) == 0 {
			break
		}
		page := list[0]
		if len(list) != 1 || page.Since != since || page.Until <= since || page.More != (page.Until < crowd+1) {
			t.Fatalf("%d pages, the first since %d until %d, more %v", len(list), page.Since, page.Until, page.More)
		}
		for _, row := range page.Rows {
			if names[row.Name] {
				t.Errorf("%s is told twice", row.Name)
			}
			names[row.Name] = true
		}
		b.ackTable(zoe, page)
		since = page.Until
		pages++
		if next := b.core.clients.Get(zoe.key).session.page; page.More && next == 0 {
			t.Error("the next page does not follow at once")
		}
	}
	if since != crowd+1 || len(names) != crowd+1 || pages < 3 {
		t.Errorf("%d names until %d in %d pages", len(names), since, pages)
	}
	b.advance(time.Minute)
	if list := b.pages(zoe); len(list) > 0 {
		t.Errorf("told again: %+v", list[0])
	}
}

// protocol.md §8.7: a page is repeated until TableAck.
func TestTablePageIsRepeatedUntilAcked(t *testing.T) {
	b := newBench(t, Config{})
	b.tables = true
	ann := b.person("ann")
	b.recv(ann, ask(ann, 1))
	b.advance(tablePause)
	first := b.pages(ann)
	if len(first) != 1 {
		t.Fatalf("%d pages", len(first))
	}
	b.advance(10 * time.Second)
	again := b.pages(ann)
	if len(again) < 3 || len(again) > 8 {
		t.Errorf("repeated %d times in 10 s", len(again))
	}
	b.recv(ann, &wire.TableAck{Store: storeID + 1, Revision: 1})
	b.recv(ann, &wire.TableAck{Store: storeID, Revision: 9})
	b.advance(30 * time.Second)
	if len(b.pages(ann)) == 0 {
		t.Error("an acknowledgement of something else counts")
	}
	b.ackTable(ann, first[0])
	b.advance(time.Minute)
	if list := b.pages(ann); len(list) != 0 {
		t.Errorf("repeated %d times after the acknowledgement", len(list))
	}
}

// protocol.md §8.7: each client is sent what changed above the revision that it has, and that is one small datagram.
func TestJoinCostsTheOthersOneSmallDatagram(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.tables = true
	zoe := b.person("zoe")
	b.recv(zoe, ask(zoe, 1))
	b.advance(tablePause)
	for _, m := range []*member{ann, bob} {
		list := b.pages(m)
		if len(list) != 1 || len(list[0].Rows) != 1 || list[0].Since != 2 || list[0].Until != 3 || list[0].Rows[0] != onlineRow(zoe) {
			t.Fatalf("%s was told %+v", m.name, list)
		}
		if n := len(encode(t, list[0].Table)); n != 60 {
			t.Errorf("%d bytes", n)
		}
		b.ackTable(m, list[0])
	}
	b.advance(time.Minute)
	if n := len(b.pages(ann)) + len(b.pages(bob)); n != 0 {
		t.Errorf("%d more", n)
	}
}

// protocol.md §8.7: or within 0.25 ms for each client, if that is more: a change for each of many is not told to each of many by itself.
func TestManyAreToldLessOften(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	for range 799 {
		b.core.online = append(b.core.online, &client{session: &session{}}) // not served, so that nothing is sent to it
	}
	b.tables = true
	told := func(name string, after time.Duration) {
		t.Helper()
		m := b.person(name)
		b.recv(m, ask(m, 1))
		b.advance(after - time.Millisecond)
		if list := b.pages(ann); len(list) > 0 {
			t.Errorf("%s is told too early", name)
		}
		b.advance(2 * time.Millisecond)
		if list := b.pages(ann); len(list) != 1 {
			t.Errorf("%s is not told after %v", name, after)
		} else {
			b.ackTable(ann, list[0])
		}
	}
	zoe := b.person("zoe")
	b.recv(zoe, ask(zoe, 1))
	for _, page := range b.pages(ann) { // after a quiet time at once
		b.ackTable(ann, page)
	}
	told("bob", 200*time.Millisecond)
	told("cid", 200*time.Millisecond)
}

// protocol.md §8.7: changes within 100 ms are told together.
func TestTableChangesAreCoalesced(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	b.advance(time.Second)
	b.tables = true
	for i := range 5 { // 0, 20, 40, 60, 80 ms
		m := b.person(fmt.Sprintf("m%d", i))
		b.recv(m, ask(m, 1))
		if i == 0 {
			if list := b.pages(ann); len(list) != 1 {
				t.Fatalf("the first change is told in %d pages, not at once", len(list))
			}
			b.recv(ann, &wire.TableAck{Store: storeID, Revision: 2})
		}
		b.advance(20 * time.Millisecond)
	}
	list := b.pages(ann)
	if len(list) != 1 || len(list[0].Rows) != 4 || list[0].Since != 2 || list[0].Until != 6 {
		t.Errorf("after 100 ms: %+v", list)
	}
}

// protocol.md §8.7: each client's last change counts, and it is told once.
func TestTableTellsOnlyTheLastChange(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	for i := range 300 {
		b.recv(bob, ask(bob, uint32(1000+i)))
		b.advance(tablePause)
	}
	if n := len(b.core.table.log); n > 2*2+65 {
		t.Errorf("%d entries are kept for 2 clients", n)
	}
	b.tables = true
	b.recv(ann, ask(ann, 77))
	b.advance(tablePause)
	list := b.pages(ann)
	if len(list) != 1 || len(list[0].Rows) != 2 || list[0].Until != 303 {
		t.Errorf("told %+v", list)
	}
}

// protocol.md §8.8: a client at a loopback address is shown to clients of other machines at the address at which they reach
// the server.
func TestLoopbackAddressIsShownToOthers(t *testing.T) {
	local := netip.MustParseAddrPort("127.0.0.1:5555")
	remote := netip.MustParseAddrPort("10.0.0.1:4001")
	asked := netip.MustParseAddr("10.0.0.200")
	for _, c := range []struct {
		name   string
		viewer netip.Addr
		asked  netip.Addr
		client netip.AddrPort
		shown  netip.AddrPort
	}{
		{"loopback to loopback", local.Addr(), local.Addr(), local, local},
		{"loopback to another machine", remote.Addr(), asked, local, netip.AddrPortFrom(asked, 5555)},
		{"loopback of IPv6 to another machine", remote.Addr(), asked, netip.MustParseAddrPort("[::1]:5555"), netip.AddrPortFrom(asked, 5555)},
		{"another machine to loopback", local.Addr(), local.Addr(), remote, remote},
		{"another machine to another machine", netip.MustParseAddr("10.0.0.9"), asked, remote, remote},
		{"address asked unknown", remote.Addr(), netip.Addr{}, local, local},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			ann := b.person("ann")
			ann.path.Remote = c.client
			b.register(ann)
			if row := b.core.row(b.core.clients.Get(ann.key), link.Path{Remote: netip.AddrPortFrom(c.viewer, 4000), Local: c.asked}); row.Addr != c.shown {
				t.Errorf("shown at %v, not at %v", row.Addr, c.shown)
			}
		})
	}
}
