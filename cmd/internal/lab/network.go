package lab

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"time"

	"udpchat/wire/link"
)

// lane is the source of chance of one way. What happens to a datagram depends on the seed, on who sends it to whom, and on how many
// went that way before: nothing else.
func (w *world) lane(from, to int) *rand.Rand {
	id := [2]int{from, to}
	r := w.lanes[id]
	if r == nil {
		r = rand.New(rand.NewPCG(w.cfg.Seed, uint64(from+1)<<8|uint64(to+1)))
		w.lanes[id] = r
	}
	return r
}

// write sends a datagram. What is in it the sessions tell afterwards (traced).
func (p *party) write(b []byte, path link.Path) error {
	w := p.w
	to := w.places[path.Remote]
	r := w.lane(p.index, to.index)
	// All is drawn, whether needed or not, so that another probability leaves the other fates as they were.
	lost, twice, late, later := r.Float64() < w.cfg.Drop, r.Float64() < w.cfg.Dup, r.Float64(), r.Float64()
	a := Arrow{From: p.index, To: to.index, Sent: w.at - w.zero, Bytes: bytes.Clone(b)}
	a.Copies = append(a.Copies, w.copy(late))
	if twice && !lost {
		a.Copies = append(a.Copies, w.copy(later))
	}
	switch {
	case p.unplugged:
		a.Copies = a.Copies[:1]
		a.Copies[0].Lost, a.Copies[0].Why = true, p.name+" is unplugged"
	case lost:
		a.Copies[0].Lost, a.Copies[0].Why = true, "lost"
	}
	n := len(w.story.Arrows)
	w.story.Arrows = append(w.story.Arrows, a)
	p.writing = n
	for i := range a.Copies {
		w.carry(p, to, n, i, bytes.Clone(b))
	}
	return nil
}

// copy draws when a datagram arrives.
func (w *world) copy(late float64) Copy {
	return Copy{At: w.at - w.zero + w.cfg.Delay + time.Duration(late*float64(w.cfg.Jitter))}
}

// carry brings one copy of an arrow to its end.
func (w *world) carry(from, to *party, arrow, i int, b []byte) {
	w.flying++
	began, fate := w.started, w.story.Arrows[arrow].Copies[i]
	w.after(fate.At+w.zero-w.at, func() {
		w.flying--
		if began != w.started && !w.cfg.All { // it left before what is told begins
			if !fate.Lost {
				_ = to.receive(from.addr, b)
			}
			return
		}
		c := &w.story.Arrows[arrow].Copies[i]
		if !c.Lost && to.unplugged {
			c.Lost, c.Why = true, to.name+" is unplugged"
		}
		w.note(Event{What: Arrives, Party: to.index, Arrow: arrow, Copy: i})
		if c.Lost {
			return
		}
		if err := to.receive(from.addr, b); err != nil {
			w.story.Arrows[arrow].Copies[i].Why = reason(err)
		}
	})
}

// reason says in a word why a datagram was dropped.
func reason(err error) string {
	switch {
	case errors.Is(err, link.ErrReplay):
		return "seen before"
	case errors.Is(err, link.ErrUnknown):
		return "not awaited"
	}
	return "dropped: " + err.Error()
}
