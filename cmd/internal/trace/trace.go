// Package trace writes a line for each datagram of a client as it goes: when, where to or from, how large, and the messages inside
// with what tells them apart. Never a text.
//
//	0.0021 → server            311 B  register x, request 2596996163
//	0.0409 ← server            135 B  registered, request 2596996163: ok, round trip 38.8 ms
//	                                  table, 2 further, 2 rows
//
// It listens (link.SessionConfig.Trace) and decides nothing. Names it learns from the tables that pass by.
package trace

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"time"

	"udpchat/cmd/internal/explain"
	"udpchat/cmd/internal/plain"
	"udpchat/wire"
	"udpchat/wire/link"
)

// Tracer is the watcher of one client. Its methods may be called from several goroutines.
type Tracer struct {
	mu      sync.Mutex
	out     io.Writer
	now     func() time.Time
	start   time.Time
	names   map[wire.Key]string
	places  map[netip.AddrPort]string
	waiting map[question]time.Time // for an answer, since; zero: asked more than once, so that nobody knows since when
	dec     wire.Decoder
}

// question is what an answer is recognised by.
type question struct {
	kind wire.Kind // of the question; 0: a datagram of the sessions
	who  wire.Key
	at   netip.AddrPort
	n    uint64
	try  uint8
}

// maxWaiting is how many answers are waited for: when there are more, all are forgotten, and their round trips not told.
const maxWaiting = 1024

// New makes a tracer that writes to out, for a client of the server at an address. now is time.Now.
func New(out io.Writer, server netip.AddrPort, now func() time.Time) *Tracer {
	return &Tracer{out: out, now: now, start: now(), names: map[wire.Key]string{}, places: map[netip.AddrPort]string{server: "server"},
		waiting: map[question]time.Time{}}
}

// Datagram writes what there is to say of a datagram.
func (t *Tracer) Datagram(d link.Traced) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	var said []string
	if len(d.Body) > 0 {
		err := t.dec.Decode(bytes.Clone(d.Body), func(m wire.Message) error {
			t.learn(d, m)
			said = append(said, explain.Brief(m, t.called)+t.round(now, d, m))
			return nil
		})
		if err != nil {
			said = append(said, "not opened to the end: "+err.Error())
		}
	}
	if len(said) == 0 {
		said = append(said, t.bare(now, d))
	}
	if d.Err != nil {
		what := ": dropped, "
		if d.Sent {
			what = ": not sent, "
		}
		said[0] += what + plain.Name(d.Err.Error())
	}
	t.write(now, d, said)
}

// bare names a datagram without messages.
func (t *Tracer) bare(now time.Time, d link.Traced) string {
	q := question{at: d.Path.Remote}
	switch d.Type {
	case 0:
		return "not one of ours"
	case wire.TypeData:
		return "data without messages"
	case wire.TypeInitiation, wire.TypeKeyRequest:
		q.n = uint64(d.Type) // the answer's type is the next one
		t.ask(now, d, q)
	case wire.TypeResponse, wire.TypeKeyAnswer:
		q.n = uint64(d.Type - 1)
		return explain.TypeName(d.Type) + t.answered(now, d, q)
	}
	return explain.TypeName(d.Type)
}

// learn takes the names from a table.
func (t *Tracer) learn(d link.Traced, m wire.Message) {
	table, ok := m.(*wire.Table)
	if !ok || d.Sent {
		return
	}
	for _, r := range table.Rows {
		t.names[r.Key] = plain.Name(r.Name)
		if r.Addr.IsValid() {
			t.places[r.Addr] = plain.Name(r.Name)
		}
	}
}

func (t *Tracer) called(k wire.Key) string {
	if k == wire.Channel {
		return "the channel"
	}
	if name, ok := t.names[k]; ok {
		return name
	}
	return k.String()
}

// other is who is at the other end, or where.
func (t *Tracer) other(d link.Traced) string {
	if name, ok := t.names[d.Who]; ok {
		return name
	}
	if name, ok := t.places[d.Path.Remote]; ok {
		return name
	}
	return d.Path.Remote.String()
}

const indent = 9 + 3 + 16 + 8 + 2

func (t *Tracer) write(now time.Time, d link.Traced, said []string) {
	arrow := "←"
	if d.Sent {
		arrow = "→"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%9.4f %s %-16s %6d B  %s\n", now.Sub(t.start).Seconds(), arrow, t.other(d), d.Size, said[0])
	for _, more := range said[1:] {
		fmt.Fprintf(&b, "%*s%s\n", indent, "", more)
	}
	_, _ = io.WriteString(t.out, b.String()) // whoever watches no more does not stop what is watched
}
