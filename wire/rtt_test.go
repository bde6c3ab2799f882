package wire

import (
	"testing"
	"time"
)

// protocol.md §7, RFC 9002 §5.3 and §6.2.1.
func TestRTT(t *testing.T) {

	tests := []struct {
		name    string
		samples []time.Duration
		want    time.Duration
	}{
		{"nothing known", nil, 300 * ms},
		{"one sample: srtt + 4·rtt/2 + 25", []time.Duration{100 * ms}, 325 * ms},
		{"two: srtt 110, rttvar 57.5", []time.Duration{100 * ms, 180 * ms}, 110*ms + 4*57500*time.Microsecond + 25*ms},
		{"a path without delay", []time.Duration{0}, 50 * ms},
		{"a local network: variation counts at least 10", []time.Duration{20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms, 20 * ms}, 55 * ms},
		{"never below 50", []time.Duration{ms, ms, ms, ms}, 50 * ms},
		{"never above 3 s", []time.Duration{10 * time.Second}, 3 * time.Second},
		{"a negative one is no sample", []time.Duration{-1}, 300 * ms},
	}
	for _, tt := range tests {
		var r RTT
		for _, d := range tt.samples {
			r.Sample(d)
		}
		if got := r.PTO(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestRTTForgetsASuspendedMachine(t *testing.T) {
	var r RTT
	r.Sample(1 << 62)
	n := 0
	for ; r.PTO() > 100*time.Millisecond; n++ {
		r.Sample(10 * time.Millisecond)
	}
	if n > 80 {
		t.Errorf("took %d samples", n)
	}
}
