package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"
	"time"

	"udpchat/peer"
)

// scaled measures a server with many clients that are there at once: how fast they come, what they cost when they are idle, what one more
// costs the others, mail meanwhile, and how soon all are back when the server is killed.
func (b *bench) scaled() error {
	if err := b.fresh(); err != nil {
		return err
	}
	server, err := b.serve("-table-clients", crowd)
	if err != nil {
		return err
	}
	defer func() { server.stop() }()
	empty := memoryOf(server.pid())
	herds, err := b.herds(server.target, b.clients)
	defer herds.stop()
	if err != nil {
		return err
	}
	v := map[string]float64{}
	cpu := cpuSeconds(server.pid())
	if v["enter_s"], err = herds.ask("enter"); err != nil {
		return err
	}
	v["logins_s"] = float64(b.clients) / v["enter_s"]
	v["srv_cpu_us_per_login"] = (cpuSeconds(server.pid()) - cpu) * 1e6 / float64(b.clients)
	if err := b.idle(server, empty, v); err != nil {
		return err
	}
	post, err := b.postman(server.target)
	if err != nil {
		return err
	}
	defer func() { _ = post.leave() }() // the work is done
	if err := b.oneMore(server, herds, post, v); err != nil {
		return err
	}
	note := "-table-clients " + crowd + "; clients on this machine, each with a socket and sessions of its own"
	if err := b.report(fmt.Sprintf("scale %d", b.clients), note, v); err != nil {
		return err
	}
	v = map[string]float64{}
	if server, err = b.returns(server, herds, post, v); err != nil {
		return err
	}
	return b.report(fmt.Sprintf("scale %d, killed", b.clients), note, v)
}

// idle measures what clients cost that do nothing.
func (b *bench) idle(server *process, empty float64, v map[string]float64) error {
	const rest, length = 5 * time.Second, 30 * time.Second
	if err := b.sleep(rest); err != nil {
		return err
	}
	cpu := cpuSeconds(server.pid())
	if err := b.sleep(length); err != nil {
		return err
	}
	v["idle_cpu_percent"] = (cpuSeconds(server.pid()) - cpu) / b.part(length).Seconds() * 100
	v["rss_mb"] = memoryOf(server.pid()) / (1 << 20)
	v["rss_kb_per_client"] = (memoryOf(server.pid()) - empty) / 1024 / float64(b.clients)
	return nil
}

// oneMore measures what all others are told when a client comes, and mail.
func (b *bench) oneMore(server *process, herds *herds, post *postman, v map[string]float64) error {
	if err := b.sleep(2 * time.Second); err != nil { // all have heard of those who came before
		return err
	}
	if _, err := herds.ask("told"); err != nil {
		return err
	}
	u, err := join(b.ctx, server.target, "", "late", nothing)
	if err != nil {
		return err
	}
	defer func() { _ = u.leave() }() // the work is done
	if err := b.sleep(2 * time.Second); err != nil {
		return err
	}
	if v["rows_per_join"], err = herds.ask("told"); err != nil {
		return err
	}
	const length = 5 * time.Second
	post.stored.Store(0)
	if err := b.sleep(length); err != nil {
		return err
	}
	v["mail_s"] = float64(post.stored.Load()) / b.part(length).Seconds()
	return nil
}

// returns kills the server and measures when all are back, while mail is written.
func (b *bench) returns(server *process, herds *herds, post *postman, v map[string]float64) (*process, error) {
	port := int(server.path.Remote.Port())
	server.stop()
	post.stored.Store(0)
	if _, err := herds.ask("mark"); err != nil {
		return server, err
	}
	begin := time.Now()
	next, err := b.serveAt(port, "-table-clients", crowd)
	if err != nil {
		return server, err
	}
	v["answers_s"] = time.Since(begin).Seconds()
	v["back_s"], err = herds.ask("await")
	v["back_half_s"], v["back_99_s"] = herds.half, herds.most
	v["mail_meanwhile_s"] = float64(post.stored.Load()) / time.Since(begin).Seconds()
	v["return_srv_cpu_s"] = cpuSeconds(next.pid())
	v["return_rss_mb"] = memoryOf(next.pid()) / (1 << 20)
	return next, err
}

// sleep lasts so long, or the part of it that is to be done.
func (b *bench) sleep(d time.Duration) error {
	select {
	case <-time.After(b.part(d)):
		return nil
	case <-b.ctx.Done():
		return errors.New("interrupted")
	}
}

// postman leaves mail for someone who is away, one text after the other.
type postman struct {
	*user
	stored atomic.Int64
}

func (b *bench) postman(t target) (*postman, error) {
	away, err := b.goAway(t, nothing)
	if err != nil {
		return nil, err
	}
	defer func() { _ = away.leave() }() // it is away
	p := new(postman)
	p.user, err = join(b.ctx, t, "", "postman", func(u *user, n peer.Notice) {
		if _, ok := n.(peer.Stored); ok {
			p.stored.Add(1)
			u.Send("away", text())
		}
	})
	if err == nil {
		p.Send("away", text())
	}
	return p, err
}

// herds are the processes of a herd.
type herds struct {
	all        []*child
	half, most float64 // of the last question
}

func (b *bench) herds(t target, n int) (*herds, error) {
	h := new(herds)
	for first := 0; first < n; first += herdSize {
		c, _, err := b.spawn(herdCommand, t.path.Remote.String(), hex.EncodeToString(t.key[:]), hex.EncodeToString(t.static[:]),
			strconv.Itoa(first), strconv.Itoa(min(herdSize, n-first)))
		if err != nil {
			return h, err
		}
		h.all = append(h.all, c)
	}
	return h, nil
}

// ask gives all a command, and the largest time in their answers, or the sum of what they count.
func (h *herds) ask(what string) (float64, error) {
	for _, c := range h.all {
		if _, err := io.WriteString(c.stdin, what+"\n"); err != nil {
			return 0, err
		}
	}
	h.half, h.most = 0, 0
	last, sum := 0.0, 0.0
	for _, c := range h.all {
		if !c.out.Scan() {
			return 0, errors.New("a herd ended")
		}
		var t times
		if json.Unmarshal(c.out.Bytes(), &t) == nil {
			h.half, h.most, last = max(h.half, t.Half), max(h.most, t.Most), max(last, t.All)
			continue
		}
		n, err := strconv.Atoi(c.out.Text())
		if err != nil {
			return 0, err
		}
		sum += float64(n)
	}
	return last + sum, nil
}

func (h *herds) stop() {
	for _, c := range h.all {
		_ = c.stop() // the work is done
	}
}
