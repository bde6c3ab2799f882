package wire

import "time"

// maxSample keeps a sample that a suspended machine took from spoiling the estimate for hours.
const maxSample = time.Minute

// RTT estimates the round trip of one path as RFC 9002 §5.3 does. The zero value knows nothing and is ready; it is
// owned by the loop.
type RTT struct {
	smoothed time.Duration
	variance time.Duration
	sampled  bool
}

// Sample takes a round trip that was measured on a try that its acknowledgement named (§7). A negative one is ignored.
func (r *RTT) Sample(d time.Duration) {
	if d < 0 {
		return
	}
	d = min(d, maxSample)
	if !r.sampled {
		r.sampled, r.smoothed, r.variance = true, d, d/2
		return
	}
	// RFC 9002 §5.3: rttvar = 3/4 * rttvar + 1/4 * abs(smoothed_rtt - adjusted_rtt)
	r.variance = (3*r.variance + (r.smoothed - d).Abs()) / 4
	// RFC 9002 §5.3: smoothed_rtt = 7/8 * smoothed_rtt + 1/8 * adjusted_rtt
	r.smoothed = (7*r.smoothed + d) / 8
}

// Smoothed is the round trip, 0 before the first sample; never less than a microsecond after it.
func (r *RTT) Smoothed() time.Duration {
	if !r.sampled {
		return 0
	}
	return max(r.smoothed, time.Microsecond)
}

// PTO is how long to wait for an acknowledgement before a second try, from MinPTO to MaxPTO; InitialPTO before the
// first sample.
func (r *RTT) PTO() time.Duration {
	if !r.sampled {
		return InitialPTO
	}
	// RFC 9002 §6.2.1: PTO = smoothed_rtt + max(4*rttvar, kGranularity) + max_ack_delay
	return min(max(r.smoothed+max(4*r.variance, granularity)+ackDelay, MinPTO), MaxPTO)
}
