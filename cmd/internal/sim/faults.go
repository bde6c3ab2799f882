package sim

import (
	"time"

	"udpchat/wire"
)

// disturb plans the faults and what is typed meanwhile.
func (w *World) disturb() {
	m := w.mix
	w.plan(m.Cuts, w.cut)
	w.plan(m.Vanishes, w.vanish)
	w.plan(m.Crashes, func() { w.host.kill("at some time") })
	w.plan(m.Stops, func() { w.host.stop() })
	w.plan(m.Losses, func() { w.host.lose() })
	w.plan(m.Returns, func() { w.host.restore() })
	w.plan(m.Backs, func() { w.anyone().restore() })
	w.plan(m.Forgets, func() { w.anyone().forget() })
	w.plan(m.Jumps, func() {
		p := &w.host.party
		if w.chance(.7) {
			p = &w.anyone().party
		}
		p.jump()
	})
	w.plan(m.Kills, func() { w.anyone().kill("at some time") })
	w.plan(m.Leaves, func() { w.anyone().leave() })
	w.plan(m.Quits, func() { w.anyone().quit() })
	w.plan(m.Rebinds, func() {
		g := w.anyone()
		w.net.move(&g.party)
		w.tracef("world: %s MOVES to %v", g.name, g.addr)
	})
	w.plan(m.Freezes, w.freeze)
	if m.Pour > 0 {
		w.after(w.upTo(m.Length/2), func() { g := w.anyone(); w.pour(g, 1+g.index%m.Guests, m.Pour) })
	}
	for n := 0; n < m.Texts; {
		burst := 1 + w.rand.IntN(m.Burst)
		n += burst
		at := w.upTo(m.Length)
		w.after(at, func() { w.burst(w.anyone(), burst) })
	}
}

// cut parts two parties from each other for a while.
func (w *World) cut() {
	a, b := w.rand.IntN(w.mix.Guests+1), w.rand.IntN(w.mix.Guests+1)
	if w.chance(.4) {
		a = 0
	}
	if a != b {
		until := w.at + w.upTo(30*time.Second)
		both := w.chance(.5)
		w.tracef("world: CUT %d to %d until %v, both: %t", a, b, until, both)
		w.net.part(a, b, until, both)
	}
}

// vanish parts someone from everybody for longer than a lease.
func (w *World) vanish() {
	g := w.anyone()
	until := w.at + 90*time.Second + w.upTo(90*time.Second)
	w.tracef("world: %s VANISHES until %v", g.name, until)
	for i := range w.net.cut {
		if i != g.index {
			w.net.part(i, g.index, until, true)
		}
	}
}

// freeze stops a program for a while, as SIGSTOP does.
func (w *World) freeze() {
	p := &w.host.party
	if w.chance(.8) {
		p = &w.anyone().party
	}
	if !p.alive || p.frozen > 0 {
		return
	}
	if w.chance(.2) {
		p.freeze(2 * time.Minute)
	} else {
		p.freeze(w.upTo(20 * time.Second))
	}
}

func (w *World) plan(n int, do func()) {
	for range n {
		w.after(w.upTo(w.mix.Length), func() {
			if !w.healed {
				do()
			}
		})
	}
}

func (w *World) anyone() *guest { return w.guests[w.rand.IntN(len(w.guests))] }

// burst types some texts in a row, most of them to the same recipient.
func (w *World) burst(g *guest, n int) {
	to := w.recipient(g)
	for i := range n {
		if i > 0 && w.chance(.2) {
			to = w.recipient(g)
		}
		w.after(time.Duration(i)*w.upTo(300*time.Millisecond), func() { w.typeText(g, to) })
	}
}

// jinxed tells whether a message is dropped by whom it reaches, as what a server has no room for (protocol.md §10.8).
func (w *World) jinxed(m wire.Message) bool {
	if w.healed || w.mix.Jinx == 0 {
		return false
	}
	switch m := m.(type) {
	case *wire.Deposit:
		return m.Text.Seq == w.mix.Jinx
	case *wire.Direct:
		return m.Text.Seq == w.mix.Jinx
	}
	return false
}

// pour types many texts, as a script does.
func (w *World) pour(g *guest, to, n int) {
	for i := range n {
		w.after(time.Duration(i)*time.Millisecond, func() { w.typeText(g, to) })
	}
}

// recipient picks a guest's index, or 0 for the channel.
func (w *World) recipient(g *guest) int {
	switch {
	case w.chance(w.mix.Channel):
		return 0
	case w.chance(w.mix.Self):
		return g.index
	}
	to := w.anyone()
	if to == g {
		return 1 + g.index%w.mix.Guests
	}
	return to.index
}

func (w *World) typeText(g *guest, to int) {
	size := tagSize + w.rand.IntN(60)
	if w.chance(w.mix.Long) {
		size = 900 + w.rand.IntN(longest-900)
	}
	if to == 0 && w.mix.Limit > 0 {
		size = min(size, w.mix.Limit)
	}
	g.command(func(now time.Time) {
		m := w.ledger.write(g.index, to, size)
		w.tracef("%s: types %v of %d bytes", g.name, m, size)
		if to == 0 {
			g.core.SendAllAs(now, uint64(m.number), m.text)
		} else {
			g.core.SendAs(now, uint64(m.number), w.guests[to-1].name, m.text)
		}
	})
}

// typeOn types some more in the healed world, one text after the other, some of them at once and most when all are back.
func (w *World) typeOn() {
	for range 3 * w.mix.Guests {
		w.typing++
		w.after(w.upTo(60*time.Second), func() {
			w.typing--
			g := w.anyone()
			w.typeText(g, w.recipient(g))
		})
	}
}
