package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"udpchat/wire"
)

// herdCommand is this program as a process of clients of few words: arguments are the server's address, key and static key, the number of
// the first one, and how many. It says "ready"; answers "enter" when all are registered and "await" when all have heard the server
// since "mark", each with the times since then; "told" with how many rows and texts came since the last time; and ends with its standard input.
const herdCommand = "herd"

// herdSize is how many clients one process has: each has a socket, and a process may have 20,000 files on many systems.
const herdSize = 12500

// entering is how many registrations of a process are under way at once.
const entering = 64

// herd is clients that keep sessions with a server, register, acknowledge the table, answer pings, and show that they are there, as
// package peer does; they have no profile, and write to nobody.
type herd struct {
	target
	guests []*guest
	parts  [16]part
	marked time.Time
	next   atomic.Int64 // of those that have not begun to register
	rows   atomic.Int64 // rows and texts that came
}

// part is guests that one goroutine wakes. Its lock is held while one of them does something.
type part struct {
	mu     sync.Mutex
	guests []*guest
	due    []time.Time // when each has something to do: in one piece, since it is looked at ten times a second
	dec    wire.Decoder
}

// times say when half, 99 of 100, and all of a herd had something behind them.
type times struct{ Half, Most, All float64 }

func runHerd(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	h, err := gatherHerd(args)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for i := range h.parts {
		wg.Go(func() { h.wake(ctx, &h.parts[i]) })
	}
	for _, g := range h.guests {
		wg.Go(func() { g.read(h) })
	}
	defer wg.Wait()
	defer func() {
		for _, g := range h.guests {
			_ = g.conn.Close() // it ends the reader
		}
	}()
	defer stop()
	fmt.Fprintln(stdout, "ready")
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		if err := h.command(ctx, lines.Text(), json.NewEncoder(stdout)); err != nil {
			return err
		}
	}
	return nil
}

func gatherHerd(args []string) (h *herd, err error) {
	if len(args) != 5 {
		return nil, errors.New("herd is for the bench itself")
	}
	h = new(herd)
	if h.path.Remote, err = netip.ParseAddrPort(args[0]); err != nil {
		return nil, err
	}
	if _, err = hex.Decode(h.key[:], []byte(args[1])); err != nil {
		return nil, err
	}
	if _, err = hex.Decode(h.static[:], []byte(args[2])); err != nil {
		return nil, err
	}
	first, err := strconv.Atoi(args[3])
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(args[4])
	if err != nil {
		return nil, err
	}
	h.guests = make([]*guest, n)
	err = each(n, func(i int) (err error) { h.guests[i], err = newGuest(h, first+i); return err })
	for i, g := range h.guests {
		if err == nil {
			g.part = &h.parts[i%len(h.parts)]
			g.place = len(g.part.guests)
			g.part.guests, g.part.due = append(g.part.guests, g), append(g.part.due, time.Time{})
		}
	}
	return h, err
}

func (h *herd) command(ctx context.Context, what string, out *json.Encoder) error {
	switch what {
	case "enter":
		for range min(entering, len(h.guests)) {
			h.admit()
		}
		return out.Encode(h.when(ctx, time.Now(), func(g *guest) bool { return g.registered }))
	case "mark":
		h.marked = time.Now()
		return out.Encode(0)
	case "await":
		return out.Encode(h.when(ctx, h.marked, func(g *guest) bool { return g.heard.After(h.marked) }))
	case "told":
		return out.Encode(h.rows.Swap(0))
	}
	return fmt.Errorf("there is no command %q", what)
}

// admit has the next one register.
func (h *herd) admit() {
	if i := int(h.next.Add(1)) - 1; i < len(h.guests) {
		g := h.guests[i]
		go func() { // it is short, and the lock may be held by who calls
			g.part.mu.Lock()
			defer g.part.mu.Unlock()
			g.enters = true
			g.act(h, time.Now())
		}()
	}
}

// when waits until all are as wanted, and tells how long after begin that is.
func (h *herd) when(ctx context.Context, begin time.Time, wanted func(g *guest) bool) (t times) {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for t.All == 0 && ctx.Err() == nil {
		<-ticker.C
		n, now := 0, time.Since(begin).Seconds()
		for i := range h.parts {
			p := &h.parts[i]
			p.mu.Lock()
			for _, g := range p.guests {
				if wanted(g) {
					n++
				}
			}
			p.mu.Unlock()
		}
		if t.Half == 0 && 2*n >= len(h.guests) {
			t.Half = now
		}
		if t.Most == 0 && 100*n >= 99*len(h.guests) {
			t.Most = now
		}
		if n == len(h.guests) {
			t.All = now
		}
	}
	return t
}

// wake has the guests of a part do what is due.
func (h *herd) wake(ctx context.Context, p *part) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			p.mu.Lock()
			for i, due := range p.due {
				if !due.After(now) {
					p.guests[i].act(h, now)
				}
			}
			p.mu.Unlock()
		}
	}
}
