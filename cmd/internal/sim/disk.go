package sim

import "time"

// disk makes changes durable, in groups, in order, some time after they were submitted. What is not durable yet goes with
// a crash, and so do the answers.
type disk struct {
	p       *party
	waiting []write
	group   []write
	busy    bool
	landed  bool // the group is durable
}

type write struct {
	apply func()
	done  func(now time.Time)
}

func (d *disk) submit(x write) {
	d.waiting = append(d.waiting, x)
	if d.p.w.opt.EarlyAck && d.p.index > 0 {
		d.p.after(0, func() { d.p.step(x.done) })
		x.done = func(time.Time) {}
		d.waiting[len(d.waiting)-1] = x
	}
	if !d.busy {
		d.begin()
	}
}

func (d *disk) begin() {
	w := d.p.w
	d.busy, d.landed = true, false
	d.group, d.waiting = append(d.group[:0], d.waiting...), d.waiting[:0]
	delay := 1 + w.upTo(w.mix.Disk)
	if !w.healed && w.chance(w.mix.Stall) {
		delay *= 100
	}
	if w.edge() {
		d.p.after(w.upTo(delay), func() { d.p.kill("before its commit is durable") })
	}
	d.p.after(delay, d.land)
}

// land makes the group durable. The answers follow.
func (d *disk) land() {
	w := d.p.w
	for _, x := range d.group {
		x.apply()
	}
	d.landed = true
	if w.edge() {
		d.p.kill("after its commit is durable, before it knows")
		return
	}
	d.p.after(w.upTo(200*time.Microsecond), func() {
		d.p.step(func(now time.Time) {
			for _, x := range d.group {
				x.done(now)
			}
			if w.edge() {
				d.p.kill("after its commit, before it says so")
				return
			}
			d.busy = false
			if len(d.waiting) > 0 {
				d.begin()
			}
		})
	})
}

// flush makes everything durable, as a clean end does.
func (d *disk) flush() {
	if d.busy && !d.landed {
		for _, x := range d.group {
			x.apply()
		}
	}
	for _, x := range d.waiting {
		x.apply()
	}
	d.waiting = d.waiting[:0]
}
