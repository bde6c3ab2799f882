package wire

// overtakes is how many that were sent later must be answered before something counts as lost (RFC 9002 §6.1.1).
const overtakes = 3

// maxFlight bounds what a Flight remembers: twice the largest window. What was sent before that is left to its Tracker.
const maxFlight = 2 * MostWindow

// Flight is what was sent on one way, in the order of sending, until it is answered. Who answers does so in that order, so a gap in the
// answers is a loss (§7.4). The zero value is ready.
type Flight[K comparable] struct {
	sent []flown[K]
}

type flown[K comparable] struct {
	key   K
	try   uint8
	later int // answers to what was sent after it
}

// Sent notes that a try of k leaves now.
func (f *Flight[K]) Sent(k K, try uint8) {
	if len(f.sent) == maxFlight {
		f.sent = f.sent[1:]
	}
	f.sent = append(f.sent, flown[K]{key: k, try: try})
}

// Answered notes the answer to a try of k, and gives what is lost by that, in the order of sending. It is told once of a try.
func (f *Flight[K]) Answered(k K, try uint8) (lost []K) {
	if len(f.sent) > 0 && f.sent[0].key == k && f.sent[0].try == try { // as it mostly is
		f.sent = f.sent[1:]
		return nil
	}
	at := f.find(k, try)
	if at < 0 {
		return nil
	}
	stay := f.sent[:0]
	for i, s := range f.sent {
		if i < at {
			s.later++
		}
		switch {
		case s.key == k && s.try <= try: // an earlier try is no matter any more
		case s.later >= overtakes:
			lost = append(lost, s.key)
		default:
			stay = append(stay, s)
		}
	}
	f.sent = stay
	return lost
}

func (f *Flight[K]) find(k K, try uint8) int {
	for i, s := range f.sent {
		if s.key == k && s.try == try {
			return i
		}
	}
	return -1
}
