package wire

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// at is a point of a test's time.
func at(d time.Duration) time.Time {
	return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(d)
}

// run expires a tracker whenever it asks for it, until it is empty or the end is reached, and says what happened when.
func run(tr *Tracker[string], end time.Duration) string {
	var log []string
	for {
		next, ok := tr.Next()
		if !ok || next.After(at(end)) {
			return strings.Join(log, ", ")
		}
		when := next.Sub(at(0))
		tr.Expire(next,
			func(k string, try uint8) { log = append(log, fmt.Sprintf("%v %s %d", when, k, try)) },
			func(k string) { log = append(log, fmt.Sprintf("%v %s failed", when, k)) })
	}
}

// protocol.md §7: when something is sent again, and when it has failed.
func TestPolicies(t *testing.T) {
	tests := []struct {
		name string
		p    Policy
		want string
	}{
		{"one try", Policy{First: 90 * time.Second, Tries: 1}, "1m30s a failed"},
		{"requests of a typed command: even", Policy{First: 500 * ms, Tries: 3}, "500ms a 2, 1s a 3, 1.5s a failed"},
		{"a factor of 1 is even", Policy{First: 500 * ms, Factor: 1, Tries: 3}, "500ms a 2, 1s a 3, 1.5s a failed"},
		{"doubling", Policy{First: 100 * ms, Factor: 2, Tries: 4}, "100ms a 2, 300ms a 3, 700ms a 4, 1.5s a failed"},
		{"doubling up to a cap", Policy{First: 1 * time.Second, Factor: 2, Cap: 3 * time.Second, Tries: 5},
			"1s a 2, 3s a 3, 6s a 4, 9s a 5, 12s a failed"},
		{"direct copies: the deadline waits for the answer", Policy{First: 50 * ms, Factor: 2, Tries: 3, Deadline: 500 * ms},
			"50ms a 2, 150ms a 3, 500ms a failed"},
		{"direct copies on a slow path: tries are left", Policy{First: 300 * ms, Factor: 2, Tries: 3, Deadline: 500 * ms},
			"300ms a 2, 500ms a failed"},
		{"a deadline without a number of tries", Policy{First: 100 * ms, Factor: 2, Deadline: 1 * time.Second},
			"100ms a 2, 300ms a 3, 700ms a 4, 1s a failed"},
		{"a try at the deadline is none", Policy{First: 250 * ms, Tries: 5, Deadline: 500 * ms},
			"250ms a 2, 500ms a failed"},
		{"one try and a deadline", Policy{First: 50 * ms, Tries: 1, Deadline: 500 * ms}, "500ms a failed"},
		{"a first gap above the cap", Policy{First: 9 * time.Second, Cap: 2 * time.Second, Tries: 2}, "2s a 2, 4s a failed"},
		{"no gap is 1 ms", Policy{Tries: 3}, "1ms a 2, 2ms a 3, 3ms a failed"},
		{"a gap that would overflow is a day", Policy{First: time.Hour, Factor: 1e300, Tries: 3}, "1h0m0s a 2, 25h0m0s a 3, 49h0m0s a failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tr Tracker[string]
			tr.Track(at(0), "a", tt.p)
			if got := run(&tr, 100*time.Hour); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if tr.Len() != 0 || tr.Has("a") {
				t.Error("it is still there")
			}
		})
	}
}

func TestTiesAreInOrderOfInsertion(t *testing.T) {
	var tr Tracker[string]
	p := Policy{First: 100 * ms, Tries: 2}
	for _, k := range []string{"d", "a", "c", "b"} {
		tr.Track(at(0), k, p)
	}
	tr.Track(at(0), "a", p) // again: now the last
	want := "100ms d 2, 100ms c 2, 100ms b 2, 100ms a 2, 200ms d failed, 200ms c failed, 200ms b failed, 200ms a failed"
	if got := run(&tr, time.Second); got != want {
		t.Errorf("got %s", got)
	}
}

func TestALateLoopSendsOnce(t *testing.T) {
	var tr Tracker[string]
	tr.Track(at(0), "a", Policy{First: 100 * ms})
	n := 0
	tr.Expire(at(10*time.Second), func(string, uint8) { n++ }, nil)
	next, _ := tr.Next()
	if n != 1 || !next.Equal(at(10100*ms)) {
		t.Errorf("sent %d times, next at %v", n, next)
	}
}

// protocol.md §7: a round trip is measured on the try that the acknowledgement names.
func TestSamples(t *testing.T) {
	tests := []struct {
		name    string
		tries   int // sent at 0, 100 ms, 200 ms, …
		ack     uint8
		rtt     time.Duration // at 10 ms after the last try
		sampled bool
	}{
		{"the only one", 1, 1, 10 * ms, true},
		{"the last one", 3, 3, 10 * ms, true},
		{"an earlier one", 3, 1, 210 * ms, true},
		{"none", 3, 0, 0, false},
		{"one that was not sent", 3, 4, 0, false},
		{"eight back", 12, 5, 710 * ms, true},
		{"nine back", 12, 4, 0, false},
		{"254", 254, 254, 10 * ms, true},
		{"255 stands for many", 255, 255, 0, false},
		{"beyond 255", 300, 255, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tr Tracker[int]
			tr.Track(at(0), 7, Policy{First: 100 * ms})
			now := at(0)
			for tr.items[7].tries < tt.tries {
				now = now.Add(100 * ms)
				tr.Expire(now, func(_ int, try uint8) {
					if want := min(tr.items[7].tries, 255); int(try) != want || int(tr.Tries(7)) != want {
						t.Fatalf("try %d, Tries %d, want %d", try, tr.Tries(7), want)
					}
				}, nil)
			}
			rtt, sampled, known := tr.Ack(now.Add(10*ms), 7, tt.ack)
			if rtt != tt.rtt || sampled != tt.sampled || !known {
				t.Errorf("got %v, %v, %v", rtt, sampled, known)
			}
			if _, _, known := tr.Ack(now, 7, tt.ack); known || tr.Tries(7) != 0 {
				t.Error("acknowledged twice")
			}
			if _, ok := tr.Next(); ok {
				t.Error("there is still something to do")
			}
		})
	}
	var tr Tracker[int]
	tr.Track(at(0), 7, Policy{First: 100 * ms})
	if rtt, sampled, known := tr.Ack(at(-1), 7, 1); rtt != 0 || sampled || !known {
		t.Error("sampled before it was sent")
	}
}

func TestHasten(t *testing.T) {
	tests := []struct {
		name string
		p    Policy
		when time.Duration
		want string
	}{
		{"the next try is now and the gaps begin again", Policy{First: 100 * ms, Factor: 2, Tries: 5}, 1000 * ms,
			"1s a 5, 1.1s a failed"},
		{"for ever", Policy{First: 1 * time.Second, Factor: 10, Cap: 30 * time.Second}, 2 * time.Second,
			"2s a 3, 3s a 4, 13s a 5"},
		{"no try left", Policy{First: 500 * ms, Tries: 1}, 100 * ms, "500ms a failed"},
		{"no try left, and a deadline", Policy{First: 50 * ms, Tries: 2, Deadline: 500 * ms}, 100 * ms, "500ms a failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tr Tracker[string]
			tr.Track(at(0), "a", tt.p)
			run(&tr, tt.when-1)
			tr.Hasten(at(tt.when), "a")
			tr.Hasten(at(tt.when), "unknown")
			if got := run(&tr, 20*time.Second); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

// protocol.md §7.4: when that left which a try repeats.
func TestWhenTheLostLeft(t *testing.T) {
	var tr Tracker[string]
	tr.Track(at(0), "a", Policy{First: 10 * ms, Factor: 2})
	if got := tr.Lost("a"); !got.IsZero() {
		t.Errorf("one try: %v", got)
	}
	due := []time.Duration{0, 10, 30, 70, 150, 310, 630, 1270, 2550, 5110, 10230}
	for i, d := range due[1:] {
		tr.Expire(at(d*ms), func(string, uint8) {}, nil)
		if got := tr.Lost("a"); !got.Equal(at(due[i] * ms)) {
			t.Errorf("try %d repeats one of %v, want %v ms", i+2, got.Sub(at(0)), due[i])
		}
	}
	if got := tr.Lost("b"); !got.IsZero() {
		t.Errorf("unknown: %v", got)
	}
}

// The callbacks may change the tracker; what they make due is left for the next Expire.
func TestCallbacks(t *testing.T) {
	var tr Tracker[string]
	p := Policy{First: 100 * ms, Tries: 2}
	for _, k := range []string{"a", "b", "c", "d"} {
		tr.Track(at(0), k, p)
	}
	var log []string
	resend := func(k string, try uint8) {
		log = append(log, fmt.Sprint(k, try))
		switch k {
		case "a":
			tr.Drop("a")
			tr.Drop("b")
			tr.Track(at(0), "old", p) // due already
		case "c":
			tr.Ack(at(100*ms), "c", try)
			tr.Hasten(at(100*ms), "d")
			tr.Hasten(at(100*ms), "old")
		case "d":
			tr.Hasten(at(100*ms), "d")
		}
	}
	failed := func(k string) {
		log = append(log, k+" failed")
		if tr.Has(k) {
			t.Errorf("%s has failed and is still there", k)
		}
		tr.Track(at(0), k, Policy{First: 100 * ms, Tries: 1})
	}
	tr.Expire(at(100*ms), resend, failed)
	if want := []string{"a2", "c2"}; !slices.Equal(log, want) {
		t.Errorf("first %v, want %v", log, want)
	}
	log = nil
	tr.Expire(at(101*ms), resend, failed)
	if want := []string{"d2", "old2"}; !slices.Equal(log, want) {
		t.Errorf("then %v, want %v", log, want)
	}
	log = nil
	tr.Expire(at(300*ms), resend, failed)
	if want := []string{"d failed", "old failed"}; !slices.Equal(log, want) || tr.Len() != 2 {
		t.Errorf("then %v, want %v", log, want)
	}
}

func TestJitter(t *testing.T) {
	p := Policy{First: time.Second, Jitter: 0.25}
	gaps := func(rng *rand.Rand) (all []time.Duration) {
		tr := Tracker[int]{Rand: rng}
		for k := range 1000 {
			tr.Track(at(0), k, p)
			all = append(all, tr.items[k].due.Sub(at(0)))
		}
		return all
	}
	all := gaps(rand.New(rand.NewPCG(1, 2)))
	lo, hi := slices.Min(all), slices.Max(all)
	if lo < 750*ms || lo > 760*ms || hi > 1250*ms || hi < 1240*ms {
		t.Errorf("gaps from %v to %v", lo, hi)
	}
	if !slices.Equal(all, gaps(rand.New(rand.NewPCG(1, 2)))) {
		t.Error("the same seed gave other gaps")
	}
	if slices.Max(gaps(nil)) != time.Second {
		t.Error("jitter without a source of it")
	}
}

// What is tracked and answered again and again uses the same items.
func TestTrackerDoesNotAllocate(t *testing.T) {
	var tr Tracker[int]
	now, n := time.Unix(0, 0), 0
	round := func() {
		for range 64 {
			n++
			tr.Track(now, n, Policy{First: time.Second})
		}
		for i := range 64 {
			tr.Ack(now, n-i, 1)
		}
	}
	round()
	if a := testing.AllocsPerRun(100, round); a > 0 && !raceEnabled {
		t.Errorf("%v allocations for 64 answers", a)
	}
}
