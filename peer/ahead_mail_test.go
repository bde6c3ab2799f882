package peer

import (
	"strings"
	"testing"

	"udpchat/wire"
)

// protocol.md §6.2: mail that is too far ahead is refused when what is missing can only stand behind it in the server's order; so that comes, and what others
// wrote. Deposited again it is taken.
func TestMailThatIsTooFarAhead(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	order := uint64(0)
	push := func(from *friend, seq uint64) {
		order++
		b.recv(server, push(from, order-1, order, seq, "x"))
	}
	for seq := uint64(2); seq <= 1024; seq++ {
		push(bob, seq)
	}
	b.drop()
	ahead := mine(bob, 0, wire.Range{Lo: 2, Hi: 1024})
	push(bob, 1025)
	b.want("refused", server, &wire.Taken{From: bob.key, Marks: ahead, Order: order, Try: 1, Refusal: wire.Anew})
	b.recv(server, &wire.Push{Prev: order + 1, Order: order + 2, Try: 1, From: bob.key, Text: bob.sealed(in(bob, 1026, "x"))})
	b.wantIdle("what is missing may come before it")
	push(cid, 1)
	b.want("others go on", server, &wire.Taken{From: cid.key, Marks: mine(cid, 1), Order: order, Try: 1})
	push(bob, 1026)
	b.want("now it is known", server, &wire.Taken{From: bob.key, Marks: ahead, Order: order, Try: 1, Refusal: wire.Anew})
	push(bob, 1)
	b.want("what was missing", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1024), Order: order, Try: 1})
	push(bob, 1025)
	b.want("deposited again", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1025), Order: order, Try: 1})
	if n := len(strings.Fields(b.arrived())); n != 1025+1 {
		t.Errorf("%d of them are shown", n)
	}
}

// protocol.md §6.4: the first mail of an epoch, too far ahead, is not taken for one whose epoch is forgotten when it comes again in its place.
func TestTheFirstMailThatIsTooFarAhead(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	m := push(bob, 0, 7, 1025, "far")
	refused := &wire.Taken{From: bob.key, Marks: mine(bob, 0), Order: 7, Try: 1, Refusal: wire.Anew}
	b.hold()
	b.recv(server, m)
	b.wantIdle("not on disk")
	b.release()
	b.want("refused", server, refused)
	b.recv(server, m)
	b.want("again", server, refused)
	b.again()
	b.recv(server, m)
	b.want("in the next run", server, refused)
	b.recv(bob, &wire.Direct{Try: 1, Text: ends(bob, 1, 1024)})
	b.drop()
	b.recv(server, m)
	b.want("in its place", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1025), Order: 7, Try: 1})
	if got := b.arrived(); got != "far" {
		t.Errorf("shown %q", got)
	}
}
