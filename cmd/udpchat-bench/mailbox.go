package main

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"udpchat/peer"
)

// mailbox measures texts for someone who is away: from Send to Stored, which the server says when they are on its disk.
func (b *bench) mailbox() error {
	for _, c := range []struct {
		name           string
		senders, each  int
		total, warming int
	}{
		{"1 senders", 1, 1, 4000, 100},
		{"64 senders", 64, 1, 60000, 1000},
		{"512 in flight", 64, 8, 200000, 1000},
	} {
		if err := b.deposits(c.name, c.senders, c.each, b.n(c.total), c.warming); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) deposits(name string, senders, each, total, warming int) error {
	if err := b.fresh(); err != nil {
		return err
	}
	server, err := b.serve()
	if err != nil {
		return err
	}
	defer server.stop()
	oneThread()
	away, err := b.goAway(server.target, nothing)
	if err != nil {
		return err
	}
	defer func() { _ = away.leave() }() // the work is done
	d, err := b.depositors(server.target, senders)
	if err != nil {
		return err
	}
	defer d.leave()
	if err := d.run(b, each, warming); err != nil {
		return err
	}
	cpu, begin := cpuSeconds(server.pid()), time.Now()
	if err := d.run(b, each, total); err != nil {
		return err
	}
	took := time.Since(begin)
	v := d.latencies().values()
	v["msg_s"] = float64(total) / took.Seconds()
	v["srv_cpu_us_per_msg"] = (cpuSeconds(server.pid()) - cpu) * 1e6 / float64(total)
	return b.report(name, "history off; acknowledged after fsync", v)
}

// goAway registers a client named away, which leaves at once.
func (b *bench) goAway(t target, heard func(u *user, n peer.Notice)) (*user, error) {
	left := make(chan struct{})
	u, err := join(b.ctx, t, "", "away", func(u *user, n peer.Notice) {
		if _, ok := n.(peer.Left); ok {
			close(left)
		}
		heard(u, n)
	})
	if err != nil {
		return nil, err
	}
	u.Deregister("away")
	if err := b.await(left, patience, func() string { return "no answer to the deregistration" }); err != nil {
		return nil, errors.Join(err, u.leave())
	}
	return u, nil
}

// depositors send to away.
type depositors struct {
	all  []*depositor
	left atomic.Int64 // messages that are not begun
	open atomic.Int64 // and not stored
	over chan struct{}
}

type depositor struct {
	*user
	group *depositors
	text  string
	sent  []time.Time
	took  latencies
	each  int
}

func (b *bench) depositors(t target, n int) (*depositors, error) {
	g := &depositors{over: make(chan struct{}, 1)}
	for i := range n {
		d := &depositor{group: g, text: text()}
		u, err := join(b.ctx, t, "", fmt.Sprintf("s%d", i), d.heard)
		if err != nil {
			g.leave()
			return nil, err
		}
		d.user = u
		g.all = append(g.all, d)
	}
	return g, nil
}

// run has total messages stored, each sender having so many in flight.
func (g *depositors) run(b *bench, each, total int) error {
	g.left.Store(int64(total))
	g.open.Store(int64(total))
	for _, d := range g.all {
		d.each = each
		d.Note("begin") // it is heard where the rest is counted
	}
	return b.await(g.over, 10*patience, func() string { return fmt.Sprintf("%d of %d messages are not stored", g.open.Load(), total) })
}

func (g *depositors) latencies() (l latencies) {
	for _, d := range g.all {
		l = append(l, d.took...)
	}
	return l
}

func (g *depositors) leave() {
	for _, d := range g.all {
		_ = d.leave() // the work is done
	}
}

func (d *depositor) heard(u *user, n peer.Notice) {
	switch n.(type) {
	case peer.Noted:
		d.took = d.took[:0]
		for range d.each {
			d.send(u)
		}
	case peer.Stored:
		d.took = append(d.took, time.Since(d.sent[0]))
		d.sent = append(d.sent[:0], d.sent[1:]...)
		if d.group.open.Add(-1) == 0 {
			d.group.over <- struct{}{}
		}
		d.send(u)
	}
}

func (d *depositor) send(u *user) {
	if d.group.left.Add(-1) < 0 {
		return
	}
	d.sent = append(d.sent, time.Now())
	u.Send("away", d.text)
}
