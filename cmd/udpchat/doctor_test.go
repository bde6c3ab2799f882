package main

import (
	"strings"
	"testing"
	"time"

	"udpchat/peer"
)

func TestDoctorsClock(t *testing.T) {
	for _, c := range []struct {
		told  bool
		ahead time.Duration
		want  string
	}{
		{false, 0, "skip clock: the server does not tell the time: its program is older"},
		{true, -900 * time.Millisecond, "ok   clock: the same as the server's, within a second"},
		{true, 59 * time.Second, "ok   clock: 59 s ahead of the server's"},
		{true, -59 * time.Second, "ok   clock: 59 s behind the server's"},
		{true, -3 * time.Hour, "warn clock: 3 h behind the server's: others see wrong times with what you write; remedy: "},
	} {
		var out strings.Builder
		d := checkup{out: &out, examined: peer.Examination{Clock: c.told, Ahead: c.ahead}}
		if !d.clock(t.Context()) || !strings.HasPrefix(out.String(), c.want) || d.worst != exitOK {
			t.Errorf("%v: %q, code %d", c.ahead, out.String(), d.worst)
		}
	}
}
