package trace

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// desk is a tracer whose clock the test moves.
type desk struct {
	t      *testing.T
	at     time.Time
	out    strings.Builder
	tracer *Tracer
}

var (
	server = netip.MustParseAddrPort("192.0.2.1:9999")
	home   = netip.MustParseAddrPort("192.0.2.7:3001")
	bob    = wire.Key{0xb0}
)

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, at: time.Unix(1_700_000_000, 0)}
	d.tracer = New(&d.out, server, func() time.Time { return d.at })
	return d
}

// goes lets some milliseconds pass, and then a datagram.
func (d *desk) goes(ms int, x link.Traced, messages ...wire.Message) {
	d.t.Helper()
	d.at = d.at.Add(time.Duration(ms) * time.Millisecond)
	for _, m := range messages {
		var err error
		if x.Body, err = wire.AppendMessage(x.Body, m); err != nil {
			d.t.Fatal(err)
		}
	}
	if x.Type == 0 && len(messages) > 0 {
		x.Type = wire.TypeData
	}
	x.Size = 19 + len(x.Body)
	d.tracer.Datagram(x)
}

func (d *desk) expect(want string) {
	d.t.Helper()
	if got := d.out.String(); got != want {
		d.t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func to(a netip.AddrPort, k wire.Key) link.Traced {
	return link.Traced{Sent: true, Path: link.Path{Remote: a}, Who: k}
}
func of(a netip.AddrPort, k wire.Key) link.Traced {
	return link.Traced{Path: link.Path{Remote: a}, Who: k}
}

func typed(d link.Traced, t uint8) link.Traced {
	d.Type = t
	return d
}

func text(seq uint64, try uint8) wire.Message {
	return &wire.Direct{Try: try, Text: wire.Text{Seq: seq, Parts: 1, Size: 6, Body: []byte("secret")}}
}

// A conversation: names come from the table, round trips from the answers.
func TestConversation(t *testing.T) {
	d := newDesk(t)
	d.goes(0, typed(to(server, wire.Key{}), wire.TypeInitiation))
	d.goes(1, typed(of(server, wire.Key{}), wire.TypeResponse))
	d.goes(0, to(server, wire.Key{1}), &wire.Register{Request: 7, Name: "ann", Card: make([]byte, wire.CardSize)})
	d.goes(2, of(server, wire.Key{1}), &wire.Registered{Request: 7}, &wire.Table{Span: 2, Rows: []wire.Row{{Key: bob, Name: "bob", Addr: home, State: wire.Online}}})
	d.goes(0, to(home, bob), text(1, 1))
	d.goes(300, to(home, bob), text(1, 2))
	d.goes(4, of(home, bob), &wire.Ack{Marks: wire.Marks{Through: 1}, Seq: 1, Try: 2})
	d.goes(0, to(server, wire.Key{1}), &wire.Deposit{To: bob, Try: 1, Text: wire.Text{Seq: 2, Parts: 1, Size: 2, Body: []byte("hi")}})
	d.goes(3, of(server, wire.Key{1}), &wire.Stored{To: bob, Seq: 2, Try: 1})
	d.expect(`   0.0000 → server               19 B  initiation
   0.0010 ← server               19 B  response, round trip 1.0 ms
   0.0010 → server              230 B  register ann, request 7
   0.0030 ← server               89 B  registered, request 7: ok, round trip 2.0 ms
                                      table, 2 further, 1 row
   0.0030 → bob                  38 B  text seq 1 try 1, 6 B
   0.3030 → bob                  38 B  text seq 1 try 2, 6 B
   0.3070 ← bob                  27 B  ack seq 1 try 2, has 1, round trip 4.0 ms
   0.3070 → server               69 B  deposit for bob seq 2 try 1, 2 B
   0.3100 ← server               66 B  stored for bob seq 2 try 1: accepted, round trip 3.0 ms
`)
	if strings.Contains(d.out.String(), "secret") {
		t.Error("a text is in the trace")
	}
}

// What is asked again with nothing to tell the tries apart has no round trip.
func TestAmbiguousAnswer(t *testing.T) {
	d := newDesk(t)
	d.goes(0, to(server, wire.Key{1}), &wire.Ping{Nonce: 5})
	d.goes(500, to(server, wire.Key{1}), &wire.Ping{Nonce: 5})
	d.goes(1, of(server, wire.Key{1}), &wire.Pong{Nonce: 5})
	d.goes(1, of(server, wire.Key{1}), &wire.Pong{Nonce: 5})
	d.expect(`   0.0000 → server               25 B  ping 5
   0.5000 → server               25 B  ping 5
   0.5010 ← server               26 B  pong 5, asked more than once
   0.5020 ← server               26 B  pong 5
`)
}

// What is dropped is told with the reason; a stranger by its address.
func TestDropped(t *testing.T) {
	d := newDesk(t)
	x := typed(of(home, wire.Key{}), wire.TypeData)
	x.Err = link.ErrReplay
	d.goes(0, x)
	x.Type, x.Err = 0, wire.ErrMalformed
	d.goes(0, x)
	y := to(server, wire.Key{1})
	y.Err = errors.New("no network\x1b[2J")
	d.goes(0, y, &wire.Ping{Nonce: 1})
	d.goes(1, of(server, wire.Key{1}), &wire.Pong{Nonce: 1})
	d.expect(`   0.0000 ← 192.0.2.7:3001       19 B  data without messages: dropped, datagram seen before, or too old
   0.0000 ← 192.0.2.7:3001       19 B  not one of ours: dropped, malformed
   0.0000 → server               25 B  ping 1: not sent, no network` + "\uFFFD" + `[2J
   0.0010 ← server               26 B  pong 1
`)
}

// A body that does not decode is told, and nobody's name steers the terminal.
func TestHostile(t *testing.T) {
	d := newDesk(t)
	x := typed(of(home, bob), wire.TypeData)
	x.Body = []byte{0x94, 5, 1}
	d.goes(0, x)
	if got := d.out.String(); !strings.Contains(got, "not opened to the end: malformed") {
		t.Errorf("got %s", got)
	}
	d.goes(0, of(server, wire.Key{1}), &wire.Ping{Nonce: 1})
	for n := range uint32(maxWaiting + 10) {
		d.goes(0, to(server, wire.Key{1}), &wire.Ping{Nonce: n})
	}
	if len(d.tracer.waiting) > maxWaiting {
		t.Errorf("%d answers are waited for", len(d.tracer.waiting))
	}
}

// conn is a socket of one datagram.
type conn struct {
	link.Conn
	b   []byte
	err error
}

func (c *conn) Read(b []byte) (int, link.Path, error) {
	return copy(b, c.b), link.Path{Remote: server}, c.err
}
func (c *conn) Write([]byte, link.Path) error { return c.err }

func TestWatch(t *testing.T) {
	d := newDesk(t)
	answer := wire.AppendHeader(nil, wire.Header{Type: wire.TypeKeyAnswer}, 0)
	c := &conn{b: answer}
	w := d.tracer.Watch(c)
	request := wire.AppendHeader(nil, wire.Header{Type: wire.TypeKeyRequest}, 0)
	if err := w.Write(request, link.Path{Remote: server}); err != nil {
		t.Fatal(err)
	}
	d.at = d.at.Add(time.Millisecond)
	if n, _, err := w.Read(make([]byte, 100)); n != len(answer) || err != nil {
		t.Fatal(n, err)
	}
	c.err = errors.New("closed")
	if _, _, err := w.Read(make([]byte, 100)); !errors.Is(err, c.err) {
		t.Fatal(err)
	}
	if err := w.Write(request, link.Path{Remote: server}); !errors.Is(err, c.err) {
		t.Fatal(err)
	}
	d.expect(`   0.0000 → server               19 B  key request
   0.0010 ← server               19 B  key answer, round trip 1.0 ms
   0.0010 → server               19 B  key request
   0.0010 → server               19 B  key request: not sent, closed
`)
}
