package sim

import (
	"slices"
	"testing"
	"time"

	"udpchat/peer"
)

// far is a network without faults but loss, with a round trip of 40 ms and a bit.
func far(loss float64) func(m *Mix) {
	return func(m *Mix) {
		*m = Mix{Guests: 2, Latency: 19 * time.Millisecond, Disk: 2 * time.Millisecond, Length: time.Hour, Loss: loss}
	}
}

const roundTrip = 40 * time.Millisecond

// talk is someone who types a text, waits until it is decided, and types the next one.
type talk struct {
	w       *World
	from    *guest
	typed   time.Duration
	decided Spread
	want    int
}

func (k *talk) write() {
	k.typed = k.w.at
	k.w.typeText(k.from, 3-k.from.index)
}

// watch notes when a text is delivered or stored, whichever is first.
func (k *talk) watch(g *guest, n peer.Notice) {
	switch n.(type) {
	case peer.Delivered, peer.Stored:
	default:
		return
	}
	if g != k.from || k.typed == 0 {
		return
	}
	k.decided.add(k.w.at - k.typed)
	k.typed = 0
	if len(k.decided) < k.want {
		k.w.after(3*time.Second+k.w.upTo(2*time.Second), k.write)
	}
}

// decide runs a world until the first guest has had so many texts decided. before happens when everybody is there.
func decide(t *testing.T, seed uint64, loss float64, want int, before func(w *World)) Spread {
	t.Helper()
	w := newWorld(seed, Options{Mix: far(loss)})
	k := &talk{w: w, from: w.guests[0], want: want}
	w.watch = k.watch
	w.until(20 * time.Second)
	before(w)
	w.after(w.upTo(time.Second), k.write)
	for end := w.at + time.Duration(want)*time.Minute; len(k.decided) < want && w.at < end && len(w.report.Failures) == 0; {
		w.until(w.at + time.Second)
	}
	silent := k.from.starts > 1 // all tries of something were lost: that client's user was told so, and has no answer
	if len(k.decided) < want && !silent || len(w.report.Failures) > 0 {
		t.Fatalf("seed %d: %d texts of %d decided; %q", seed, len(k.decided), want, w.report.Failures)
	}
	return k.decided
}

// At 20 % loss and a round trip of 40 ms, half of the texts are decided within 60 ms, and 99 % within 1.2 s.
func TestDecidedSoon(t *testing.T) {
	var all Spread
	for seed := range uint64(20) {
		all = append(all, decide(t, seed+1, .2, 250, func(*World) {})...)
	}
	t.Log(all)
	if m, tail := all.At(.5), all.At(.99); m > 60*time.Millisecond || tail > 1200*time.Millisecond {
		t.Errorf("decided: half within %v, 99 %% within %v", m, tail)
	}
}

// A text for someone who is away is on the server within 600 ms and a round trip: whether the table tells so or not yet.
func TestStoredSoon(t *testing.T) {
	for name, away := range map[string]func(w *World){
		"unplugged a moment ago": func(w *World) {
			w.net.part(0, 2, time.Hour, true)
			w.net.part(1, 2, time.Hour, true)
		},
		"left": func(w *World) {
			w.guests[1].leaving = true
			w.guests[1].leave()
			w.until(w.at + 5*time.Second)
		},
	} {
		var all, lossy Spread
		for seed := range uint64(200) {
			all = append(all, decide(t, seed+1, 0, 1, away)...)
			lossy = append(lossy, decide(t, seed+1, .2, 1, away)...)
		}
		t.Logf("%s: %v", name, all)
		t.Logf("%s, at 20 %% loss: %v", name, lossy)
		if worst := slices.Max(all); worst > 600*time.Millisecond+roundTrip {
			t.Errorf("%s: stored after %v", name, worst)
		}
	}
}

// At 20 % loss at most one text in a thousand is marked as late.
func TestRarelyLate(t *testing.T) {
	var shown, late int
	for seed := range uint64(20) {
		w := newWorld(seed+1, Options{Mix: far(.2)})
		w.until(20 * time.Second)
		for at := time.Duration(0); at < 400*time.Second; at += w.upTo(400 * time.Millisecond) {
			g := w.guests[w.rand.IntN(2)]
			w.after(at, func() { w.typeText(g, 3-g.index) })
		}
		w.until(w.at + 500*time.Second)
		if len(w.report.Failures) > 0 {
			t.Fatal(w.report.Failures)
		}
		shown, late = shown+w.report.Shown, late+w.report.Late
	}
	t.Logf("%d of %d texts marked as late: %.3f %%", late, shown, 100*float64(late)/float64(shown))
	if late*1000 > shown {
		t.Error("too many")
	}
}
