package server

import (
	"bytes"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// bench is a Core whose clients, store and clock are played by the test. Everything happens at once unless it is held back,
// and everything that is said goes through the codec.
type bench struct {
	t      *testing.T
	cfg    Config
	store  *memory.Server
	core   *Core
	start  time.Time
	now    time.Time
	people []*member

	holding bool // commits and reads wait for release
	slow    bool // only reads wait
	reading bool // only commits wait
	commits []Commit
	reads   []Read
	tables  bool // the test answers tables itself; otherwise they are acknowledged as they come
	unacked []sent
	sent    []sent // what the test has not looked at
	trusts  []Trust
}

// sent is a message that the core sent.
type sent struct {
	at   time.Duration // since the start
	to   *member
	path link.Path
	msg  wire.Message
}

// member is a client that the test plays.
type member struct {
	key   wire.Key
	name  string
	epoch uint64
	path  link.Path
	card  []byte
}

const storeID = 77

func newBench(t *testing.T, cfg Config) *bench {
	t.Helper()
	b := &bench{t: t, cfg: cfg, store: memory.NewServer(storeID), start: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	b.now, b.cfg.level = b.start, true
	b.restart()
	return b
}

// restart makes a new core over the store, as a server that was killed and started again.
func (b *bench) restart() {
	b.t.Helper()
	b.commits, b.reads, b.sent, b.unacked, b.trusts = nil, nil, nil, nil, nil
	head, _ := b.store.Head()
	past, _ := b.store.Past()
	rows, _ := b.store.Clients(store.Key{}, 1<<20)
	b.core = NewCore(b.cfg, head, past, rows)
	b.settle()
}

// person makes a client that is not registered.
func (b *bench) person(name string) *member {
	number := len(b.people) + 1
	n, more := byte(number), byte(number>>8)
	m := &member{key: wire.Key{0: n, 1: more, 31: 1}, name: name, epoch: 1000 + uint64(number),
		path: link.Path{Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, more, n}), 4000+uint16(number)), Local: netip.AddrFrom4([4]byte{10, 0, 0, 200})}}
	m.card = card(m.key, 1)
	b.people = append(b.people, m)
	return m
}

// join makes a client and registers it.
func (b *bench) join(name string) *member {
	b.t.Helper()
	m := b.person(name)
	b.register(m)
	return m
}

// register brings a client online and looks away from what that causes.
func (b *bench) register(m *member) {
	b.t.Helper()
	b.recv(m, ask(m, uint32(b.now.Sub(b.start)/time.Millisecond)+1))
	for _, s := range b.sentTo(m) {
		if r, ok := s.msg.(*wire.Registered); ok && r.Outcome == wire.OK {
			b.advance(2 * tablePause)
			return
		}
	}
	b.t.Fatalf("%s could not register", m.name)
}

// back lets who was present before a restart say what it knows, and looks away from what that causes.
func (b *bench) back(m *member) {
	b.t.Helper()
	h := b.head()
	b.recv(m, &wire.Pong{Known: true, Store: storeID, Revision: h.Revision, Order: h.Order})
	b.sentTo(m)
}

// recv lets the core hear a message. Its body is gone afterwards, as a datagram's is.
func (b *bench) recv(from *member, m wire.Message) {
	b.t.Helper()
	body := encode(b.t, m)
	b.core.Handle(b.now, from.path, from.key, decode(b.t, body))
	for i := range body {
		body[i] = 0xa5
	}
	b.settle()
}

func encode(t *testing.T, m wire.Message) []byte {
	t.Helper()
	body, err := wire.AppendMessage(nil, m)
	if err != nil {
		t.Fatalf("encode %v %+v: %v", m.Kind(), m, err)
	}
	return body
}

func decode(t *testing.T, body []byte) (m wire.Message) {
	t.Helper()
	var d wire.Decoder
	if err := d.Decode(body, func(one wire.Message) error { m = one; return nil }); err != nil {
		t.Fatalf("decode: %v", err)
	}
	return m
}

// settle carries out what the core wants until it wants nothing more, with a Tick after each step as the loop does it.
func (b *bench) settle() {
	b.t.Helper()
	for {
		b.core.Tick(b.now)
		b.collect()
		switch {
		case !b.holding && len(b.commits) > 0:
			b.release(1)
		case (!b.holding || b.reading) && !b.slow && len(b.reads) > 0:
			r := b.reads[0]
			b.reads = b.reads[1:]
			if err := r.Do(b.store); err != nil {
				b.t.Fatal(err)
			}
			r.Done(b.now)
		case len(b.unacked) > 0:
			s := b.unacked[0]
			b.unacked = b.unacked[1:]
			page := b.page(s.msg.(*wire.Table))
			b.core.Handle(b.now, s.to.path, s.to.key, &wire.TableAck{Store: b.core.head.ID, Revision: page.Until})
		default:
			return
		}
	}
}

func (b *bench) collect() {
	b.t.Helper()
	fx := b.core.Take()
	if !reflect.DeepEqual(b.core.still, flow{}) {
		b.t.Fatal("something is in the flow that all share for whom nothing waited")
	}
	b.commits = append(b.commits, fx.Commits...)
	b.reads = append(b.reads, fx.Reads...)
	b.trusts = append(b.trusts, fx.Trusts...)
	for _, s := range fx.Sends {
		i := slices.IndexFunc(b.people, func(m *member) bool { return m.key == s.To })
		if i < 0 {
			b.t.Fatalf("%+v was sent to a stranger", s.Msg)
		}
		one := sent{b.now.Sub(b.start), b.people[i], s.Path, decode(b.t, encode(b.t, s.Msg))}
		if _, table := one.msg.(*wire.Table); table && !b.tables {
			b.unacked = append(b.unacked, one)
			continue
		}
		b.sent = append(b.sent, one)
	}
}

// hold keeps commits and reads from happening.
func (b *bench) hold() { b.holding = true }

// release lets the first n commits that wait happen; with no number, all of them and whatever follows.
func (b *bench) release(n ...int) {
	b.t.Helper()
	if len(n) == 0 {
		b.holding, b.slow = false, false
		b.settle()
		return
	}
	for range n[0] {
		c := b.commits[0]
		b.commits = b.commits[1:]
		c.Done(b.now, b.store.Apply(c.Change))
		b.core.Tick(b.now)
		b.collect()
	}
}

// advance lets time pass.
func (b *bench) advance(d time.Duration) {
	b.t.Helper()
	end := b.now.Add(d)
	for spins := 0; ; {
		next, ok := b.core.Next()
		if !ok || next.After(end) {
			break
		}
		if next.After(b.now) {
			b.now, spins = next, 0
		} else if spins++; spins > 1000 {
			b.t.Fatalf("the core wants its Tick at %v for ever", next.Sub(b.start))
		}
		b.settle()
	}
	b.now = end
	b.settle()
}

// want takes the next message to a client, which must be this one. The nonce of a ping is not compared.
func (b *bench) want(why string, to *member, m wire.Message) {
	b.t.Helper()
	i := slices.IndexFunc(b.sent, func(s sent) bool { return s.to == to })
	if i < 0 {
		b.t.Fatalf("%s: %s heard nothing, wanted %v %+v", why, to.name, m.Kind(), m)
	}
	got := b.sent[i].msg
	b.sent = slices.Delete(b.sent, i, i+1)
	if p, ok := got.(*wire.Ping); ok {
		p.Nonce = 0
	}
	if !bytes.Equal(encode(b.t, got), encode(b.t, m)) {
		b.t.Fatalf("%s: %s heard\n  %v %+v, wanted\n  %v %+v", why, to.name, got.Kind(), got, m.Kind(), m)
	}
}

// wantIdle: nothing was sent but what the test has looked at.
func (b *bench) wantIdle(why string) {
	b.t.Helper()
	if len(b.sent) > 0 {
		s := b.sent[0]
		b.t.Fatalf("%s: after %v %s heard %v %+v (and %d more)", why, s.at, s.to.name, s.msg.Kind(), s.msg, len(b.sent)-1)
	}
}

// sentTo takes all that was sent to a client.
func (b *bench) sentTo(to *member) (list []sent) {
	b.sent = slices.DeleteFunc(b.sent, func(s sent) bool {
		if s.to == to {
			list = append(list, s)
		}
		return s.to == to
	})
	return list
}

// row is a client's row as it is on disk.
func (b *bench) row(of *member) store.Client {
	b.t.Helper()
	for _, r := range b.rows() {
		if r.Key == store.Key(of.key) {
			return r
		}
	}
	b.t.Fatalf("%s is not in the directory", of.name)
	return store.Client{}
}

// rows is the directory as it is on disk.
func (b *bench) rows() []store.Client {
	rows, _ := b.store.Clients(store.Key{}, 1<<20)
	return rows
}

func (b *bench) head() store.Head { h, _ := b.store.Head(); return h }
