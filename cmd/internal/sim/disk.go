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
	failed := !w.healed && w.chance(w.mix.Sync)
	if failed && !w.opt.RetrySync {
		if w.chance(.5) { // the outcome is unknown
			d.apply()
		}
		d.p.kill("since its disk fails")
		return
	}
	if !failed { // else the pages are gone, and the next fsync knows nothing of them
		d.apply()
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

func (d *disk) apply() {
	for _, x := range d.group {
		x.apply()
	}
}

// flush makes everything durable, as a clean end does.
func (d *disk) flush() {
	if d.busy && !d.landed {
		d.apply()
	}
	for _, x := range d.waiting {
		x.apply()
	}
	d.waiting = d.waiting[:0]
}
