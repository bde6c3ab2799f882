package main

import (
	"cmp"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"udpchat/peer"
	"udpchat/wire/link"
)

// stormWidth is how many registrations are in progress at once.
const stormWidth = 128

// crowd is from how many clients on each sees only those that it has to do with: a table of 10,000 rows for each of 10,000 clients is not
// what is measured here.
const crowd = "1000"

// storm measures registrations, what an idle client costs the server, and what one more costs the others.
func (b *bench) storm() error {
	for _, n := range []int{1000, 10000} {
		if err := b.register(b.n(n)); err != nil {
			return err
		}
	}
	return b.joins(b.n(1000))
}

func (b *bench) register(n int) error {
	if err := b.fresh(); err != nil {
		return err
	}
	server, err := b.serve("-table-clients", crowd)
	if err != nil {
		return err
	}
	defer server.stop()
	before, cpu, begin := memoryOf(server.pid()), cpuSeconds(server.pid()), time.Now()
	users, err := b.crowd(server.target, n, nil, nothing)
	defer disperse(users)
	if err != nil {
		return err
	}
	took := time.Since(begin)
	cpu = cpuSeconds(server.pid()) - cpu
	time.Sleep(2 * time.Second) // until nothing is on its way
	return b.report(fmt.Sprintf("storm %d", n), "full handshakes; both ends on this machine", map[string]float64{
		"logins_s": float64(n) / took.Seconds(), "s": took.Seconds(), "srv_cpu_us_per_login": cpu * 1e6 / float64(n),
		"rss_kb_per_client": (memoryOf(server.pid()) - before) / 1024 / float64(n), "rss_mb": memoryOf(server.pid()) / (1 << 20)})
}

// crowd registers n clients, u0 and so on, many at once. bytes counts what they get, if there is one.
func (b *bench) crowd(t target, n int, bytes *atomic.Int64, heard func(u *user, n peer.Notice)) ([]*user, error) {
	users, errs := make([]*user, n), make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, stormWidth) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				socket, err := link.Listen(addressOf(i), 0)
				if err != nil {
					errs[i] = err
					return
				}
				users[i], errs[i] = joinOn(b.ctx, counted(socket, bytes), t, "", fmt.Sprintf("u%d", i), heard)
			}
		})
	}
	wg.Wait()
	return users, cmp.Or(errs...)
}

// addressOf gives every client a loopback address of its own: a server lets one network in no more often than 20 times a second when
// many come (protocol.md §13.3), and these stand for clients of many networks.
func addressOf(i int) string { return fmt.Sprintf("127.1.%d.%d", i/250, i%250+1) }

func disperse(users []*user) {
	var wg sync.WaitGroup
	for _, u := range users {
		if u != nil {
			wg.Go(func() { _ = u.leave() }) // the work is done
		}
	}
	wg.Wait()
}

// joins measures the bytes that n clients get when another one joins.
func (b *bench) joins(n int) error {
	if err := b.fresh(); err != nil {
		return err
	}
	server, err := b.serve()
	if err != nil {
		return err
	}
	defer server.stop()
	var bytes atomic.Int64
	users, err := b.crowd(server.target, n, &bytes, nothing)
	defer disperse(users)
	if err != nil {
		return err
	}
	settle(&bytes)
	before := bytes.Load()
	const more = 10
	for i := range more {
		u, err := join(b.ctx, server.target, "", fmt.Sprintf("x%d", i), nothing)
		if err != nil {
			return err
		}
		defer func() { _ = u.leave() }() // the work is done
		settle(&bytes)
	}
	return b.report(fmt.Sprintf("join with %d", n), "bytes of datagrams that all others got together, sealed, with what else came meanwhile", map[string]float64{
		"bytes_to_others": float64(bytes.Load()-before) / more, "bytes_to_each": float64(bytes.Load()-before) / more / float64(n)})
}

// settle waits until nothing has come for 300 ms.
func settle(bytes *atomic.Int64) {
	last, since := int64(-1), time.Now()
	for time.Since(since) < 300*time.Millisecond {
		time.Sleep(10 * time.Millisecond)
		if now := bytes.Load(); now != last {
			last, since = now, time.Now()
		}
	}
}

// counter is a socket that counts the bytes that it reads.
type counter struct {
	link.Conn
	bytes *atomic.Int64
}

func counted(c link.Conn, bytes *atomic.Int64) link.Conn {
	if bytes == nil {
		return c
	}
	return counter{c, bytes}
}

func (c counter) Read(b []byte) (int, link.Path, error) {
	n, p, err := c.Conn.Read(b)
	c.bytes.Add(int64(n))
	return n, p, err
}
