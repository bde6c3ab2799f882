package sim

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"udpchat/peer"
	"udpchat/server"
)

// TestMutants takes safeguards away, one at a time, and expects the checks to notice. That a session takes an old counter is noticed in
// package siege.
func TestMutants(t *testing.T) {
	for _, m := range []struct {
		name string
		opt  Options
	}{
		{"a text is acknowledged before it is on disk", Options{Peer: peer.EarlyAck}},
		{"a deposit is answered before it is on disk", Options{Server: server.EarlyStored}},
		{"what was received is forgotten at a start", Options{Peer: peer.ForgottenMarks}},
		{"mail is deleted when it is pushed", Options{Server: server.DeleteOnPush}},
		{"the mailbox gets a text under another seq", Options{Peer: peer.FreshID}},
		{"seqs are given out again after a restart", Options{Peer: peer.ReusedSeqs}},
		{"an older copy of a profile gives seqs out again", Options{Peer: peer.KeptEpoch, Mix: func(m *Mix) { m.Backs = 2 }}},
		{"an older copy of a store goes on as if it were none", Options{Server: server.KeptStore, Mix: func(m *Mix) { m.Returns = 2 }}},
		{"a refused seq is left as a hole", Options{Peer: peer.OpenHoles, Mix: limited}},
		{"the watermark skips holes", Options{Peer: peer.HighWatermark}},
		{"a name that registered just now is unknown", Options{Peer: peer.UnaskedName}},
		{"who was absent is not asked for again", Options{Peer: peer.AskedOnce, Mix: lonely}},
		{"a text is measured before it is looked for", Options{Server: server.LimitFirst, Mix: limited}},
		{"posts go from the log whoever has had them", Options{Server: server.BlindTrim, Mix: trimmed}},
		{"members are not told that posts went", Options{Server: server.SilentTrim, Mix: cut}},
		{"the seqs of posts go with them", Options{Forgetful: true, Mix: trimmed}},
		{"an fsync is tried again after an error", Options{RetrySync: true}},
		{"texts go any distance ahead of one that is lost", Options{Peer: peer.FarAhead, Mix: jinxed}},
	} {
		t.Run(m.name, func(t *testing.T) {
			seed, found := noticed(m.opt)
			if seed == 0 {
				t.Fatalf("not noticed in %d seeds", fewest)
			}
			t.Logf("seed %d: %s", seed, found)
		})
	}
}

// limited makes worlds in which the limit of length often changes while long texts wait for their answers.
func limited(m *Mix) {
	m.Limit, m.Long, m.Channel = 1500, .5, 0
	m.Crashes, m.Loss, m.Leaves = 8, max(m.Loss, .2), 6
}

// trimmed makes worlds in which posts soon go from the log that all have.
func trimmed(m *Mix) {
	m.Spare, m.Keep, m.Room = time.Second, 0, 0
	m.Channel, m.Kills = .6, max(m.Kills, 4)
}

// cut makes worlds in which they go although some are away.
func cut(m *Mix) {
	trimmed(m)
	m.Keep = 10 * time.Second
	m.Leaves, m.Vanishes = 4, 2
}

// lonely makes crowds whose server often loses its disk.
func lonely(m *Mix) {
	crowded(m)
	m.Losses, m.Crashes = 2, 2
}

// noticed is the first seed that fails.
func noticed(opt Options) (first uint64, failure string) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var next uint64
	draw := func() uint64 {
		mu.Lock()
		defer mu.Unlock()
		if next++; next > fewest || first != 0 && next > first {
			return 0
		}
		return next
	}
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := draw(); seed != 0; seed = draw() {
				r := Run(seed, opt)
				mu.Lock()
				if len(r.Failures) > 0 && (first == 0 || seed < first) {
					first, failure = seed, r.Failures[0]
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return first, failure
}
