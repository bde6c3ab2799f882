//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"udpchat/cmd/internal/play"
	"udpchat/peer"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// claim is one registration of a name by a key. The outcome is a wire.Outcome, or unknown when the server fell silent.
type claim struct {
	name string
	key  int
}

const unknown wire.Outcome = 255

// ownership says what a directory may answer: a name is the first key's that gets it, and never another's.
var ownership = porcupine.Model{
	Partition: func(history []porcupine.Operation) (parts [][]porcupine.Operation) {
		by := map[string][]porcupine.Operation{}
		for _, op := range history {
			n := op.Input.(claim).name
			by[n] = append(by[n], op)
		}
		for _, ops := range by {
			parts = append(parts, ops)
		}
		return parts
	},
	Init: func() any { return 0 }, // nobody's
	Step: func(state, input, output any) (bool, any) {
		owner, c := state.(int), input.(claim)
		switch output.(wire.Outcome) {
		case wire.OK:
			return owner == 0 || owner == c.key, c.key
		case wire.NameTaken:
			return owner != 0 && owner != c.key, owner
		}
		if owner == 0 { // not heard: it has happened, or stands at the end of the history, where it says nothing
			return true, c.key
		}
		return true, owner
	},
}

// quarry is a server that is killed and started again and again.
type quarry struct {
	t    *testing.T
	addr netip.AddrPort
	args []string
	cmd  *exec.Cmd

	answered atomic.Int64 // claims since it was started last
}

func newQuarry(t *testing.T) *quarry {
	port, err := play.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	q := &quarry{t: t, addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port)),
		args: []string{"server", "-p", fmt.Sprint(port), "-db", filepath.Join(t.TempDir(), "server.db"), "-log-level", "error"}}
	q.start()
	t.Cleanup(q.kill)
	return q
}

func (q *quarry) start() {
	q.cmd = programCommand(q.t, q.args...)
	if err := q.cmd.Start(); err != nil {
		q.t.Error(err)
	}
}

func (q *quarry) kill() {
	_ = q.cmd.Process.Kill()
	_ = q.cmd.Wait()
}

// hunt kills the server for so long, and at least five times, each time when it has answered some claims; and leaves it running.
func (q *quarry) hunt(ctx context.Context, span time.Duration, random *rand.Rand) (kills int) {
	for end := time.Now().Add(span); ctx.Err() == nil && (kills < 5 || time.Now().Before(end)); {
		select {
		case <-time.After(time.Duration(100+random.IntN(300)) * time.Millisecond):
		case <-ctx.Done():
		}
		if q.answered.Load() >= 20 {
			q.kill()
			q.answered.Store(0)
			q.start()
			kills++
		}
	}
	return kills
}

// claim registers as a key, for a name, with a client of its own.
func (q *quarry) claim(ctx context.Context, c claim, key wire.Key, static [32]byte) (wire.Outcome, error) {
	socket, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		return unknown, err
	}
	cfg := peer.Config{Name: c.name, Server: link.Path{Remote: q.addr}, ServerKey: key, Static: static,
		AckTimeout: 100 * time.Millisecond, Retries: 5, Seed: rand.Uint64()}
	client, err := peer.New(cfg, socket, memory.NewProfile([32]byte{byte(c.key), 77}, rand.Uint64()|1))
	if err != nil {
		return unknown, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	client.Register()
	outcome := unknown
	for decided := false; !decided && ctx.Err() == nil; {
		for _, n := range client.Notices(ctx) {
			switch n := n.(type) {
			case peer.Welcome:
				outcome, decided = wire.OK, true
			case peer.Refused:
				outcome, decided = n.Why, true
			case peer.ServerSilent:
				decided = true
			}
		}
	}
	cancel()
	if outcome != unknown {
		q.answered.Add(1)
	}
	return outcome, <-ended
}

// A name has one owner, whoever claims it at the same time and however often the server is killed: the history of claims is
// linearizable (protocol.md §8.1).
func TestNamesHaveOneOwner(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	const keys, names, span = 16, 5, 5 * time.Second
	q := newQuarry(t)
	identity, static := q.identity()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var mu sync.Mutex
	var history []porcupine.Operation
	begun := time.Now()
	var all sync.WaitGroup
	for key := 1; key <= keys; key++ {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(key), 1))
			c := claim{key: key}
			for won := false; ctx.Err() == nil; {
				if !won {
					c.name = fmt.Sprintf("name%d", random.IntN(names))
				}
				call := time.Since(begun)
				outcome, err := q.claim(t.Context(), c, identity, static)
				if err != nil {
					t.Error(err)
				}
				back := time.Since(begun)
				if outcome == unknown {
					back = math.MaxInt64 // it may still happen
				}
				won = won || outcome == wire.OK || outcome == unknown // it may have happened: a key has one name
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: key, Input: c, Call: int64(call), Output: outcome, Return: int64(back)})
				mu.Unlock()
			}
		})
	}
	kills := q.hunt(ctx, span, rand.New(rand.NewPCG(9, 9)))
	cancel()
	all.Wait()
	judge(t, history, kills)
}

// identity asks the server who it is.
func (q *quarry) identity() (wire.Key, [32]byte) {
	ctx, cancel := context.WithTimeout(q.t.Context(), 20*time.Second)
	defer cancel()
	socket, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		q.t.Fatal(err)
	}
	key, card, err := link.AskKey(ctx, socket, link.Path{Remote: q.addr})
	if err != nil {
		q.t.Fatal(err)
	}
	return key, card.Static
}

// judge wants a history that is linearizable, with something of everything in it.
func judge(t *testing.T, history []porcupine.Operation, kills int) {
	t.Helper()
	count := map[wire.Outcome]int{}
	for _, op := range history {
		count[op.Output.(wire.Outcome)]++
	}
	t.Logf("%d claims, %d kills: %d won, %d taken, %d unknown", len(history), kills, count[wire.OK], count[wire.NameTaken], count[unknown])
	if count[wire.OK] == 0 || count[wire.NameTaken] == 0 || kills == 0 || len(count) > 3 {
		t.Errorf("outcomes %v after %d kills: not what this test is for", count, kills)
	}
	if got := porcupine.CheckOperationsTimeout(ownership, history, time.Minute); got != porcupine.Ok {
		t.Errorf("the history is not linearizable: %v", got)
	}
}

// The control: a name with two owners is not linearizable, and one whose owner was not heard is.
func TestTwoOwnersAreNoticed(t *testing.T) {
	said := func(key int, call, back int64, o wire.Outcome) porcupine.Operation {
		return porcupine.Operation{ClientId: key, Input: claim{"ann", key}, Call: call, Return: back, Output: o}
	}
	for _, c := range []struct {
		name    string
		history []porcupine.Operation
		want    bool
	}{
		{"one after the other", []porcupine.Operation{said(1, 0, 1, wire.OK), said(2, 2, 3, wire.NameTaken)}, true},
		{"two owners", []porcupine.Operation{said(1, 0, 1, wire.OK), said(2, 2, 3, wire.OK)}, false},
		{"two owners at the same time", []porcupine.Operation{said(1, 0, 9, wire.OK), said(2, 0, 9, wire.OK)}, false},
		{"taken by nobody", []porcupine.Operation{said(2, 0, 1, wire.NameTaken), said(1, 2, 3, wire.OK)}, false},
		{"taken by one who was not heard", []porcupine.Operation{said(1, 0, math.MaxInt64, unknown), said(2, 2, 3, wire.NameTaken)}, true},
		{"not taken by one who was not heard", []porcupine.Operation{said(1, 0, math.MaxInt64, unknown), said(2, 2, 3, wire.OK)}, true},
	} {
		if got := porcupine.CheckOperations(ownership, c.history); got != c.want {
			t.Errorf("%s: linearizable %v", c.name, got)
		}
	}
}
