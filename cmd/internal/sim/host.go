package sim

import (
	"time"

	"udpchat/server"
	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// host is the server.
type host struct {
	party
	store *memory.Server
	born  uint64         // the ID that its store was made with
	past  []store.Change // all that became durable, when an older copy may come back
	core  *server.Core
}

func (h *host) start() {
	if h.alive {
		return
	}
	h.begin()
	h.w.tracef("server: STARTS")
	head, _ := h.store.Head()
	past, _ := h.store.Past()
	rows, _ := h.store.Clients(store.Key{}, 1000)
	h.step(func(time.Time) {
		cfg := server.Config{Quota: h.w.mix.Quota, Seed: h.w.rand.Uint64(), MaxMessage: h.limit(), Wall: h.wall, Broken: h.w.opt.Server, TableClients: h.w.mix.Crowd,
			ChannelSpare: h.w.mix.Spare, ChannelKeep: h.w.mix.Keep, ChannelBytes: h.w.mix.Room}
		h.core = server.NewCore(cfg, head, past, rows)
	})
}

func (h *host) handle(now time.Time, p link.Path, from wire.Key, m wire.Message) {
	h.core.Handle(now, p, from, m)
}

func (h *host) tick(now time.Time)      { h.core.Tick(now) }
func (h *host) next() (time.Time, bool) { return h.core.Next() }

func (h *host) carryOut() {
	fx := h.core.Take()
	for _, c := range fx.Commits {
		h.disk.submit(write{server: c})
	}
	for _, r := range fx.Reads {
		h.after(h.w.upTo(2*time.Millisecond), func() {
			if err := r.Do(h.store); err != nil {
				h.w.fail("server cannot read: %v", err)
			}
			h.after(h.w.upTo(100*time.Microsecond), func() { h.step(r.Done) })
		})
	}
	for _, t := range fx.Trusts {
		h.known[t.Key] = true
	}
	for _, s := range fx.Sends {
		h.send(s.Path, s.To, s.Msg)
	}
	h.flush()
}

func (h *host) apply(x *write) {
	c := x.server.Change
	if h.w.tracing() {
		h.w.tracef("server: durable %T%+v", c, short(c))
	}
	x.result = h.store.Apply(c)
	if h.w.mix.Returns > 0 {
		h.past = append(h.past, c)
	}
	h.w.ledger.serverWrote(c, x.result)
	h.w.ledger.trimmed(h.store.Gone())
}

func (h *host) done(now time.Time, x *write) { x.server.Done(now, x.result) }

// killed brings it back after a while.
func (h *host) killed() {
	h.w.after(h.w.pause(20*time.Second), h.start)
}

// stop ends it cleanly.
func (h *host) stop() {
	if !h.alive {
		return
	}
	h.w.tracef("server: STOPS")
	h.core.Stop(h.w.now())
	h.carryOut()
	h.disk.flush()
	h.alive = false
	h.run++
	h.killed()
}

// lose takes the whole disk away.
func (h *host) lose() {
	h.kill("and its disk is lost")
	h.w.tracef("server: DISK LOST")
	h.born, h.past = h.w.rand.Uint64()|1, nil
	h.store = h.w.blank(h.born)
	h.w.ledger.lost()
}

// limit is the longest text that it takes from now on: whoever runs it may change their mind.
func (h *host) limit() int {
	if h.w.mix.Limit == 0 || !h.w.healed && h.w.chance(.5) {
		return 0
	}
	return h.w.mix.Limit
}
