package main

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// ahead is how many posts a sender may be ahead of its receivers.
const ahead = 64

// channel measures one sender and r receivers: real clients, which check each post's signature, keep it and acknowledge it.
func (b *bench) channel() error {
	for _, c := range []struct{ r, posts int }{{10, 5000}, {100, 1000}, {1000, 100}} {
		if err := b.fanOut(c.r, b.n(c.posts)); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) fanOut(r, posts int) error {
	if err := b.fresh(); err != nil {
		return err
	}
	server, err := b.serve("-table-clients", "1")
	if err != nil {
		return err
	}
	defer server.stop()
	others, err := b.receivers(server.target, r, true, "")
	if err != nil {
		return err
	}
	oneThread()
	var got atomic.Int64
	go others.count(&got) // it ends with the receivers
	sender, err := join(b.ctx, server.target, "", "sender", nothing)
	if err != nil {
		return errors.Join(err, others.stop())
	}
	defer func() { _ = sender.leave() }() // the work is done
	cpu, begin := cpuSeconds(server.pid()), time.Now()
	last, moved := int64(0), begin
	wait := func(missing int64, sent int) bool {
		for got.Load() < int64(sent*r)-missing && b.ctx.Err() == nil {
			if now := got.Load(); now != last {
				last, moved = now, time.Now()
			} else if time.Since(moved) > patience {
				return false
			}
			time.Sleep(100 * time.Microsecond)
		}
		return true
	}
	for i := range posts {
		if !wait(int64(ahead*r), i) {
			break
		}
		sender.SendAll(text())
	}
	wait(0, posts)
	took := time.Since(begin)
	cpu = cpuSeconds(server.pid()) - cpu
	v := map[string]float64{"deliv_s": float64(got.Load()) / took.Seconds(), "srv_cpu_s_per_M": cpu * 1e6 / float64(max(got.Load(), 1)),
		"lost": float64(int64(posts*r) - got.Load())}
	if err := b.report(fmt.Sprintf("R=%d", r), "every receiver checks every signature", v); err != nil {
		return err
	}
	return others.stop()
}
