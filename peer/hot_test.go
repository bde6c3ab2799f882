package peer

import (
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// hot is a client and what a direct message costs it, without sockets: rows of texts, as they come in a datagram.
type hot struct {
	*bench
	bob  *friend
	path link.Path
	seq  uint64
	in   [row]wire.Direct
	body []byte
	ack  wire.Ack
}

// row is how many texts go together.
const row = 8

func newHot(t testing.TB) *hot {
	b, f := readyBench(t, "bob")
	h := &hot{bench: b, bob: f[0], path: link.Path{Remote: f[0].addr}, body: []byte("hello")}
	h.send(h.bob, "first")
	h.drop()
	h.recv(h.bob, &wire.Ack{Marks: has(h.bob, 1), Seq: 1, Try: 1})
	h.recv(h.bob, &wire.Direct{Try: 1, Text: in(h.bob, 1, "first")})
	h.drop()
	h.seq = 1
	return h
}

// carryOut does what the core wants done, as a client without history does, and gives how many messages it sends and notices it has.
func (h *hot) carryOut() (sends, notices int) {
	for {
		fx := h.core.Take()
		sends, notices = sends+len(fx.Sends), notices+len(fx.Notices)
		if len(fx.Commits) == 0 {
			return sends, notices
		}
		for _, c := range fx.Commits {
			h.profile.Apply(c.Change)
			c.Done(h.now)
		}
		h.core.Tick(h.now)
	}
}

// receive takes a row of texts, and shows them.
func (h *hot) receive() {
	shown := make([]uint64, row)
	for i := range h.in {
		h.seq++
		h.in[i] = wire.Direct{Try: 1, Text: wire.Text{Epoch: h.bob.epoch, ToEpoch: myEpoch, Seq: h.seq, Parts: 1, Size: uint32(len(h.body)), Time: 1, Body: h.body}}
		h.core.Handle(h.now, h.path, h.bob.key, &h.in[i])
		shown[i] = h.core.inbox.lines
	}
	if sends, notices := h.carryOut(); sends != 1 || notices != row {
		h.t.Fatalf("%d messages, %d notices", sends, notices)
	}
	h.core.Shown(shown)
	h.carryOut()
	h.now = h.now.Add(time.Millisecond)
}

// sendRow sends a row of texts, which arrive.
func (h *hot) sendRow() {
	for range row {
		h.seq++
		h.core.Send(h.now, "bob", "hello")
	}
	if sends, notices := h.carryOut(); sends != row || notices != row {
		h.t.Fatalf("%d messages, %d notices", sends, notices)
	}
	h.ack = wire.Ack{Marks: has(h.bob, h.seq), Seq: h.seq, Try: 1}
	h.core.Handle(h.now, h.path, h.bob.key, &h.ack)
	if _, notices := h.carryOut(); notices != row {
		h.t.Fatalf("%d notices", notices)
	}
	h.now = h.now.Add(time.Millisecond)
}

// What a text costs in allocations is what is kept of it and what the user is told. Sent: the text in the outbox and its body, Accepted and
// Delivered; received: its string and Arrived. A half is for what a row takes together.
func TestDirectAllocates(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(h *hot)
		most float64 // for one text
	}{
		{"sent", (*hot).sendRow, 4.5},
		{"received", (*hot).receive, 2.5},
	} {
		h := newHot(t)
		for range 100 {
			c.f(h) // everything has its size
		}
		if a := testing.AllocsPerRun(100, func() { c.f(h) }) / row; a > c.most {
			t.Errorf("%s: %v allocations, wanted at most %v", c.name, a, c.most)
		}
	}
}

func BenchmarkDirectSent(b *testing.B)     { benchmarkRow(b, (*hot).sendRow) }
func BenchmarkDirectReceived(b *testing.B) { benchmarkRow(b, (*hot).receive) }

// benchmarkRow tells what one text costs.
func benchmarkRow(b *testing.B, f func(h *hot)) {
	h := newHot(b)
	b.ReportAllocs()
	for range b.N/row + 1 {
		f(h)
	}
}

// BenchmarkNameless is a text of a sender whose name the server has not told yet, behind thousands that wait for the same.
func BenchmarkNameless(b *testing.B) {
	b.ReportAllocs()
	h := newHot(b)
	for i := range b.N {
		if i%4000 == 0 {
			h = newHot(b)
			h.core.roster.contacts[h.bob.key] = nil
		}
		h.seq++
		m := wire.Direct{Try: 1, Text: in(h.bob, h.seq, "hello")}
		h.core.Handle(h.now, h.path, h.bob.key, &m)
		h.carryOut()
	}
}
