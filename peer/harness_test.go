package peer

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// bench is a Core whose server, other peers, disk and clock are played by the test. Everything happens at once unless it is held
// back, and everything that is said goes through the codec.
type bench struct {
	t       testing.TB
	cfg     Config
	profile *memory.Profile
	core    *Core
	start   time.Time
	now     time.Time
	runs    uint64

	head     uint64 // of the server's table
	friends  []*friend
	holding  bool                  // commits wait for release
	mute     bool                  // look-ups are not answered
	unlisted map[string][]wire.Row // who registered just now: no page of the table has it yet
	commits  []Commit
	sent     []sent   // what the test has not looked at
	told     []Notice // but Accepted; and without the lines that they name
	all      []Notice // as they came, since the last start
	trusts   []Trust
}

const (
	storeID = 77
	myEpoch = 400 // of ann's state
	myRun   = 500 // the epoch of what is typed in the first run; each start adds 100
)

var (
	seed      = [32]byte{1}
	me        = PublicKey(seed)
	server    = &friend{name: "server", addr: netip.MustParseAddrPort("10.0.0.200:7000")}
	serverKey = PublicKey([32]byte{200})
)

func newBench(t testing.TB, cfg Config) *bench {
	t.Helper()
	cfg.Name, cfg.Server, cfg.ServerKey = "ann", link.Path{Remote: server.addr}, serverKey
	if cfg.Keepalive == 0 {
		cfg.Keepalive = 1000 * time.Hour // the test speaks of it if it wants it
	}
	b := &bench{t: t, cfg: cfg, profile: memory.NewProfile(seed, myEpoch), start: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	b.now = b.start
	b.restart()
	return b
}

// readyBench makes a core that is registered and knows these people, who are online.
func readyBench(t testing.TB, names ...string) (*bench, []*friend) {
	t.Helper()
	b := newBench(t, Config{})
	for _, name := range names {
		b.friend(name)
	}
	b.register()
	return b, b.friends
}

// restart makes a new core from the profile, as a client that was killed and started again. Its run has an epoch that tests can name.
func (b *bench) restart() {
	b.t.Helper()
	b.commits, b.sent, b.told, b.all, b.trusts = nil, nil, nil, nil, nil
	loaded, err := b.profile.Load()
	if err != nil {
		b.t.Fatal(err)
	}
	if b.core, err = NewCore(b.now, b.cfg, NewKeys(loaded.Seed), loaded); err != nil {
		b.t.Fatal(err)
	}
	b.core.run = myRun + 100*b.runs
	b.runs++
	b.settle()
}

// register registers and looks away from what that causes.
func (b *bench) register() {
	b.t.Helper()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	var rows []wire.Row
	for _, f := range b.friends {
		rows = append(rows, f.row(wire.Online))
	}
	b.page(rows...)
	b.sent = slices.DeleteFunc(b.sent, func(s sent) bool { return s.msg.Kind() == wire.KindRegister || s.msg.Kind() == wire.KindTableAck })
	b.told = slices.DeleteFunc(b.told, func(n Notice) bool {
		switch n.(type) {
		case Welcome, Table:
			return true
		}
		return false
	})
	if b.core.phase != ready {
		b.t.Fatalf("not ready but in phase %d", b.core.phase)
	}
}

// answerRegister answers the registration on its way; the table has one row more than it had then.
func (b *bench) answerRegister(id uint64) {
	b.t.Helper()
	b.head++
	b.recv(server, &wire.Registered{Request: b.core.request, Store: id, Revision: b.head, MaxMessage: wire.MaxText, Lease: 90})
}

// page brings rows of the table, the last ones.
func (b *bench) page(rows ...wire.Row) {
	b.t.Helper()
	b.head = max(b.head, b.core.roster.revision+1)
	b.recv(server, changes(b.core.store, b.core.roster.revision, b.head, rows...))
}

// changes is a page of a store's table, the last one.
func changes(id, since, until uint64, rows ...wire.Row) *wire.Table {
	return &wire.Table{Base: wire.TableBase(id, since), Span: until - since, Rows: rows}
}

// changed brings rows of the table and looks away from what that says.
func (b *bench) changed(rows ...wire.Row) {
	b.t.Helper()
	b.page(rows...)
	b.sent = slices.DeleteFunc(b.sent, func(s sent) bool { return s.msg.Kind() == wire.KindTableAck })
	b.told = slices.DeleteFunc(b.told, func(n Notice) bool { _, table := n.(Table); return table })
}

// do gives a command.
func (b *bench) do(command func(now time.Time)) {
	b.t.Helper()
	command(b.now)
	b.settle()
}

func (b *bench) send(to *friend, typed string) {
	b.t.Helper()
	b.do(func(now time.Time) { b.core.Send(now, to.name, typed) })
}

// recv lets the core hear a message. Its body is gone afterwards, as a datagram's is.
func (b *bench) recv(from *friend, m wire.Message) {
	b.t.Helper()
	body := encode(b.t, m)
	b.core.Handle(b.now, link.Path{Remote: from.addr}, from.key, decode(b.t, body))
	for i := range body {
		body[i] = 0xa5
	}
	b.settle()
}

// settle carries out what the core wants until it wants nothing more, with a Tick after each step as the loop does it.
func (b *bench) settle() {
	b.t.Helper()
	for {
		b.core.Tick(b.now)
		b.collect()
		if b.holding || len(b.commits) == 0 {
			return
		}
		b.release(1)
	}
}

func (b *bench) hold() { b.holding = true }

// release lets the first n commits that wait happen; with no number, all of them and whatever follows.
func (b *bench) release(n ...int) {
	b.t.Helper()
	if len(n) == 0 {
		b.holding = false
		b.settle()
		return
	}
	for range n[0] {
		c := b.commits[0]
		b.commits = b.commits[1:]
		b.profile.Apply(c.Change)
		c.Done(b.now)
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

// outbox is what waits on disk.
func (b *bench) outbox() []store.Outgoing {
	loaded, _ := b.profile.Load()
	return loaded.Outbox
}
