package main

import (
	"cmp"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"udpchat/peer"
	"udpchat/wire/link"
)

// stormWidth is how many registrations are in progress at once.
const stormWidth = 128

// storm measures registrations, what an idle client costs the server, and what one more costs the others.
func (b *bench) storm() error {
	if err := b.register(b.n(1000), "each gets the table of all"); err != nil {
		return err
	}
	if err := b.register(b.n(10000), "-table-clients 100", "-table-clients", "100"); err != nil {
		return err
	}
	return b.joins(b.n(1000))
}

// register has n clients, who have their keys, come at once.
func (b *bench) register(n int, note string, flags ...string) error {
	if err := b.fresh(); err != nil {
		return err
	}
	server, err := b.serve(flags...)
	if err != nil {
		return err
	}
	defer server.stop()
	users, err := b.gather(server.target, n, nil, nothing)
	defer disperse(users)
	if err != nil {
		return err
	}
	before, cpu, own, begin := memoryOf(server.pid()), cpuSeconds(server.pid()), cpuSeconds(os.Getpid()), time.Now()
	if err := b.enter(users); err != nil {
		return err
	}
	took := time.Since(begin)
	cpu, own = cpuSeconds(server.pid())-cpu, cpuSeconds(os.Getpid())-own
	time.Sleep(2 * time.Second) // until nothing is on its way
	return b.report(fmt.Sprintf("storm %d", n), "full handshakes; both ends on this machine; "+note, map[string]float64{
		"logins_s": float64(n) / took.Seconds(), "s": took.Seconds(), "srv_cpu_us_per_login": cpu * 1e6 / float64(n), "cpu_us_per_login": own * 1e6 / float64(n),
		"rss_kb_per_client": (memoryOf(server.pid()) - before) / 1024 / float64(n), "rss_mb": memoryOf(server.pid()) / (1 << 20)})
}

// crowd registers n clients, u0 and so on, many at once. bytes counts what they get, if there is one.
func (b *bench) crowd(t target, n int, bytes *atomic.Int64, heard func(u *user, n peer.Notice)) ([]*user, error) {
	users, err := b.gather(t, n, bytes, heard)
	if err == nil {
		err = b.enter(users)
	}
	return users, err
}

// gather makes the clients of a crowd.
func (b *bench) gather(t target, n int, bytes *atomic.Int64, heard func(u *user, n peer.Notice)) ([]*user, error) {
	users := make([]*user, n)
	return users, each(n, func(i int) error {
		socket, err := link.Listen(addressOf(i), 0)
		if err == nil {
			users[i], err = prepare(b.ctx, counted(socket, bytes), t, "", fmt.Sprintf("u%d", i), heard)
		}
		return err
	})
}

// enter registers them.
func (b *bench) enter(users []*user) error {
	return each(len(users), func(i int) error { return users[i].enter(b.ctx) })
}

// each calls f with the numbers below n, many at once, and gives the first error.
func each(n int, f func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, stormWidth) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = f(i)
			}
		})
	}
	wg.Wait()
	return cmp.Or(errs...)
}

// addressOf gives every client a loopback address of its own: a server lets one network in no more often than 20 times a second when
// many come (protocol.md §13.3), and these stand for clients of many networks.
func addressOf(i int) string {
	return fmt.Sprintf("127.%d.%d.%d", 1+i/62500, i/250%250, i%250+1)
}

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
