package link

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestLookingIsWorthItWhileDatagramsComeInTime(t *testing.T) {
	const there, soon, late = spinIdle - 1, spinFor, spinFor + 1
	for _, c := range []struct {
		name  string
		came  []time.Duration
		times int
		looks bool
	}{
		{"at first", nil, 1, false},
		{"after too few", []time.Duration{soon}, spinCost - 1, false},
		{"after enough", []time.Duration{soon}, spinCost, true},
		{"one in vain", []time.Duration{late}, 1, false},
		{"as soon as ever", []time.Duration{spinIdle}, spinCost, true},
		{"a flood", []time.Duration{there}, 1000, false},
		{"a flood that pauses", []time.Duration{there, soon, soon, soon, soon}, 1000, false},
		{"a reader that mostly waits", []time.Duration{there, soon, soon, soon, soon, soon}, 1000, true},
		{"in time each second time", []time.Duration{soon, late}, 1000, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			credit := 0
			for range c.times {
				for _, after := range c.came {
					credit = worth(credit, after)
				}
			}
			if got := credit >= spinCost; got != c.looks {
				t.Errorf("looks: %v", got)
			}
		})
	}
}

// What looks in vain is at most one for each spinCost that came in time, but for what the credit allows at first.
func TestLookingInVainIsRare(t *testing.T) {
	credit, vain, came := 0, 0, 0
	for range 1000 {
		for ; credit < spinCost; came++ { // the worst that can come: nothing, whenever the reader looks
			credit = worth(credit, spinFor)
		}
		credit, vain = worth(credit, spinFor+1), vain+1
	}
	if came < vain*spinCost {
		t.Errorf("%d in vain, %d in time", vain, came)
	}
	for range 10 * spinCredit {
		credit = worth(credit, spinFor)
	}
	for vain = 0; credit >= spinCost; vain++ {
		credit = worth(credit, spinFor+1)
	}
	if vain != spinCredit/spinCost {
		t.Errorf("%d in vain after many that came", vain)
	}
}

// A reader that looks gets what comes, and ends with the socket.
func TestLookingReaderReads(t *testing.T) {
	from, to := listening(t, "127.0.0.1"), listening(t, "127.0.0.1")
	b := make([]byte, MaxRunRead)
	for i := range byte(2 * spinCost) {
		if err := from.Write([]byte{i}, Path{Remote: to.LocalAddr()}); err != nil {
			t.Fatal(err)
		}
		to.runs.spin.credit = spinCredit
		if n, _, _, err := to.ReadRun(b); err != nil || n != 1 || b[0] != i {
			t.Fatalf("read %d bytes, %d, %v", n, b[0], err)
		}
	}
	to.runs.spin.credit = spinCredit
	closed := make(chan error, 1)
	go func() { closed <- to.Close() }()
	if _, _, _, err := to.ReadRun(b); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read of a closed socket: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// echoes is the variable that makes a test binary the other end of BenchmarkAnswer: how it reads, and whom it answers.
const echoes = "UDPCHAT_TEST_ECHO"

func TestMain(m *testing.M) {
	if how, to, ok := strings.Cut(os.Getenv(echoes), " "); ok {
		fmt.Fprintln(os.Stderr, echo(how, to))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// echo says that it is there, and then answers all that comes, until it is killed.
func echo(how, to string) error {
	at, err := netip.ParseAddrPort(to)
	if err != nil {
		return err
	}
	s, err := Listen("127.0.0.1", 0)
	p := Path{Remote: at}
	for b, n := make([]byte, MaxRunRead), 1; err == nil; {
		if err = s.Write(b[:n], p); err == nil {
			n, _, p, err = ways(s)[how].ReadRun(b)
		}
	}
	return err
}

// BenchmarkAnswer is a datagram to another process and its answer. Only who reads runs looks before it sleeps.
func BenchmarkAnswer(b *testing.B) {
	for _, how := range []string{"runs", "single"} {
		b.Run(how, func(b *testing.B) {
			s := listening(b, "127.0.0.1")
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %v", echoes, how, s.LocalAddr()), "GOMAXPROCS=1")
			if err := cmd.Start(); err != nil {
				b.Fatal(err)
			}
			defer func() {
				_ = cmd.Process.Kill()
				_ = cmd.Wait() // it was killed
			}()
			r, room := ways(s)[how], make([]byte, MaxRunRead)
			_, _, at, err := r.ReadRun(room)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := s.Write(room[:100], at); err != nil {
					b.Fatal(err)
				}
				if _, _, _, err := r.ReadRun(room); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
