package lab

import "time"

const (
	rowGap  = 19.0 // pixels, from what is written to the next at least
	sendGap = 23.0 // to a datagram, whose label stands above it
	landGap = 4.0  // to an arrival at least
	mostGap = 46.0 // of any pause
	slope   = 38.0 // that the delay of the network takes
	pauseAt = 3.0  // a pause that would take so many times the most is marked as one
)

// scale says where each event of a story is drawn, in pixels from the top: time goes down, but what happens at once has room, and long
// pauses are short.
type scale struct {
	y      []float64 // of each event
	pauses []float64 // where time was left out
	end    float64
}

func newScale(s *Story, top float64) scale {
	perSecond := slope / max(s.Config.Delay, time.Millisecond).Seconds()
	k := scale{y: make([]float64, len(s.Events)), end: top}
	last := time.Duration(0)
	for i, e := range s.Events {
		if e.What == Arrives && s.Arrows[e.Arrow].Label == "" {
			k.y[i] = k.end
			continue
		}
		least := rowGap
		switch e.What {
		case Arrives:
			least = landGap
		case Leaves:
			least = sendGap
		}
		gap := least
		if i > 0 {
			gap = max(least, (e.At-last).Seconds()*perSecond)
		}
		if gap > pauseAt*mostGap {
			k.pauses = append(k.pauses, k.end+mostGap/2)
		}
		k.end += min(gap, mostGap)
		k.y[i], last = k.end, e.At
	}
	return k
}
