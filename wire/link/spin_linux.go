package link

import (
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A core that sleeps takes longer to wake than two programs on one machine take to answer each other: 20 µs at each end where it is virtual. So
// a reader that gets its datagrams that fast looks for the next one itself before it sleeps, and each time lets whoever else wants the core
// go first. Linux does likewise in the guests of a hypervisor (the haltpoll governor).
const (
	// spinFor is how long the reader looks: as long as a server takes to make a message durable.
	spinFor = 400 * time.Microsecond
	// spinCost is how many datagrams must come within spinFor of each other for one look that finds none: so looking takes at most 6 µs
	// of each of them. spinCredit is how many count at most.
	spinCost, spinCredit = 64, 128
	// spinIdle is what the reader waits at least for a datagram that was not there already. One that was takes the credit of spinFlood: who has
	// more to read than time gains nothing by looking, and whoever else wants the core has it at each yield while the socket's buffer fills.
	spinIdle  = 5 * time.Microsecond
	spinFlood = 4
)

// spin is a reader that looks before it sleeps. It belongs to who reads.
type spin struct {
	credit int
	raw    syscall.RawConn // nil when the socket was closed before the first read
	begin  time.Time
	ready  []unix.PollFd
	poll   func(fd uintptr) // look, made once
}

func (s *spin) enable(raw syscall.RawConn) {
	s.raw, s.ready, s.poll = raw, []unix.PollFd{{Events: unix.POLLIN}}, s.look
}

// wait returns when there is something to read or when it is time to sleep: at once, unless looking is worth it.
func (s *spin) wait() {
	s.begin = time.Now()
	if s.raw != nil && s.credit >= spinCost {
		_ = s.raw.Control(s.poll) // closed: the read says so
	}
}

// look looks until something has come, or an error, or spinFor is over.
func (s *spin) look(fd uintptr) {
	for s.ready[0].Fd = int32(fd); time.Since(s.begin) < spinFor; {
		if n, _ := unix.Poll(s.ready, 0); n > 0 {
			return
		}
		runtime.Gosched()
		_, _, _ = unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0) // it can't fail
	}
}

// came notes that something was read.
func (s *spin) came() { s.credit = worth(s.credit, time.Since(s.begin)) }

// worth is the credit when the next datagram came so long after the reader was ready for it.
func worth(credit int, after time.Duration) int {
	switch {
	case after > spinFor:
		return max(credit-spinCost, 0)
	case after < spinIdle:
		return max(credit-spinFlood, 0)
	}
	return min(credit+1, spinCredit)
}
