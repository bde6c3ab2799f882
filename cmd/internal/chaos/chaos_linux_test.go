package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

// settle bounds the time from the end of all faults until everything is where it belongs. The longest pause between two tries is
// 30 s (protocol.md §7.3).
const settle = 75 * time.Second

// Six people and a server, in a network that loses every fifth packet, while programs are killed and frozen and machines are cut off:
// what is on its sender's disk is read by its recipient, once, in order, as it was written.
func TestChaos(t *testing.T) {
	needs(t)
	count, dead := *messages, *kills
	if testing.Short() || raceDetector {
		count, dead = 400, 6
	}
	w := newChaos(t, seed(t))
	begin := time.Now()
	w.net.becomes(bad)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	length := time.Duration(float64(count) / *rate * float64(time.Second))
	var typing, faults sync.WaitGroup
	for i, s := range w.clients {
		rng := w.random(uint64(100 + i))
		typing.Go(func() { w.chatters(ctx, s, rng, count/len(w.clients), length) })
	}
	faults.Go(func() { w.kills(ctx, dead, length) })
	faults.Go(func() { w.freezes(ctx, dead/3, length) })
	faults.Go(func() { w.partitions(ctx, dead/3, length) })
	typing.Wait()
	faults.Wait()
	w.tops(ctx, count)
	w.net.becomes(good)
	healed := time.Now()
	w.settles()
	settled := time.Now()
	w.closes()
	t.Log(w.summary(begin, healed, settled))
}

// chaos is a world with what happened to it.
type chaos struct {
	*world
	seed                 uint64
	killed, frozen, cuts int
}

func (w *chaos) random(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(w.seed, stream)) }

func newChaos(t testing.TB, seed uint64) *chaos {
	people := []string{"anna", "bob", "carl", "dora", "emil", "frida"}
	w := &chaos{world: newWorld(t, seed, people, "10.77.0.1"), seed: seed}
	for i := range people {
		w.joins(fmt.Sprintf("10.77.1.%d", i+1), "10.77.0.1")
	}
	w.meet()
	return w
}

// chatters types texts of one person: most to someone, some to the channel, a few so long that they travel in parts.
func (w *chaos) chatters(ctx context.Context, s *seat, rng *rand.Rand, count int, length time.Duration) {
	start := time.Now()
	for i := range count {
		if !pause(ctx, time.Until(start.Add(time.Duration(i)*length/time.Duration(count)))) {
			return
		}
		to, size := "", 0
		if rng.Float64() < 0.85 {
			to = w.clients[rng.IntN(len(w.clients))].name
		}
		if to == s.name {
			to = ""
		}
		if rng.Float64() < 0.03 {
			size = 100 + rng.IntN(5000)
		}
		w.says(s, to, rng.Uint64(), size)
	}
}

// tops types what was not accepted, because the program that it was typed into had just died, or as much: until there are count on disk.
func (w *chaos) tops(ctx context.Context, count int) {
	for round := range 5 {
		w.surveys()
		short := count - w.ledger.figures.accepted
		if short <= 0 {
			return
		}
		each := (short + len(w.clients) - 1) / len(w.clients)
		var typing sync.WaitGroup
		for i, s := range w.clients {
			rng := w.random(uint64(1000*round + 200 + i))
			typing.Go(func() {
				w.chatters(ctx, s, rng, each, time.Duration(float64(short) / *rate * float64(time.Second)))
			})
		}
		typing.Wait()
		pause(ctx, time.Second)
	}
}

// roles gives everyone in turn, in an order of chance in each turn.
func (w *chaos) roles(rng *rand.Rand) func() *seat {
	var turn []*seat
	return func() *seat {
		if len(turn) == 0 {
			turn = append(append(turn, w.clients...), w.server)
			rng.Shuffle(len(turn), func(i, j int) { turn[i], turn[j] = turn[j], turn[i] })
		}
		s := turn[0]
		turn = turn[1:]
		return s
	}
}

// between gives a duration of chance.
func between(rng *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(rng.Float64()*float64(most-least))
}

func (w *chaos) kills(ctx context.Context, n int, length time.Duration) {
	rng := w.random(2)
	next := w.roles(rng)
	for range n {
		if !pause(ctx, between(rng, 0, 2*length/time.Duration(n))) {
			return
		}
		for !next().kill(between(rng, 0, 2*time.Second)) { // it is dead already: the next one
			if !pause(ctx, 20*time.Millisecond) {
				return
			}
		}
		w.killed++
	}
}

func (w *chaos) freezes(ctx context.Context, n int, length time.Duration) {
	rng := w.random(3)
	next := w.roles(rng)
	for range n {
		freeze := between(rng, 500*time.Millisecond, 4*time.Second)
		if !pause(ctx, between(rng, 0, max(0, 2*(length/time.Duration(n)-2*time.Second)))) {
			return
		}
		if next().freeze(ctx, freeze) {
			w.frozen++
		}
	}
}

// partitions cuts one machine off, or two or three, which may talk to each other.
func (w *chaos) partitions(ctx context.Context, n int, length time.Duration) {
	rng := w.random(4)
	next := w.roles(rng)
	for range n {
		var island []*host
		for range 1 + rng.IntN(3) {
			island = append(island, next().host)
		}
		cut := between(rng, 500*time.Millisecond, 5*time.Second)
		if !pause(ctx, between(rng, 0, max(0, 2*(length/time.Duration(n)-2*time.Second)))) {
			return
		}
		heal := w.net.part(island...)
		w.cuts++
		more := pause(ctx, cut)
		heal()
		if !more {
			return
		}
	}
}

// settles waits until all is read and acknowledged, and a little longer, for what comes once too often.
func (w *chaos) settles() {
	end := time.Now().Add(settle)
	for {
		pause(w.t.Context(), 2*time.Second)
		open := w.surveys()
		if missing := w.ledger.missing(); len(missing) == 0 && open == 0 {
			break
		} else if time.Now().After(end) {
			w.t.Errorf("after %v there are %d texts that were not read, and %d parts in outboxes", settle, len(missing), open)
			break
		}
	}
	pause(w.t.Context(), 2*time.Second)
}

// surveys looks at all disks, and gives how many parts are in all outboxes.
func (w *chaos) surveys() (open int) {
	for _, s := range w.clients {
		n, err := w.survey(s)
		if err != nil {
			w.t.Errorf("survey %s: %v", s.name, err)
		}
		open += n
	}
	return open
}

func (w *chaos) summary(begin, healed, settled time.Time) string {
	f := w.ledger.figures
	var out strings.Builder
	fmt.Fprintf(&out, "seed %d: typed %d, accepted %d, to be read %d, shown %d, lost %d, duplicated %d, phantom %d, late %d, marked %d, of them read before %d\n",
		w.seed, f.typed, f.accepted, f.due, f.shown, f.lost, f.duplicated, f.phantom, f.late, f.marked, f.again)
	ends := 0
	for _, s := range w.clients {
		ends += len(s.ends)
	}
	fmt.Fprintf(&out, "kills %d, stops %d, partitions %d; clients that gave up on the server and were started again %d\n",
		w.killed, w.frozen, w.cuts, ends)
	fmt.Fprintf(&out, "lines about messages: received by the other %d, stored at the server %d, posted %d\n",
		w.ledger.told["received"], w.ledger.told["stored"], w.ledger.told["posted"])
	fmt.Fprintf(&out, "faults for %.0f s, settled after %.0f s more, %.0f s in all; packets %+v", healed.Sub(begin).Seconds(),
		settled.Sub(healed).Seconds(), time.Since(begin).Seconds(), w.net.traffic)
	return out.String()
}
