package lab

import (
	"fmt"
	"strings"
)

// Hex writes the bytes of every datagram that is drawn, in the order in which they left: as it travelled, and its messages as the session
// opened them. The lines are what explain and udpchat decode take.
//
//	1.041 ann → bob text #1 seq 1 try 1
//	datagram 9402ce…
//	body 9b0901…
func (s *Story) Hex() string {
	var b strings.Builder
	for _, e := range s.Events {
		if e.What != Leaves {
			continue
		}
		a := &s.Arrows[e.Arrow]
		fmt.Fprintf(&b, "%s %s → %s %s\ndatagram %x\n", strings.TrimSpace(seconds(a.Sent)), s.Parties[a.From], s.Parties[a.To], a.Label, a.Bytes)
		if len(a.Body) > 0 {
			fmt.Fprintf(&b, "body %x\n", a.Body)
		}
		b.WriteString("\n")
	}
	return b.String()
}
