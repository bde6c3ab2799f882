package sim

import (
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// guest is a client with its user.
type guest struct {
	party
	profile  *memory.Profile
	seed     [32]byte
	born     uint64                // the epoch that the profile was made with
	past     []store.ProfileChange // all that became durable, when an older copy may come back
	core     *peer.Core
	keys     peer.Keys
	present  bool // is welcome, and has not left since
	leaving  bool // typed so
	starts   int
	copied   bool          // an older profile, or none, came back
	toldGone time.Duration // when it was told last that posts went from the log
	looks    time.Duration // when the front end has read all notices
	tells    time.Duration // when it has said what it printed

	typed  map[uint64]*message // by their lines in the history
	lines  map[uint64]*message // of texts received, durable
	shown  map[uint64]bool     // durable
	unsure map[uint64]bool     // lines that may have been on the screen when this run began
}

func (g *guest) start() {
	if g.alive {
		return
	}
	if g.starts > 0 && g.w.chance(.4) {
		g.w.net.move(&g.party)
	}
	g.begin()
	g.known[wire.ServerKey] = true
	g.starts++
	g.present, g.leaving = false, false
	g.w.tracef("%s: STARTS at %v", g.name, g.addr)
	loaded, _ := g.profile.Load()
	g.w.ledger.restarted(g, loaded.Outbox)
	clear(g.unsure)
	for _, l := range loaded.Unshown {
		g.unsure[l.Order] = true
	}
	mode := wire.Present
	if g.w.hides.Float64() < g.w.mix.Hidden {
		mode = wire.Hidden
	}
	g.step(func(now time.Time) {
		cfg := peer.Config{Name: g.name, Mode: mode, Server: link.Path{Remote: g.w.host.addr}, ServerKey: g.w.identity, Seed: g.w.rand.Uint64(),
			Wall: g.wall, Broken: g.w.opt.Peer}
		var err error
		if g.core, err = peer.NewCore(now, cfg, g.keys, loaded); err != nil {
			g.w.fail("%s cannot start: %v", g.name, err)
		}
		g.core.Register(now)
	})
}

func (g *guest) handle(now time.Time, p link.Path, from wire.Key, m wire.Message) {
	g.core.Handle(now, p, from, m)
}

func (g *guest) tick(now time.Time)      { g.core.Tick(now) }
func (g *guest) next() (time.Time, bool) { return g.core.Next() }

func (g *guest) carryOut() {
	fx := g.core.Take()
	for _, c := range fx.Commits {
		g.disk.submit(write{peer: c})
	}
	for _, t := range fx.Trusts {
		g.known[t.Key] = true
	}
	for _, s := range fx.Sends {
		g.send(s.Path, s.To, s.Msg)
	}
	g.flush()
	if len(fx.Notices) > 0 {
		notices := append([]peer.Notice(nil), fx.Notices...)
		g.looks = max(g.looks, g.w.at+g.w.upTo(time.Millisecond)) // in their order
		g.after(g.looks-g.w.at, func() { g.look(notices) })
	}
}

func (g *guest) apply(x *write) {
	c := x.peer.Change
	if g.w.tracing() {
		g.w.tracef("%s: durable %T%+v", g.name, c, short(c))
	}
	g.profile.Apply(c)
	if g.w.mix.Backs > 0 || g.w.mix.Forgets > 0 {
		g.past = append(g.past, copied(c))
	}
	g.w.ledger.profileWrote(g, c)
}

func (g *guest) done(now time.Time, x *write) { x.peer.Done(now) }

// killed brings it back after a while.
func (g *guest) killed() {
	g.w.after(g.w.pause(30*time.Second), g.start)
}

// exit ends the program cleanly.
func (g *guest) exit() {
	g.w.tracef("%s: EXITS", g.name)
	g.disk.flush()
	g.alive = false
	g.run++
	g.w.after(g.w.pause(30*time.Second), g.start)
}

// command types something.
func (g *guest) command(f func(now time.Time)) {
	if g.alive && g.frozen <= g.w.at {
		g.step(f)
	}
}

func (g *guest) leave() {
	g.command(func(now time.Time) {
		g.w.tracef("%s: types dereg", g.name)
		g.core.Deregister(now, g.name)
	})
}

func (g *guest) quit() {
	g.command(func(now time.Time) {
		g.w.tracef("%s: types quit", g.name)
		g.leaving = true
		g.core.Quit(now)
	})
}

// back registers again, by the program that runs or a new one.
func (g *guest) back() {
	if !g.alive {
		g.start()
		return
	}
	g.command(func(now time.Time) {
		g.w.tracef("%s: types reg", g.name)
		g.core.Register(now)
	})
}

// look is the front end: it prints, and tells what it printed.
func (g *guest) look(notices []peer.Notice) {
	for _, n := range notices {
		if !g.alive {
			return
		}
		if g.w.tracing() {
			if _, table := n.(peer.Table); !table {
				g.w.tracef("%s: notice %T%+v", g.name, n, short(n))
			}
		}
		if g.w.watch != nil {
			g.w.watch(g, n)
		}
		switch n := n.(type) {
		case peer.Arrived:
			g.reads(n)
		case peer.Delivered:
			g.w.ledger.told(g, n.To)
		case peer.UnknownPeer:
			g.w.ledger.unknown(g, n)
		case peer.Welcome:
			g.present = true
		case peer.Left:
			g.present = false
			if !g.leaving {
				g.after(g.w.pause(30*time.Second), g.back)
			}
		case peer.ServerSilent, peer.Quit:
			g.exit()
		case peer.Refused:
			g.w.fail("%s is refused: %v", g.name, n.Why)
		case peer.Failed:
			if n.Why != wire.TooLong || g.w.mix.Limit == 0 {
				g.w.fail("failed: %s is told %+v", g.name, n)
			}
			g.w.ledger.givenUp(g, n.Line)
			g.w.report.Refused++
		case peer.NotRegistered:
			g.w.ledger.notTaken(n.Ref)
		case peer.TooLong:
			g.w.ledger.notTaken(n.Ref)
			if g.w.mix.Limit == 0 || n.Bytes <= g.w.mix.Limit {
				g.w.fail("refused: %s is told %+v", g.name, n)
			}
		case peer.PostsGone:
			g.toldGone = g.w.at
		case peer.Distrust:
			// It is true that posts are missing where the server lost some, and of those that a state had which is gone.
			if !n.Post || n.Why != peer.Missing || !g.copied && !g.w.ledger.lostPosts(g, n.From) {
				g.w.fail("%s: %T%+v", g.name, n, n)
			}
		case peer.BadText, peer.NotYours, peer.KeyChanged, peer.Blocked:
			g.w.fail("%s: %T%+v", g.name, n, n)
		}
	}
}

// reads is a line on the screen, and a moment later the note of it, if the guest lives so long.
func (g *guest) reads(n peer.Arrived) {
	g.w.ledger.arrived(g, n)
	if g.w.edge() {
		g.kill("between the screen and its note of it")
		return
	}
	g.tells = max(g.tells, g.w.at+g.w.upTo(2*time.Millisecond))
	g.after(g.tells-g.w.at, func() {
		g.step(func(time.Time) { g.core.Shown([]uint64{n.Line}) })
	})
}

// furnish gives a guest its profile and its keys. Their identity is the same one whether they are real or not.
func (g *guest) furnish() {
	w := g.w
	g.seed, g.born = [32]byte(secret(w.rand.Uint64)), w.rand.Uint64()|1
	g.profile = memory.NewProfile(g.seed, g.born)
	g.key = peer.PublicKey(g.seed)
	g.keys = &keys{key: g.key, draw: w.rand.Uint64}
	if w.opt.RealKeys {
		g.keys = drawn{peer.NewKeys(g.seed), w.rand.Uint64}
	}
}

var _ store.Profile = (*memory.Profile)(nil)
