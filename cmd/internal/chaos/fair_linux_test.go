package chaos

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
	"time"
)

const (
	// texts are what each of two sends through a link of 2 Mbit/s: more than it takes while it is measured, also for one who has 60 % of it.
	texts    = 1500
	textSize = 800
	// most is what one of two may have of the link. Who does not yield has more than 0.9.
	most = 0.6
	// steady are the bytes that cross the link before it is measured: two seconds, in which the two find each other.
	steady = 500_000
	// measured are the bytes that cross it meanwhile, whoever's they are: seven seconds. A measure that ends when one of the two has come so far
	// favours that one.
	measured = 1_800_000
)

// newNarrow makes a world in which what anna and carl send goes through one slow link, whomever it is for: 2 Mbit/s, 20 ms there
// and 1 ms back, room for 30 packets, which are 110 ms.
func newNarrow(t *testing.T) (w *world, anna, carl *crossing) {
	w = newWorld(t, seed(t), []string{"anna", "bob", "carl", "dora"}, "10.77.0.1")
	for _, a := range []string{"10.77.1.1", "10.77.1.2", "10.77.1.3", "10.77.1.4"} {
		w.joins(a, "10.77.0.1")
	}
	w.meet()
	anna, carl = &crossing{}, &crossing{}
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	w.net.slow = &bottleneck{rate: 250_000, room: 30, far: 19 * time.Millisecond,
		from: map[netip.Addr]*crossing{netip.MustParseAddr("10.77.1.1"): anna, netip.MustParseAddr("10.77.1.3"): carl}}
	return w, anna, carl
}

// many makes texts, and the lines that send them.
func (w *world) many(from, to *seat, n int) (list []*message, lines []string) {
	for i := range n {
		m := w.ledger.writes(from.name, to.name, uint64(i), textSize)
		list, lines = append(list, m), append(lines, "send "+to.name+" "+m.text)
	}
	return list, lines
}

// shown counts the texts that were read.
func (w *world) shown(list []*message) (n int) {
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	for _, m := range list {
		if m.shown[m.to] > 0 {
			n++
		}
	}
	return n
}

// Two who send through one slow link, each as much as it can, share it: both fill it again after each loss, neither has more than 60 % in the
// mean of four such pairs, each with a link of its own, and nothing is lost or shown twice. They begin directly; the first full queue makes what
// follows go by the mailbox.
func TestFairOnASlowLink(t *testing.T) {
	needs(t)
	const pairs = 4
	var mu sync.Mutex
	var link, read float64
	t.Run("pairs", func(t *testing.T) {
		for i := range pairs {
			t.Run(fmt.Sprint(i+1), func(t *testing.T) {
				t.Parallel()
				l, r := fairly(t)
				mu.Lock()
				defer mu.Unlock()
				link, read = link+l/pairs, read+r/pairs
			})
		}
	})
	t.Logf("the larger share of the link %.1f %%, of the texts %.1f %%", 100*link, 100*read)
	if link > most || read > most {
		t.Error("one of them gets too little")
	}
}

// fairly gives the larger share of two in the bytes that crossed the link, and in the texts that were read, while both were sending.
func fairly(t *testing.T) (link, read float64) {
	w, anna, carl := newNarrow(t)
	var all [2][]*message
	var writers sync.WaitGroup
	for i := range all {
		list, lines := w.many(w.clients[2*i], w.clients[2*i+1], texts)
		all[i] = list
		writers.Go(func() {
			for _, line := range lines {
				w.clients[2*i].types(t.Context(), line)
			}
		})
	}
	var begin, end [2]crossing
	var before, after [2]int
	over := func() bool { // or one of the two has nothing left to send
		w.net.mu.Lock()
		end = [2]crossing{*anna, *carl}
		w.net.mu.Unlock()
		after = [2]int{w.shown(all[0]), w.shown(all[1])}
		crossed := end[0].bytes + end[1].bytes
		if crossed < steady {
			begin, before = end, after
		}
		return crossed >= steady+measured || max(after[0], after[1]) >= texts*9/10
	}
	if err := until(t.Context(), 4*patience, over); err != nil {
		t.Fatalf("of %d texts each %v came: %v", texts, after, err)
	}
	a, b := after[0]-before[0], after[1]-before[1]
	link, read = share(end[0].since(begin[0]), end[1].since(begin[1])), float64(a)/float64(a+b)
	t.Logf("of the link %.0f : %.0f, %+v, %+v; of the texts %d : %d", 100*link, 100-100*link, end[0], end[1], a, b)
	if end[0].dropped == begin[0].dropped || end[1].dropped == begin[1].dropped {
		t.Error("one of them did not fill the link again")
	}
	writers.Wait()
	w.expect(4*patience, append(all[0], all[1]...)...)
	w.settled()
	return max(link, 1-link), max(read, 1-read)
}

// The control: beside one that sends at a constant rate, whatever is lost, a client does not get its share, and the measure says so.
func TestFairNoticesWhoDoesNotYield(t *testing.T) {
	needs(t)
	t.Parallel()
	w, anna, carl := newNarrow(t)
	list, lines := w.many(w.clients[0], w.clients[1], texts)
	go func() {
		for _, line := range lines {
			w.clients[0].types(t.Context(), line)
		}
	}()
	rng := rand.New(rand.NewPCG(texts, 9))
	p := forged(rng, netip.MustParseAddrPort("10.77.1.4:9"), noiseBytes(rng, textSize))
	p.setFrom(netip.MustParseAddrPort("10.77.1.3:9"))
	from, sent, begun := w.clients[2].host, 0, time.Now()
	over := func() bool { // twice what the link takes
		for due := int(time.Since(begun).Seconds() * 500); sent < due; sent++ {
			w.net.take(from, p)
		}
		w.net.mu.Lock()
		defer w.net.mu.Unlock()
		return anna.bytes+carl.bytes >= 2*steady
	}
	if err := until(t.Context(), 2*patience, over); err != nil {
		t.Fatal(err)
	}
	w.net.mu.Lock()
	s := share(*carl, *anna)
	t.Logf("of the link %.0f : %.0f; %+v, %+v; %d texts came", 100*s, 100-100*s, *carl, *anna, w.shown(list))
	w.net.mu.Unlock()
	if s <= most {
		t.Error("it is not noticed")
	}
}
