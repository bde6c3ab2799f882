package sim

import (
	"net/netip"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// party is what a program of either role is to the world. Everything that it waits for belongs to one run of it.
type party struct {
	w      *World
	index  int // 0 is the server
	name   string
	key    wire.Key
	addr   netip.AddrPort
	run    int
	alive  bool
	skew   time.Duration // of its clock on the wall
	wrong  time.Duration // what that was when it was wrong
	frozen time.Duration // nothing reaches it until then
	packer packer
	known  map[wire.Key]bool // with whom it can speak in this run: trusted, or they wrote first
	dec    wire.Decoder
	disk   disk
	role   role
	wake   time.Duration // when Tick is called next, at the latest; 0: never
	ring   func()        // alarm
	spins  int
	missed []event // what is to happen when it thaws
}

// role is what the server and a client do differently.
type role interface {
	handle(now time.Time, p link.Path, from wire.Key, m wire.Message)
	tick(now time.Time)
	next() (time.Time, bool)
	carryOut()
	apply(x *write)
	done(now time.Time, x *write)
	killed()
}

// furnish makes what every run of it uses.
func (p *party) furnish(r role) {
	p.role, p.known, p.ring = r, map[wire.Key]bool{}, p.alarm
	p.disk.furnish(p)
}

func (p *party) begin() {
	p.run++
	p.alive, p.frozen, p.wake, p.spins, p.missed = true, 0, 0, 0, nil
	p.packer.me, p.packer.packed = p.key, p.packer.packed[:0]
	clear(p.known)
	p.disk.begin()
}

// after does something later in the same run. A frozen program does it when it thaws.
func (p *party) after(d time.Duration, do func()) {
	p.w.queue.put(event{at: p.w.at + d, to: p, run: p.run, do: do})
}

// freeze stops the program for a while; what it waits for happens meanwhile, but it does not notice.
func (p *party) freeze(d time.Duration) {
	p.frozen = p.w.at + d
	p.w.tracef("world: %s FREEZES until %v", p.name, p.frozen)
	p.w.after(d, func() {
		if p.frozen <= p.w.at {
			p.thaw()
		}
	})
}

func (p *party) thaw() {
	p.frozen = 0
	missed := p.missed
	p.missed = nil
	for _, e := range missed {
		e.happen()
	}
}

// step is one turn of the program's loop.
func (p *party) step(f func(now time.Time)) {
	now := p.w.now()
	f(now)
	if !p.alive {
		return
	}
	p.role.tick(now)
	p.role.carryOut()
	if p.alive {
		p.arm()
	}
}

// maxSpins is how often a program may wake in vain without the time going on.
const maxSpins = 20

// arm sets the alarm.
func (p *party) arm() {
	next, ok := p.role.next()
	if !ok {
		p.wake = 0
		return
	}
	at := max(next.Sub(epoch), p.w.at)
	if at == p.w.at {
		if p.spins++; p.spins > maxSpins {
			p.w.fail("spins: %s is to be woken at a time that does not come", p.name)
			p.alive = false
			return
		}
	} else {
		p.spins = 0
	}
	if p.wake != 0 && p.wake <= at {
		return // the earlier alarm sets the next one
	}
	p.wake = at
	p.after(at-p.w.at, p.ring)
}

// alarm wakes the program, unless an earlier alarm did.
func (p *party) alarm() {
	if p.wake != 0 && p.wake <= p.w.at {
		p.wake = 0
		p.step(func(time.Time) {})
	}
}

// receive reads one datagram.
func (p *party) receive(path link.Path, data []byte) {
	p.step(func(now time.Time) {
		from, to, body, err := open(data)
		if err == nil && to == p.key {
			p.known[from] = true
			err = p.dec.Decode(body, func(m wire.Message) error {
				p.w.traceMessage(p, from, m)
				if !p.w.jinxed(m) {
					p.role.handle(now, path, from, m)
				}
				return nil
			})
		}
		if err != nil {
			p.w.fail("%s cannot read what was sent: %v", p.name, err)
		}
	})
}

// send packs messages; flush sends them.
func (p *party) send(path link.Path, to wire.Key, m wire.Message) {
	if !p.known[to] {
		p.w.fail("no session: %s sends %v to %s, whose keys it was not told", p.name, m.Kind(), p.w.called(to))
	}
	if err := p.packer.add(path, to, m); err != nil {
		p.w.fail("%s: %v: %+v", p.name, err, m)
	}
}

func (p *party) flush() { p.packer.flush(p) }

// kill ends the program as kill -9 does.
func (p *party) kill(where string) {
	if !p.alive {
		return
	}
	p.w.tracef("%s: KILLED %s", p.name, where)
	p.w.report.Crashes++
	p.alive = false
	p.run++
	p.role.killed()
}
