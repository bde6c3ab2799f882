package sim

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"udpchat/peer"
	"udpchat/server"
	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
)

// epoch is when every world begins.
var epoch = time.Unix(1_700_000_000, 0)

const (
	settleBy  = 10 * time.Minute // after the faults
	quietTime = 2 * time.Minute  // after everything has settled
	// quietSends is how many datagrams each guest, with the server's answers, may cause in the quiet time: keepalives.
	quietSends = 24
)

// Options are what a run does otherwise than it should.
type Options struct {
	Trace     io.Writer     // everything that happens, step for step
	RealKeys  bool          // the clients' keys are those of the program
	Peer      peer.Broken   // what the clients lack
	Server    server.Broken // what the server lacks
	Forgetful bool          // the server's store forgets the seqs of posts that went
	RetrySync bool          // programs go on after a failed fsync: the next one says that all is well
	Mix       func(m *Mix)  // changes what the seed drew
}

// World is one run.
type World struct {
	opt      Options
	rand     *rand.Rand
	hides    *rand.Rand // draws who runs without presence, apart: else the same world would be another one with it
	mix      Mix
	at       time.Duration
	queue    queue
	net      network
	host     *host
	identity wire.Key // the server's own; datagrams say wire.ServerKey
	guests   []*guest
	byKey    map[store.Key]int
	ledger   ledger
	healed   bool
	typing   int // texts of the healed world to come
	report   Report
	watch    func(g *guest, n peer.Notice) // sees what users see
}

func newWorld(seed uint64, opt Options) *World {
	w := &World{opt: opt, rand: rand.New(rand.NewPCG(seed, 0)), hides: rand.New(rand.NewPCG(seed, 1)), byKey: map[store.Key]int{}}
	w.mix = draw(w.rand)
	drawApart(&w.mix, w.hides, rand.New(rand.NewPCG(seed, 2)), rand.New(rand.NewPCG(seed, 3)))
	if opt.Mix != nil {
		opt.Mix(&w.mix)
	}
	w.report.Seed, w.report.Mix = seed, w.mix
	w.furnish()
	return w
}

// Run runs the world of a seed.
func Run(seed uint64, opt Options) (report Report) {
	w := newWorld(seed, opt)
	defer func() {
		if r := recover(); r != nil {
			w.report.fault(w.at, fmt.Sprintf("panic: %v\n%s", r, debug.Stack()))
		}
		w.report.Datagrams, w.report.Typed = w.net.sent, len(w.ledger.messages)
		report = w.report
	}()
	w.disturb()
	w.until(w.mix.Length)
	w.heal()
	w.settle()
	if len(w.report.Failures) == 0 {
		w.ledger.audit()
		w.quiet()
	}
	return w.report
}

// furnish makes the parties.
func (w *World) furnish() {
	w.net.init(w, w.mix.Guests+1)
	w.identity = wire.Key(secret(w.rand.Uint64))
	w.ledger = ledger{w: w, deposits: map[deposited]*deposit{}, posts: map[partID]*message{}, log: logged{has: map[onePart]bool{}}, lanes: map[laneID]uint64{}, members: make([]time.Duration, w.mix.Guests+1)}
	w.host = &host{party: party{w: w, name: "server", key: wire.ServerKey}, born: w.rand.Uint64() | 1}
	w.host.store = w.blank(w.host.born)
	w.host.furnish(w.host)
	w.net.move(&w.host.party)
	w.host.start()
	for i := 1; i <= w.mix.Guests; i++ {
		g := &guest{party: party{w: w, index: i, name: []string{"", "ann", "bob", "cat", "dan", "eve", "fay"}[i]},
			typed: map[uint64]*message{}, lines: map[uint64]*message{}, shown: map[uint64]bool{}, unsure: map[uint64]bool{}}
		g.furnish()
		g.party.furnish(g)
		w.byKey[store.Key(g.key)] = i
		w.guests = append(w.guests, g)
		w.net.move(&g.party)
		w.after(w.upTo(5*time.Second), g.start)
	}
}

// blank makes an empty store for the server.
func (w *World) blank(id uint64) *memory.Server {
	s := memory.NewServer(id)
	s.Forgetful = w.opt.Forgetful
	return s
}

// until lets everything happen that happens before t.
func (w *World) until(t time.Duration) {
	for len(w.report.Failures) == 0 {
		if len(w.queue.heap) == 0 || w.queue.heap[0].at > t {
			w.at = t
			return
		}
		e := w.queue.next()
		w.at = e.at
		e.happen()
	}
}

// heal ends the faults and calls everybody back.
func (w *World) heal() {
	w.tracef("world: HEALS")
	w.healed = true
	w.net.heal()
	w.host.thaw()
	w.host.start()
	for _, g := range w.guests {
		g.thaw()
		if !g.alive || !g.present {
			w.after(w.upTo(2*time.Second), g.back)
		}
	}
	w.typeOn()
}

// settle waits until nothing is missing.
func (w *World) settle() {
	for end := w.at + settleBy; w.at < end && len(w.report.Failures) == 0; {
		w.until(w.at + time.Second)
		if w.settled() {
			break
		}
	}
	w.report.Settled = w.at - w.mix.Length
	w.until(w.at + time.Second) // the front ends read the last notices
}

func (w *World) settled() bool {
	if w.typing > 0 || w.ledger.pending() != nil {
		return false
	}
	if m, _ := w.ledger.missing(); m != nil {
		return false
	}
	for _, g := range w.guests {
		if !g.alive || !g.present || g.unsettled() > 0 {
			return false
		}
	}
	return true
}

// quiet lets some time pass in which nothing should happen.
func (w *World) quiet() {
	w.until(w.at + 40*time.Second)
	before := w.net.sent
	w.until(w.at + quietTime)
	if n := w.net.sent - before; n > quietSends*w.mix.Guests {
		w.fail("noise: %d datagrams in %v after everything had settled", n, quietTime)
	}
}

func (w *World) now() time.Time { return epoch.Add(w.at) }

func (w *World) after(d time.Duration, do func()) { w.queue.put(event{at: w.at + d, do: do}) }

func (w *World) chance(p float64) bool { return p > 0 && w.rand.Float64() < p }

// upTo draws a time below d.
func (w *World) upTo(d time.Duration) time.Duration {
	return time.Duration(w.rand.Int64N(int64(d) + 1))
}

// pause draws how long something that went comes back after.
func (w *World) pause(most time.Duration) time.Duration {
	if w.healed {
		most = 2 * time.Second
	}
	return 10*time.Millisecond + w.upTo(most)
}

// edge tells whether someone is killed here.
func (w *World) edge() bool { return !w.healed && w.chance(w.mix.Edge) }

func (w *World) fail(format string, args ...any) {
	w.tracef("FAILED: "+format, args...)
	w.report.fault(w.at, fmt.Sprintf(format, args...))
}
