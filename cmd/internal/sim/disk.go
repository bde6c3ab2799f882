package sim

import (
	"time"

	"udpchat/peer"
	"udpchat/server"
	"udpchat/store"
)

// disk makes changes durable, in groups, in order, some time after they were submitted. What is not durable yet goes with
// a crash, and so do the answers.
type disk struct {
	p       *party
	waiting []write
	group   []write
	busy    bool
	landed  bool // the group is durable

	land, answer func() // made once
}

// write is a change, of a client or of the server, and what it came to.
type write struct {
	peer   peer.Commit
	server server.Commit
	result store.Result
}

func (d *disk) furnish(p *party) {
	d.p, d.land, d.answer = p, d.becomeDurable, func() { p.step(d.tell) }
}

// begin is for a new run.
func (d *disk) begin() {
	clear(d.waiting)
	clear(d.group)
	d.waiting, d.group, d.busy = d.waiting[:0], d.group[:0], false
}

func (d *disk) submit(x write) {
	d.waiting = append(d.waiting, x)
	if !d.busy {
		d.work()
	}
}

func (d *disk) work() {
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

// becomeDurable makes the group durable. The answers follow.
func (d *disk) becomeDurable() {
	w := d.p.w
	failed := !w.healed && w.chance(w.mix.Sync)
	if failed && !w.opt.RetrySync {
		if w.chance(.5) { // the outcome is unknown
			d.apply(d.group)
		}
		d.p.kill("since its disk fails")
		return
	}
	if !failed { // else the pages are gone, and the next fsync knows nothing of them
		d.apply(d.group)
	}
	d.landed = true
	if w.edge() {
		d.p.kill("after its commit is durable, before it knows")
		return
	}
	d.p.after(w.upTo(200*time.Microsecond), d.answer)
}

// tell answers the group.
func (d *disk) tell(now time.Time) {
	for i := range d.group {
		d.p.role.done(now, &d.group[i])
	}
	if d.p.w.edge() {
		d.p.kill("after its commit, before it says so")
		return
	}
	d.busy = false
	if len(d.waiting) > 0 {
		d.work()
	}
}

func (d *disk) apply(all []write) {
	for i := range all {
		d.p.role.apply(&all[i])
	}
}

// flush makes everything durable, as a clean end does.
func (d *disk) flush() {
	if d.busy && !d.landed {
		d.apply(d.group)
	}
	d.apply(d.waiting)
	d.waiting = d.waiting[:0]
}
