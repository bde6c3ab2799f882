package link

import (
	"slices"
	"testing"
	"time"
)

// protocol.md §13.5: of a conversation whose every datagram is repeated, some at once and some long after, each message comes once. The
// control shows that it is the window that sees to it.
func TestOldCountersAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		cfg   SessionConfig
		twice bool
	}{
		"as it is":             {SessionConfig{}, false},
		"control, no window":   {SessionConfig{NoReplayWindow: true}, true},
		"a server, as it is":   {SessionConfig{Server: true}, false},
		"control, of a server": {SessionConfig{Server: true, NoReplayWindow: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			a, b := l.party(1, SessionConfig{}), l.party(2, c.cfg)
			trust(a, b)
			for n := range uint32(20) {
				a.ping(b, n)
				l.run(100 * time.Millisecond)
			}
			for _, f := range slices.Clone(l.record) {
				if f.to == b.addr {
					_ = b.open(f.from, f.data)
				}
			}
			slices.Sort(b.got)
			once := slices.Compact(slices.Clone(b.got))
			if twice := len(b.got) > len(once); len(once) != 20 || twice != c.twice {
				t.Errorf("of 20 messages %d came, %d in all", len(once), len(b.got))
			}
		})
	}
}
