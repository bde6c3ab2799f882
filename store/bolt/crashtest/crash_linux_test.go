package crashtest

import (
	"flag"
	"testing"
	"time"
)

// Ten thousand: go test ./store/bolt/crashtest -count 1 -v -run Promised -states 10000
var states = flag.Int("states", 1000, "how many power losses the tests of the two stores try together")

// The first control is a disk that ignores syncs: over nine in ten of its states must be bad, or these tests would not notice. The
// second one loses what came after the sync before the last: a single sync that is missing.
func TestAPowerLossLosesNothingThatWasPromised(t *testing.T) {
	for kind, path := range stores {
		t.Run(kind, func(t *testing.T) {
			k := task{Kind: kind, Path: path, Seed: seed(t), Changes: 250}
			began := time.Now()
			j := record(t, k, nil, after(250), after(250), after(250))
			t.Logf("recorded in %.1f s", time.Since(began).Seconds())

			began = time.Now()
			good := newTrial(k, j)
			good.run(t, good.random(*states/2, k.Seed))
			good.report(t, began)

			for _, s := range []syncing{ignored, oneShort} {
				began = time.Now()
				control := newTrial(k, j)
				control.syncing = s
				control.run(t, control.lossy(max(50, *states/20), k.Seed))
				control.report(t, began)
				if s == ignored && control.bad["bad"]*10 <= control.bad["states"]*9 {
					t.Error("too many states of a disk that ignores syncs are good")
				}
			}
		})
	}
}
