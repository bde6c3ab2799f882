package sim

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "run this seed with a full trace (TestSeed)")
	seedsFlag = flag.Int("seeds", 0, "how many seeds TestSeeds runs; 0: five thousand, or as many as fit into 30 s, but at least 300")
	olderFlag = flag.String("older", "", "profiles or stores: older copies of them come back in every world (TestSeeds, TestSeed)")
	crowdFlag = flag.Bool("crowd", false, "every world is a crowd, not one in four (TestSeeds, TestSeed)")
	firstFlag = flag.Uint64("first", 1, "the first seed of TestSeeds")
)

const (
	// fewest is how many seeds show something: every missing safeguard is noticed by then (TestMutants).
	fewest = 300
	// mostFailed is how many failing seeds are enough.
	mostFailed = 10
)

// options are what the flags ask for.
func options() Options {
	return Options{Mix: func(m *Mix) {
		if *crowdFlag {
			crowded(m)
		}
		switch *olderFlag {
		case "profiles":
			m.Backs = 1 + m.Texts%2
		case "stores":
			olderStores(m)
		}
	}}
}

// crowded makes a world in which nobody is told of those with whom they have nothing to do.
func crowded(m *Mix) { m.Crowd = 1 }

// olderStores makes one in which the server comes back with an older copy of its store.
func olderStores(m *Mix) { m.Returns = 1 + m.Texts%2 }

// TestSeeds runs the worlds of many seeds, as many at once as there are processors.
func TestSeeds(t *testing.T) {
	seeds, budget := 5000, 30*time.Second
	switch {
	case *seedsFlag > 0:
		seeds, budget = *seedsFlag, 1000*time.Hour
	case slowed:
		seeds = fewest
	}
	defer debug.SetGCPercent(debug.SetGCPercent(3200)) // many small worlds, one after the other
	run := &campaign{t: t, next: *firstFlag, least: *firstFlag + uint64(min(seeds, fewest)), end: *firstFlag + uint64(seeds),
		until: time.Now().Add(budget), start: time.Now()}
	run.all()
	t.Log(run.line())
	t.Logf("from accepted to shown, typed in the healed world: %v", run.sum.Fresh)
	t.Logf("from the end of the faults to shown, typed before: %v", run.sum.Left)
	if len(run.slowest) > 0 {
		t.Logf("texts that took longer than %v: seeds %v", slow, run.slowest)
	}
}

// campaign is many seeds.
type campaign struct {
	t            *testing.T
	start, until time.Time

	mu        sync.Mutex
	next      uint64
	least     uint64 // those before it are run however long they take: with fewer nothing is shown
	end       uint64
	n, failed int
	sum       Report
	slowest   []uint64
	told      time.Time
}

func (c *campaign) all() {
	c.told = c.start
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed, ok := c.draw(); ok; seed, ok = c.draw() {
				c.add(Run(seed, options()))
			}
		})
	}
	wg.Wait()
}

func (c *campaign) draw() (uint64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next >= c.end || c.failed >= mostFailed || c.next >= c.least && time.Now().After(c.until) {
		return 0, false
	}
	c.next++
	return c.next - 1, true
}

func (c *campaign) add(r Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	c.sum.Add(r)
	if r.Fresh.Above(slow) > 0 {
		c.slowest = append(c.slowest, r.Seed)
	}
	if len(r.Failures) > 0 {
		c.failed++
		report(c.t, r)
	}
	if len(c.sum.Fresh) > 1<<20 { // enough to show
		c.sum.Fresh, c.sum.Left = nil, nil
	}
	if *seedsFlag > 0 && time.Since(c.told) > 10*time.Second {
		c.told = time.Now()
		fmt.Println(c.line())
	}
}

func (c *campaign) line() string {
	s := &c.sum
	return fmt.Sprintf("%d seeds (%.0f/s), %d failed; texts: %d attempted, %d accepted, %d given up, %d shown (%d again, %d late, %d twice as allowed); "+
		"%s; %d posts went from the log, %d before someone had them; %d crashes, %d datagrams", c.n, float64(c.n)/time.Since(c.start).Seconds(), c.failed, s.Typed, s.Accepted, s.Refused, s.Shown, s.Again, s.Late, s.Repeated,
		s.Broken(), s.Trimmed, s.Cut, s.Crashes, s.Datagrams)
}

func report(t *testing.T, r Report) {
	t.Helper()
	for _, f := range r.Failures {
		t.Errorf("seed %d: %s", r.Seed, f)
	}
	more := ""
	if *olderFlag != "" {
		more = " -older " + *olderFlag
	}
	if r.Mix.Crowd == 1 {
		more += " -crowd"
	}
	t.Logf("mix: %+v\nreplay: go test ./cmd/internal/sim -run 'TestSeed$' -seed %d%s -v", r.Mix, r.Seed, more)
}

// TestSeed replays one seed, step for step.
func TestSeed(t *testing.T) {
	if *seedFlag == 0 {
		t.Skip("no -seed")
	}
	opt := options()
	opt.Trace = os.Stdout
	r := Run(*seedFlag, opt)
	fmt.Printf("%+v\n", r.Mix)
	if len(r.Failures) > 0 {
		report(t, r)
	}
}

// TestSeedsThatFailed runs seeds of which each found a fault once, beyond those of every check.
func TestSeedsThatFailed(t *testing.T) {
	for _, c := range []struct {
		mix   func(m *Mix)
		seeds []uint64
	}{
		{nil, []uint64{
			20333, 25506, 31302, // a window full of posts that waited for one that the server had lost with its newer store
			3163281, // a push of before a registration had the client wait for what did not come any more
			3088050, // an answer of the store before passed for one of the present store
		}},
		{olderStores, []uint64{
			5043736,          // a post that came again did not close the gap before it
			7046339,          // a push of the store before had all below it taken for had
			7013901, 7035174, // in a crowd nobody told of an epoch that the directory had learnt anew
			9005632, 9037789, // posts that had gone came back with the copy, behind later ones
			9036962,  // a client waited for a revision that the copy did not reach
			9058098,  // a number of the newer copy that was heard later told nobody
			12056338, // posts went, and the user was not told
			13068154, // an answer of a run before passed for one of the present run
			12071495, // what a client took did not count, since the directory had an older epoch of it
		}},
		{func(m *Mix) { crowded(m); olderStores(m) }, []uint64{
			18027255, // of the posts that came back with the copy only the first was marked
		}},
		{crowded, []uint64{
			1323, 5975, 9554, 9921, // who was absent when it was looked up was not looked up again
			2489, 3172, 5180, // a client waited for a page of the table that the server thought it did not need
			2632, 6266, // a copy that came while the first one was being written changed the order
			1778, 7233, // an answer to a try for an epoch that was over ended one for the present epoch
		}},
	} {
		for _, seed := range c.seeds {
			if r := Run(seed, Options{Mix: c.mix}); len(r.Failures) > 0 {
				report(t, r)
			}
		}
	}
}

// TestSame runs seeds twice: they tell the same story.
func TestSame(t *testing.T) {
	for seed := *firstFlag; seed < *firstFlag+5; seed++ {
		if a, b := Run(seed, Options{}), Run(seed, Options{}); !reflect.DeepEqual(a, b) {
			t.Errorf("seed %d ended in two ways:\n%+v\n%+v", seed, a, b)
		}
	}
}

// TestRealKeys runs worlds with the keys of the program. All that is decided in them is the same as in those of TestSeeds, step for
// step: what stands for the cryptography there has its sizes, binds what it binds and fails when it fails.
func TestRealKeys(t *testing.T) {
	const least, most = 10, 40
	start, n := time.Now(), 0
	for seed := *firstFlag; n < least || n < most && time.Since(start) < 10*time.Second; seed++ {
		n++
		hashed, sealed := Run(seed, Options{}), Run(seed, Options{RealKeys: true})
		if len(sealed.Failures) > 0 {
			report(t, sealed)
		}
		if !reflect.DeepEqual(hashed, sealed) {
			t.Errorf("seed %d came to another end with real keys:\n%+v\n%+v", seed, hashed, sealed)
		}
	}
	t.Logf("%d seeds in %v", n, time.Since(start).Round(time.Millisecond))
}
