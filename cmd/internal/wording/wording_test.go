package wording

import (
	"testing"
	"time"

	"udpchat/peer"
)

// Every way is said in words of its own, and the short ones fit beside a name at 40 columns.
func TestWays(t *testing.T) {
	said := map[string]bool{}
	for w := peer.WayDirect; w <= peer.WayNowhere; w++ {
		talk := peer.TalkStatus{Way: w}
		if words := Way(talk); words == "" || said[words] {
			t.Errorf("way %d: %q", w, words)
		} else {
			said[words] = true
		}
		if short := ShortWay(talk); short == "" || len(short) > 16 {
			t.Errorf("way %d in short: %q", w, short)
		}
	}
	measured := peer.TalkStatus{RoundTrip: 1234 * time.Microsecond}
	if long, short := Way(measured), ShortWay(measured); long != "direct, round trip 1.2 ms" || short != "direct 1.2 ms" {
		t.Errorf("%q, %q", long, short)
	}
}

func TestTags(t *testing.T) {
	for want, a := range map[string]peer.Arrived{
		"":                                   {Mail: true, Post: true, Again: true},
		"(late) ":                            {Late: true},
		"(not sealed) ":                      {Clear: true},
		"(late) (not sealed) (another key) ": {Late: true, Clear: true, Doubt: true},
	} {
		if got := Tags(a); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAbout(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0.0 ms": 0, "999.9 ms": 999900 * time.Microsecond, "1 s": time.Second, "59 s": 59900 * time.Millisecond, "1 min": time.Minute,
		"59 min": time.Hour - 1, "1 h": time.Hour, "47 h": 48*time.Hour - 1, "2 days": 48 * time.Hour,
	} {
		if got := About(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
