package linktest

import (
	"encoding/binary"
	"errors"
	"math"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

var (
	ann  = netip.MustParseAddrPort("10.0.0.1:1000")
	ben  = netip.MustParseAddrPort("10.0.0.2:1000")
	cleo = netip.MustParseAddrPort("[fd00::3]:1000")
)

// send writes datagrams that are numbered from first on, a millisecond apart.
func send(t *testing.T, c *Conn, to netip.AddrPort, first, count int) {
	t.Helper()
	for i := range count {
		b := binary.BigEndian.AppendUint32(nil, uint32(first+i))
		if err := c.Write(b, link.Path{Remote: to}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}

// received waits for all that is on its way, and returns the numbers in the order in which they came.
func received(t *testing.T, c *Conn) (numbers []int) {
	t.Helper()
	time.Sleep(time.Minute)
	b := make([]byte, wire.MaxDatagram)
	for len(c.queue) > 0 {
		n, _, err := c.Read(b)
		if n != 4 || err != nil {
			t.Fatal(n, err)
		}
		numbers = append(numbers, int(binary.BigEndian.Uint32(b)))
	}
	return numbers
}

// settled checks that every datagram is accounted for, once none is on its way.
func settled(t *testing.T, n *Network) Counts {
	t.Helper()
	c := n.Counts()
	if c.Sent+c.Duplicated != c.Delivered+c.Lost+c.Cut+c.Overflow+c.NoOne+c.Oversize {
		t.Errorf("the counts do not add up: %+v", c)
	}
	return c
}

// count is the numbers 0 to n-1.
func count(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestGoodNetworkDeliversAtOnceInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(1, Conditions{})
		a, b := n.Listen(ann), n.Listen(ben)
		if err := a.Write([]byte("hello"), link.Path{Remote: ben}); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 2048)
		size, p, err := b.Read(buf)
		want := link.Path{Remote: ann, Local: ben.Addr()}
		if err != nil || string(buf[:size]) != "hello" || p != want {
			t.Errorf("read %q by %v, %v; want by %v", buf[:size], p, err, want)
		}
		send(t, a, ben, 0, 100)
		if have := received(t, b); !slices.Equal(have, count(100)) {
			t.Errorf("received %v", have)
		}
		if have, want := settled(t, n), (Counts{Sent: 101, Delivered: 101}); have != want {
			t.Errorf("counts %+v, want %+v", have, want)
		}
	})
}

func TestConditionsTakeTheirShare(t *testing.T) {
	const sent = 4000
	for _, c := range []struct {
		name string
		c    Conditions
		of   func(Counts) int
		rate float64
	}{
		{"loss", Conditions{Loss: 0.2}, func(c Counts) int { return c.Lost }, 0.2},
		{"duplication", Conditions{Duplicate: 0.1}, func(c Counts) int { return c.Duplicated }, 0.1},
		{"reordering", Conditions{Reorder: 0.3}, func(c Counts) int { return c.Reordered }, 0.3},
		{"total loss", Conditions{Loss: 1}, func(c Counts) int { return c.Lost }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const seed = 7
				c.c.Queue = 2 * sent
				n := New(seed, c.c)
				a, b := n.Listen(ann), n.Listen(ben)
				send(t, a, ben, 0, sent)
				have := received(t, b)
				counts := settled(t, n)
				// four standard deviations
				bound := 4 * math.Sqrt(c.rate*(1-c.rate)/sent)
				if rate := float64(c.of(counts)) / sent; math.Abs(rate-c.rate) > bound {
					t.Errorf("seed %d: rate %.3f, want %.3f ± %.3f", seed, rate, c.rate, bound)
				}
				if len(have) != counts.Delivered || slices.IsSorted(have) == (c.c.Reorder > 0) {
					t.Errorf("seed %d: %d received, in order: %v; %+v", seed, len(have), slices.IsSorted(have), counts)
				}
			})
		})
	}
}

func TestDelayAndJitterKeepTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(3, Conditions{Delay: 40 * time.Millisecond, Jitter: 30 * time.Millisecond})
		a, b := n.Listen(ann), n.Listen(ben)
		start := time.Now()
		if err := a.Write([]byte("hello"), link.Path{Remote: ben}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Read(make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d < 40*time.Millisecond || d > 70*time.Millisecond {
			t.Errorf("it took %v", d)
		}
		send(t, a, ben, 0, 500)
		if have := received(t, b); !slices.Equal(have, count(500)) {
			t.Errorf("received %v", have)
		}
	})
}

func TestFateIsTheSeeds(t *testing.T) {
	bad := Conditions{Loss: 0.1, Duplicate: 0.1, Reorder: 0.2, Delay: 5 * time.Millisecond, Jitter: 3 * time.Millisecond}
	run := func(seed uint64, others bool) (have []int) {
		synctest.Test(t, func(t *testing.T) {
			n := New(seed, bad)
			a, b, c := n.Listen(ann), n.Listen(ben), n.Listen(cleo)
			if others { // what others send changes nothing
				send(t, c, ben, 0, 100)
				received(t, b)
			}
			send(t, a, ben, 0, 300)
			have = received(t, b)
			settled(t, n)
		})
		return have
	}
	first := run(1, false)
	if again := run(1, false); !slices.Equal(first, again) {
		t.Error("the same seed gave another fate")
	}
	if again := run(1, true); !slices.Equal(first, again) {
		t.Error("another's datagrams changed the fate")
	}
	if other := run(2, false); slices.Equal(first, other) {
		t.Error("another seed gave the same fate")
	}
}

func TestCutsAndPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(1, Conditions{Delay: 100 * time.Millisecond})
		a, b, c := n.Listen(ann), n.Listen(ben), n.Listen(cleo)
		exchange := func(step string, wantAB, wantBA, wantAC int) {
			t.Helper()
			send(t, a, ben, 0, 10)
			send(t, b, ann, 0, 10)
			send(t, a, cleo, 0, 10)
			ab, ba, ac := len(received(t, b)), len(received(t, a)), len(received(t, c))
			if ab != wantAB || ba != wantBA || ac != wantAC {
				t.Errorf("%s: %d, %d and %d arrived, want %d, %d and %d", step, ab, ba, ac, wantAB, wantBA, wantAC)
			}
		}
		exchange("whole", 10, 10, 10)
		n.Cut(ann.Addr(), ben.Addr())
		exchange("cut one way", 0, 10, 10)
		n.Partition([]netip.Addr{ann.Addr()}, []netip.Addr{ben.Addr(), cleo.Addr()})
		exchange("partition", 0, 0, 0)
		n.Heal()
		exchange("healed", 10, 10, 10)
		send(t, a, ben, 0, 10) // still on its way when the cut comes
		n.Cut(ann.Addr(), ben.Addr())
		if have := received(t, b); len(have) != 0 {
			t.Errorf("%v came through a cut", have)
		}
		settled(t, n)
	})
}

func TestTapSeesAndStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(1, Conditions{})
		a, b := n.Listen(ann), n.Listen(ben)
		seen := 0
		n.Tap(func(from, to netip.AddrPort, d []byte) bool {
			if from != ann || to != ben {
				t.Errorf("from %v to %v", from, to)
			}
			seen++
			return d[3]%2 == 0
		})
		send(t, a, ben, 0, 6)
		n.Tap(nil)
		send(t, a, ben, 6, 2)
		if have := received(t, b); seen != 6 || !slices.Equal(have, []int{0, 2, 4, 6, 7}) {
			t.Errorf("%d seen, %v received", seen, have)
		}
		if c := settled(t, n); c.Cut != 3 {
			t.Errorf("%+v", c)
		}
	})
}

func TestWhatCannotArriveIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(1, Conditions{Queue: 4})
		a, b := n.Listen(ann), n.Listen(ben)
		send(t, a, ben, 0, 10)
		send(t, a, cleo, 0, 3)
		if err := a.Write(make([]byte, wire.MaxDatagram+1), link.Path{Remote: ben}); err != nil {
			t.Error(err)
		}
		if have := received(t, b); !slices.Equal(have, count(4)) {
			t.Errorf("received %v", have)
		}
		want := Counts{Sent: 14, Delivered: 4, Overflow: 6, NoOne: 3, Oversize: 1}
		if have := settled(t, n); have != want {
			t.Errorf("counts %+v, want %+v", have, want)
		}
	})
}

func TestCloseEndsReadAndFreesTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(1, Conditions{})
		a := n.Listen(ann)
		done := make(chan error)
		go func() {
			_, _, err := a.Read(nil)
			done <- err
		}()
		synctest.Wait()
		if err := errors.Join(a.Close(), a.Close()); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Read: %v", err)
		}
		if err := a.Write(nil, link.Path{Remote: ben}); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write: %v", err)
		}
		again := n.Listen(ann)
		if err := a.Close(); err != nil { // does not close its successor
			t.Error(err)
		}
		send(t, n.Listen(netip.AddrPortFrom(ben.Addr(), 0)), ann, 0, 1)
		if have := received(t, again); len(have) != 1 {
			t.Errorf("received %v", have)
		}
		if one, other := n.Listen(netip.AddrPortFrom(ben.Addr(), 0)).LocalAddr(), n.Listen(netip.AddrPortFrom(ben.Addr(), 0)).LocalAddr(); one == other {
			t.Errorf("%v was given twice", one)
		}
	})
}
