package sim

import (
	"fmt"
	"strings"
	"time"
)

// Report is what a run came to.
type Report struct {
	Seed      uint64
	Mix       Mix
	Failures  []string // "at <time>: <fault>: ..."
	Typed     int      // attempted
	Accepted  int
	Refused   int // given up, with the reason
	Shown     int // by recipient
	Again     int // marked so
	Late      int // marked so
	Repeated  int // shown twice, as the guarantees allow
	Trimmed   int // parts of posts that went from the channel's log
	Cut       int // posts that went before someone had them, by recipient
	Crashes   int
	Datagrams int
	Settled   time.Duration // after the faults
	Fresh     Spread        // from accepted to shown, of texts typed when all was well
	Left      Spread        // from the end of the faults to shown, of older ones

	faults [len(faults)]int
}

// faults are what the checks of a queue find (Jepsen's total-queue): what was accepted and never came, came twice, or was never accepted;
// what is not over; what came after what followed it, without a mark. Others are under "other".
var faults = [...]string{"lost", "duplicated", "phantom", "stuck", "order", "other"}

// Add counts another run in.
func (r *Report) Add(o Report) {
	r.Typed += o.Typed
	r.Accepted += o.Accepted
	r.Refused += o.Refused
	r.Shown += o.Shown
	r.Again += o.Again
	r.Late += o.Late
	r.Repeated += o.Repeated
	r.Trimmed += o.Trimmed
	r.Cut += o.Cut
	r.Crashes += o.Crashes
	r.Datagrams += o.Datagrams
	r.Fresh = append(r.Fresh, o.Fresh...)
	r.Left = append(r.Left, o.Left...)
	for i, n := range o.faults {
		r.faults[i] += n
	}
}

// fault notes a failure under its fault.
func (r *Report) fault(at time.Duration, text string) {
	r.Failures = append(r.Failures, fmt.Sprintf("at %v: %s", at, text))
	for i, name := range faults {
		if strings.HasPrefix(text, name+":") || i == len(faults)-1 {
			r.faults[i]++
			return
		}
	}
}

// Broken says how often each fault was found.
func (r *Report) Broken() string {
	var b strings.Builder
	for i, name := range faults {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %d", name, r.faults[i])
	}
	return b.String()
}
