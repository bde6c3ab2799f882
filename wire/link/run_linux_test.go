package link

import (
	"net/netip"
	"testing"
)

// An error that is about one remote, or about now, is no word of what the system can do: the next run leaves in one piece again.
func TestRunsGoOnAfterAnError(t *testing.T) {
	from := open(t, "127.0.0.1")
	for _, remote := range []string{"203.0.113.1:9", "[::1]:9"} { // no way leads there from a loopback address, or from IPv4
		if err := from.WriteRun(make([]byte, 300), 100, Path{Remote: netip.MustParseAddrPort(remote)}); err == nil {
			t.Errorf("it left for %s", remote)
		}
		if from.runs.noOut.Load() {
			t.Fatalf("no more runs leave after one to %s", remote)
		}
	}
}
