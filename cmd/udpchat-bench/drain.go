package main

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"udpchat/peer"
)

// drain measures the return of a client to what waits for it: from its registration until the server has deleted the last
// message, durably, which that message's sender is told.
func (b *bench) drain() error {
	if err := b.fresh(); err != nil {
		return err
	}
	server, err := b.serve()
	if err != nil {
		return err
	}
	defer server.stop()
	oneThread()
	var got atomic.Int64
	away, err := b.goAway(server.target, func(_ *user, n peer.Notice) {
		if _, ok := n.(peer.Arrived); ok {
			got.Add(1)
		}
	})
	if err != nil {
		return err
	}
	defer func() { _ = away.leave() }() // the work is done
	total := b.n(100000)
	filled, err := b.deposit(server.target, total-1)
	if err != nil {
		return err
	}
	last, told, err := b.depositLast(server.target)
	if err != nil {
		return err
	}
	defer func() { _ = last.leave() }() // the work is done
	cpu, begin := cpuSeconds(server.pid()), time.Now()
	away.Register()
	if err := b.await(told, 10*patience, func() string { return fmt.Sprintf("%d of %d messages came", got.Load(), total) }); err != nil {
		return err
	}
	took := time.Since(begin)
	for deadline := time.Now().Add(patience); got.Load() < int64(total) && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	return b.report("drain", "history off at the client", map[string]float64{
		"stored": float64(total), "got": float64(got.Load()), "s": took.Seconds(), "msg_s": float64(total) / took.Seconds(),
		"fill_msg_s": float64(total) / filled.Seconds(), "srv_cpu_us_per_msg": (cpuSeconds(server.pid()) - cpu) * 1e6 / float64(total)})
}

// depositLast leaves the last message for the one who is away; its sender closes told when the other has it.
func (b *bench) depositLast(at target) (u *user, told chan struct{}, err error) {
	stored, told := make(chan struct{}), make(chan struct{})
	u, err = join(b.ctx, at, "", "last", func(_ *user, n peer.Notice) {
		switch n.(type) {
		case peer.Stored:
			close(stored)
		case peer.Delivered, peer.Exists:
			close(told)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	u.Send("away", text())
	if err = b.await(stored, patience, func() string { return "the last message is not stored" }); err != nil {
		return nil, nil, errors.Join(err, u.leave())
	}
	return u, told, nil
}

// deposit leaves messages for the one who is away, and says how long that took.
func (b *bench) deposit(at target, messages int) (time.Duration, error) {
	begin := time.Now()
	d, err := b.depositors(at, 8)
	if err != nil {
		return 0, err
	}
	err = d.run(b, 64, messages)
	d.leave()
	return time.Since(begin), err
}
