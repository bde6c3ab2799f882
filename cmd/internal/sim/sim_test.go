package sim

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"testing"
	"time"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "run this seed with a full trace (TestSeed)")
	seedsFlag = flag.Int("seeds", 0, "how many seeds TestSeeds runs; 0: three thousand, or as many as fit into 25 s")
	firstFlag = flag.Uint64("first", 1, "the first seed of TestSeeds")
)

// fewest is how many seeds show something: a deliberate fault in the stores is found by the third one (TestControls).
const fewest = 40

// TestSeeds runs the worlds of many seeds.
func TestSeeds(t *testing.T) {
	seeds, budget := 3000, 25*time.Second
	if *seedsFlag > 0 {
		seeds, budget = *seedsFlag, 24*time.Hour
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // many small worlds, one after the other
	var n, failed int
	var sum Report
	var slowest []uint64
	start := time.Now()
	for seed := *firstFlag; n < seeds && time.Since(start) < budget; seed++ {
		r := Run(seed, Options{})
		n++
		sum.Typed += r.Typed
		sum.Accepted += r.Accepted
		sum.Shown += r.Shown
		sum.Again += r.Again
		sum.Late += r.Late
		sum.Crashes += r.Crashes
		sum.Datagrams += r.Datagrams
		sum.Fresh = append(sum.Fresh, r.Fresh...)
		sum.Left = append(sum.Left, r.Left...)
		if r.Fresh.Above(slow) > 0 {
			slowest = append(slowest, seed)
		}
		if len(r.Failures) > 0 {
			report(t, r)
			if failed++; failed >= 20 && *seedsFlag == 0 {
				break
			}
		}
	}
	if n < min(seeds, fewest) {
		t.Errorf("only %d seeds in %v: the machine is too slow to show anything", n, budget)
	}
	took := time.Since(start)
	t.Logf("%d seeds (%.0f/s), %d failed; texts: %d typed, %d accepted, %d shown (%d again, %d late); %d crashes, %d datagrams",
		n, float64(n)/took.Seconds(), failed, sum.Typed, sum.Accepted, sum.Shown, sum.Again, sum.Late, sum.Crashes, sum.Datagrams)
	t.Logf("from accepted to shown, typed in the healed world: %v", sum.Fresh)
	t.Logf("from the end of the faults to shown, typed before: %v", sum.Left)
	if len(slowest) > 0 {
		t.Logf("texts that took longer than %v: seeds %v", slow, slowest)
	}
}

func report(t *testing.T, r Report) {
	t.Helper()
	for _, f := range r.Failures {
		t.Errorf("seed %d: %s", r.Seed, f)
	}
	t.Logf("mix: %+v\nreplay: go test ./cmd/internal/sim -run 'TestSeed$' -seed %d -v", r.Mix, r.Seed)
}

// TestSeed replays one seed, step for step.
func TestSeed(t *testing.T) {
	if *seedFlag == 0 {
		t.Skip("no -seed")
	}
	r := Run(*seedFlag, Options{Trace: os.Stdout})
	fmt.Printf("%+v\n", r.Mix)
	if len(r.Failures) > 0 {
		report(t, r)
	}
}

// TestRealKeys runs worlds with the keys of the program. All that is decided in them is the same as in those of TestSeeds, step for
// step: what stands for the cryptography there has its sizes, binds what it binds and fails when it fails.
func TestRealKeys(t *testing.T) {
	start, n, most := time.Now(), uint64(0), uint64(40)
	for seed := *firstFlag; n < most && time.Since(start) < 15*time.Second; seed++ {
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
	if n < 10 {
		t.Error("the machine is too slow to show anything")
	}
}

// TestControls takes safeguards away, one at a time, and expects the checks to notice.
func TestControls(t *testing.T) {
	for _, c := range []struct {
		name string
		opt  Options
	}{
		{"a disk says that a change is durable when it is not yet", Options{EarlyAck: true}},
		{"a client that starts again has forgotten what it received", Options{ForgetMarks: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := uint64(1); seed <= 300; seed++ {
				if r := Run(seed, c.opt); len(r.Failures) > 0 {
					t.Logf("seed %d: %s", seed, r.Failures[0])
					return
				}
			}
			t.Error("not noticed in 300 seeds")
		})
	}
}
