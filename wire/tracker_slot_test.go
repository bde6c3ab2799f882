package wire

import (
	"slices"
	"testing"
	"time"
)

// Keys with room of their own are tracked as those in a map are.
func TestTrackerKeepsWhatItKnowsInTheKey(t *testing.T) {
	type letter struct{ slot Slot[*letter] }
	tr := Tracker[*letter]{Slot: func(l *letter) *Slot[*letter] { return &l.slot }}
	a, b, now := &letter{}, &letter{}, time.Unix(0, 0)
	p := Policy{First: time.Second, Tries: 2}
	tr.Track(now, a, p)
	tr.Track(now, b, p)
	if !tr.Has(a) || tr.Len() != 2 || tr.Tries(b) != 1 {
		t.Error("two are tracked, once each")
	}
	if rtt, sampled, known := tr.Ack(now.Add(300*ms), a, 1); rtt != 300*ms || !sampled || !known || tr.Has(a) || tr.Len() != 1 {
		t.Errorf("%v %v %v, %d left", rtt, sampled, known, tr.Len())
	}
	var said []string
	say := func(what string) func(*letter) {
		return func(l *letter) {
			if l == b {
				said = append(said, what)
			}
		}
	}
	for i := 1; i <= 3; i++ {
		tr.Expire(now.Add(time.Duration(i)*time.Second), func(l *letter, _ uint8) { say("again")(l) }, say("failed"))
	}
	if !slices.Equal(said, []string{"again", "failed"}) || tr.Has(b) || tr.Len() != 0 || b.slot.item != nil {
		t.Errorf("%v, %d left", said, tr.Len())
	}
}
