package sim

import (
	"time"

	"udpchat/peer"
)

// settled is how long a row may be on the server's disk before the server's loop knows of it: a stalled commit's time.
const settled = 5 * time.Second

// unknown checks that nobody is told that a name is unknown which the directory had when the text was typed.
func (l *ledger) unknown(g *guest, n peer.UnknownPeer) {
	l.notTaken(n.Ref)
	m := l.messages[n.Ref-1]
	if at := l.members[m.to]; at != 0 && at+settled < m.typed {
		l.w.fail("unknown: %s is told that nobody is %s, who registered at %v; typed at %v", g.name, n.Name, at, m.typed)
	}
}
