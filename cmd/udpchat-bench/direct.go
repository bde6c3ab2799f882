package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"udpchat/peer"
)

func (b *bench) oneInFlight() error { return b.pairs("1 in flight", 1, 1, b.n(20000), false) }

func (b *bench) oneInFlightDurable() error {
	return b.pairs("1 in flight, history", 1, 1, b.n(3000), true)
}

func (b *bench) manyInFlight() error {
	if err := b.pairs("1 pair x 64", 1, 64, b.n(200000), false); err != nil {
		return err
	}
	return b.pairs("8 pairs x 64", 8, 64, b.n(50000), false)
}

func (b *bench) manyInFlightDurable() error {
	return b.pairs("1 pair x 64, history", 1, 64, b.n(100000), true)
}

// pairs measures n senders in this process and their recipients in another one, each sender with so many of total messages in
// flight: from Send to Delivered, which is what the acknowledgement brings.
func (b *bench) pairs(name string, n, window, total int, history bool) error {
	if err := b.fresh(); err != nil {
		return err
	}
	server, err := b.serve()
	if err != nil {
		return err
	}
	defer server.stop()
	folder := ""
	if history {
		folder = b.folder
	}
	others, err := b.receivers(server.target, n, false, folder)
	if err != nil {
		return err
	}
	oneThread()
	var all []*pair
	for i := range n {
		p := newPair(fmt.Sprintf("r%d", i), window, total)
		u, err := join(b.ctx, server.target, folder, fmt.Sprintf("s%d", i), p.heard)
		if err != nil {
			return err
		}
		defer func() { _ = u.leave() }() // the work is done
		p.user = u
		all = append(all, p)
	}
	if err := b.warmUp(all, others); err != nil {
		return err
	}
	cpu, begin := cpuSeconds(server.pid()), time.Now()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i, p := range all {
		wg.Go(func() { errs[i] = p.run(b, window, total) })
	}
	wg.Wait()
	took := time.Since(begin)
	if err := errors.Join(append(errs, others.stop())...); err != nil {
		return err
	}
	v := measured(all)
	v["msg_s"] = float64(n*total) / took.Seconds()
	v["srv_cpu_us_per_msg"] = (cpuSeconds(server.pid()) - cpu) * 1e6 / float64(n*total)
	return b.report(name, map[bool]string{false: "history off", true: "history on"}[history], v)
}

// warmUp sends what is not measured: handshakes, and how soon the server tells of who has just come.
func (b *bench) warmUp(all []*pair, others *child) error {
	for _, p := range all {
		if err := p.run(b, 1, warm); err != nil {
			return err
		}
	}
	if !others.shown(int64(len(all) * warm)) {
		return errors.New("the receivers ended")
	}
	return nil
}

// measured is what all pairs met together.
func measured(all []*pair) map[string]float64 {
	var l latencies
	fell := 0
	for _, p := range all {
		l, fell = append(l, p.took...), fell+p.fell
	}
	v := l.values()
	v["by_mailbox"] = float64(fell)
	return v
}

// warm is how many messages each pair sends before it is measured.
const warm = 10

// pair is a sender and its recipient. What it counts belongs to the goroutine that hears.
type pair struct {
	user  *user
	to    string
	text  string
	began chan work
	over  chan struct{}

	left, open int
	sent       []time.Time // of those on their way, oldest first: a lane delivers in order
	took       latencies
	fell       int // went by the mailbox
}

type work struct{ window, total int }

func newPair(to string, window, total int) *pair {
	return &pair{to: to, text: text(), began: make(chan work, 1), over: make(chan struct{}, 1), sent: make([]time.Time, 0, window), took: make(latencies, 0, total)}
}

// run sends total messages and waits for their acknowledgements.
func (p *pair) run(b *bench, window, total int) error {
	p.began <- work{window, total}
	p.user.Note("begin") // it is heard where the rest is counted
	return b.await(p.over, 10*patience, func() string { return fmt.Sprintf("not all messages to %s are acknowledged", p.to) })
}

func (p *pair) heard(u *user, n peer.Notice) {
	switch n.(type) {
	case peer.Noted:
		w := <-p.began
		p.left, p.open, p.took = w.total, w.total, p.took[:0]
		for range min(w.window, w.total) {
			p.send(u)
		}
	case peer.Delivered:
		p.took = append(p.took, time.Since(p.sent[0]))
		p.sent = append(p.sent[:0], p.sent[1:]...)
		if p.left--; p.left == 0 {
			p.over <- struct{}{}
		} else if p.open > 0 {
			p.send(u)
		}
	case peer.NoAck:
		p.fell++
	}
}

func (p *pair) send(u *user) {
	p.open--
	p.sent = append(p.sent, time.Now())
	u.Send(p.to, p.text)
}
