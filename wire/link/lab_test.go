package link

import (
	"bytes"
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

var dawn = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// lab is a network in virtual time with parties on it: every datagram arrives after a delay, unless drop says otherwise.
type lab struct {
	t       *testing.T
	now     time.Time
	delay   time.Duration
	parties []*party
	flights flights
	order   int
	drop    func(f flight) bool
	record  []flight // everything that was sent
	bytes   map[netip.AddrPort]int
}

// flight is a datagram under way.
type flight struct {
	at       time.Time
	order    int
	from, to netip.AddrPort
	data     []byte
}

type flights []flight

func (x flights) Len() int { return len(x) }
func (x flights) Less(i, j int) bool {
	return x[i].at.Before(x[j].at) || x[i].at.Equal(x[j].at) && x[i].order < x[j].order
}
func (x flights) Swap(i, j int) { x[i], x[j] = x[j], x[i] }
func (x *flights) Push(v any)   { *x = append(*x, v.(flight)) }
func (x *flights) Pop() any {
	old := *x
	f := old[len(old)-1]
	*x = old[:len(old)-1]
	return f
}

// party is someone in the lab.
type party struct {
	lab  *lab
	s    *Sessions
	id   *Identity
	cfg  SessionConfig
	seed byte
	addr netip.AddrPort
	got  []uint32 // nonces of the pings that came, in order
	from []wire.Key
	path Path // of the last one
	errs []error
	idle bool // what is left for later stays
}

func newLab(t *testing.T) *lab {
	return &lab{t: t, now: dawn, delay: 20 * time.Millisecond, bytes: make(map[netip.AddrPort]int)}
}

func addr(n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 9999)
}

// random is a source of bytes that is the same each time.
func random(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed, 1}) }

// party adds someone with an identity made of the number, who has that address too.
func (l *lab) party(n byte, cfg SessionConfig) *party {
	p := &party{lab: l, seed: n, addr: addr(int(n)), cfg: cfg, id: NewIdentity([32]byte{n})}
	p.restart(n)
	l.parties = append(l.parties, p)
	return p
}

// restart forgets everything but the identity.
func (p *party) restart(seed byte) {
	cfg := p.cfg
	cfg.Identity = NewIdentity([32]byte{p.seed})
	if cfg.Rand == nil {
		cfg.Rand = random(seed)
	}
	p.s = NewSessions(cfg)
}

func trust(all ...*party) {
	for _, a := range all {
		for _, b := range all {
			if a != b {
				a.s.Trust(b.id.key, b.id.card.Static)
			}
		}
	}
}

// ping sends a number to another party at its address.
func (p *party) ping(to *party, n uint32) {
	p.lab.t.Helper()
	if err := p.s.Add(p.lab.now, Path{Remote: to.addr}, to.id.key, &wire.Ping{Nonce: n}); err != nil {
		p.lab.t.Fatalf("send ping %d: %v", n, err)
	}
	p.flush()
}

func (p *party) flush() {
	l := p.lab
	if !p.idle {
		for j, ok := p.s.chore(); ok; j, ok = p.s.chore() {
			p.s.Counts.note(p.s.do(l.now, j))
		}
	}
	_, err := p.s.Flush(func(b []byte, to Path) error {
		l.order++
		f := flight{l.now.Add(l.delay), l.order, p.addr, to.Remote, bytes.Clone(b)}
		l.record = append(l.record, f)
		l.bytes[to.Remote] += len(b)
		if l.drop == nil || !l.drop(f) {
			heap.Push(&l.flights, f)
		}
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	if !reflect.DeepEqual(p.s.none, rest{}) {
		l.t.Fatal("something is in the rest that all remotes share that have none")
	}
}

// open gives a party a datagram as if it came from somewhere.
func (p *party) open(from netip.AddrPort, data []byte) error {
	p.lab.t.Helper()
	who, path, body, err := p.s.Open(p.lab.now, Path{Remote: from, Local: p.addr.Addr()}, bytes.Clone(data))
	if err != nil {
		if who != (wire.Key{}) || body != nil || path != (Path{}) {
			p.lab.t.Errorf("from %v, body %x beside an error", who, body)
		}
		p.errs = append(p.errs, err)
		return err
	}
	if len(body) == 0 {
		return nil
	}
	var d wire.Decoder
	err = d.Decode(body, func(m wire.Message) error {
		p.got, p.from, p.path = append(p.got, m.(*wire.Ping).Nonce), append(p.from, who), path
		return nil
	})
	if err != nil {
		p.lab.t.Errorf("decode body %x: %v", body, err)
	}
	return nil
}

// run lets time pass.
func (l *lab) run(d time.Duration) {
	end := l.now.Add(d)
	for {
		next := end
		if len(l.flights) > 0 && l.flights[0].at.Before(next) {
			next = l.flights[0].at
		}
		for _, p := range l.parties {
			if t, ok := p.s.Next(); ok && t.Before(next) {
				next = t
			}
		}
		if next.After(l.now) {
			l.now = next
		}
		if !l.now.Before(end) {
			l.now = end
			return
		}
		for len(l.flights) > 0 && !l.flights[0].at.After(l.now) {
			f := heap.Pop(&l.flights).(flight)
			for _, p := range l.parties {
				if p.addr == f.to {
					_ = p.open(f.from, f.data)
					p.flush()
				}
			}
		}
		for _, p := range l.parties {
			p.s.Tick(l.now)
			p.flush()
		}
	}
}

// expect checks that a party has all pings from first to last, each once.
func (p *party) expect(first, last uint32) {
	p.lab.t.Helper()
	got := slices.Clone(p.got)
	slices.Sort(got)
	var want []uint32
	for n := first; n <= last; n++ {
		want = append(want, n)
	}
	if !slices.Equal(got, want) {
		p.lab.t.Errorf("party %d got %v, want %d to %d", p.seed, got, first, last)
	}
}

// seen is what a window has seen.
func seen(w *noise.Window) (counters []uint64) {
	for c := w.Next() - min(w.Next(), noise.Reach); c < w.Next(); c++ {
		if !w.Fresh(c) {
			counters = append(counters, c)
		}
	}
	return append(counters, w.Next())
}

// state is everything that must not change by a bad datagram.
func (p *party) state() string {
	var b bytes.Buffer
	s := p.s
	fmt.Fprint(&b, s.remotes.Len(), len(s.sessions), len(s.theirs), len(s.dialling), len(s.expiry), len(s.pending), len(s.askers))
	for _, q := range p.lab.parties {
		r := s.remotes.Get(q.id.key)
		if r == nil {
			continue
		}
		fmt.Fprint(&b, " | ", r.path, r.former, r.candidate != nil, len(r.old), len(r.waiting), r.dial != nil, r.dialable)
		if r.cur != nil {
			fmt.Fprint(&b, r.cur.ours, seen(&r.cur.window), r.cur.heard, r.cur.due)
		}
	}
	return b.String()
}
