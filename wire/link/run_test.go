package link

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"

	"udpchat/wire"
)

// recorder is Runs that remembers what was written.
type recorder struct {
	single
	runs []string
	err  error
}

func (r *recorder) WriteRun(b []byte, size int, p Path) error {
	r.runs = append(r.runs, fmt.Sprintf("%d of %d to %d", len(b), size, p.Remote.Port()))
	return r.err
}

func TestOutletGathersRuns(t *testing.T) {
	type datagram struct{ size, to int }
	several := func(n int, d datagram) []datagram { return slices.Repeat([]datagram{d}, n) }
	for _, c := range []struct {
		name      string
		datagrams []datagram
		want      []string
	}{
		{"none", nil, nil},
		{"one", []datagram{{100, 1}}, []string{"100 of 100 to 1"}},
		{"as large as the first", []datagram{{100, 1}, {100, 1}, {100, 1}}, []string{"300 of 100 to 1"}},
		{"a smaller one ends it", []datagram{{100, 1}, {90, 1}, {90, 1}}, []string{"190 of 100 to 1", "90 of 90 to 1"}},
		{"a larger one begins another", []datagram{{90, 1}, {100, 1}, {100, 1}}, []string{"90 of 90 to 1", "200 of 100 to 1"}},
		{"each path its own", []datagram{{100, 1}, {100, 2}, {100, 1}}, []string{"100 of 100 to 1", "100 of 100 to 2", "100 of 100 to 1"}},
		{"64 at most", several(65, datagram{100, 1}), []string{"6400 of 100 to 1", "100 of 100 to 1"}},
		{"65,000 bytes at most", several(55, datagram{1200, 1}), []string{"64800 of 1200 to 1", "1200 of 1200 to 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &recorder{}
			o := outlet{to: r}
			for _, d := range c.datagrams {
				if err := o.write(make([]byte, d.size), Path{Remote: netip.AddrPortFrom(netip.IPv6Loopback(), uint16(d.to))}); err != nil {
					t.Fatal(err)
				}
			}
			if err := o.flush(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(r.runs, c.want) {
				t.Errorf("runs %q, want %q", r.runs, c.want)
			}
		})
	}
}

func TestOutletTellsItsFirstError(t *testing.T) {
	first := errors.New("first")
	r := &recorder{err: first}
	o := outlet{to: r}
	for to := range uint16(3) {
		_ = o.write([]byte{1}, Path{Remote: netip.AddrPortFrom(netip.IPv6Loopback(), to)})
		r.err = map[uint16]error{0: first, 1: errors.New("second")}[to]
	}
	if err := o.flush(); !errors.Is(err, first) || len(r.runs) != 3 {
		t.Errorf("%v after %d runs", err, len(r.runs))
	}
	if err := o.flush(); err != nil {
		t.Errorf("and again %v", err)
	}
}

// ways are the ones to move runs: the system's own, where there is one, and the plain one.
func ways(s *Socket) map[string]Runs {
	own, _ := runs(s)
	return map[string]Runs{"runs": own, "single": single{s}}
}

// Whichever way a run is written and read, the same datagrams come, in their order, from where they were sent.
func TestRunsArrive(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1", ""} {
		for _, writer := range []string{"runs", "single"} {
			for _, reader := range []string{"runs", "single"} {
				t.Run(fmt.Sprintf("%s to %s at %q", writer, reader, host), func(t *testing.T) {
					from, to := listening(t, host), listening(t, host)
					at := to.LocalAddr()
					if at.Addr().IsUnspecified() {
						at = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port())
					}
					want := [][]byte{bytes.Repeat([]byte{1}, 500), bytes.Repeat([]byte{2}, 500), bytes.Repeat([]byte{3}, 77)}
					if err := ways(from)[writer].WriteRun(bytes.Join(want, nil), 500, Path{Remote: at}); err != nil {
						t.Fatal(err)
					}
					var got [][]byte
					for b := make([]byte, MaxRunRead); len(got) < len(want); {
						n, size, p, err := ways(to)[reader].ReadRun(b)
						if err != nil {
							t.Fatal(err)
						}
						if p.Remote.Port() != from.LocalAddr().Port() || !p.Local.IsLoopback() {
							t.Errorf("path %v", p)
						}
						eachOf(b[:n], size, func(d []byte) { got = append(got, bytes.Clone(d)) })
					}
					if !slices.EqualFunc(got, want, bytes.Equal) {
						t.Errorf("got %d datagrams", len(got))
					}
				})
			}
		}
	}
}

// listening is a socket that is closed at the end of the test.
func listening(t testing.TB, host string) *Socket {
	t.Helper()
	s, err := Listen(host, 0)
	if err != nil {
		t.Skipf("no socket at %q: %v", host, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestReadRunSkipsWhatIsTooLong(t *testing.T) {
	from, to := listening(t, "127.0.0.1"), listening(t, "127.0.0.1")
	r, room := runs(to)
	for _, size := range []int{wire.MaxDatagram + 1, 10} {
		if err := from.Write(make([]byte, size), Path{Remote: to.LocalAddr()}); err != nil {
			t.Fatal(err)
		}
	}
	if n, size, _, err := r.ReadRun(make([]byte, room)); n != 10 || size != 10 || err != nil {
		t.Errorf("read %d bytes in datagrams of %d, %v", n, size, err)
	}
	if c := to.Counts().Oversize; c != 1 {
		t.Errorf("%d were too long", c)
	}
}

func TestReadRunEndsWithTheSocket(t *testing.T) {
	for name := range ways(listening(t, "127.0.0.1")) {
		s := listening(t, "127.0.0.1")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := ways(s)[name].ReadRun(make([]byte, MaxRunRead)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRunsDoNotAllocate(t *testing.T) {
	from, to := listening(t, "127.0.0.1"), listening(t, "127.0.0.1")
	r, room := runs(to)
	b, run, at := make([]byte, room), make([]byte, 2000), Path{Remote: to.LocalAddr()}
	own, _ := runs(from)
	if _, plain := own.(single); plain {
		t.Skip("the system has no runs")
	}
	round := func() {
		if err := own.WriteRun(run, 1000, at); err != nil {
			t.Fatal(err)
		}
		for got := 0; got < len(run); {
			n, _, _, err := r.ReadRun(b)
			if err != nil {
				t.Fatal(err)
			}
			got += n
		}
	}
	round()
	if a := testing.AllocsPerRun(100, round); a > 0 {
		t.Errorf("%v allocations in a run", a)
	}
}

// BenchmarkRun moves 50 datagrams from one socket to another.
func BenchmarkRun(b *testing.B) {
	for _, name := range []string{"single", "runs"} {
		for _, size := range []int{100, 1200} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				from, to := listening(b, "127.0.0.1"), listening(b, "127.0.0.1")
				w, r := ways(from)[name], ways(to)[name]
				run, room, at := make([]byte, 50*size), make([]byte, MaxRunRead), Path{Remote: to.LocalAddr()}
				for b.Loop() {
					if err := w.WriteRun(run, size, at); err != nil {
						b.Fatal(err)
					}
					for got := 0; got < len(run); {
						n, _, _, err := r.ReadRun(room)
						if err != nil {
							b.Fatal(err)
						}
						got += n
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/50, "ns/datagram")
			})
		}
	}
}
