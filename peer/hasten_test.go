package peer

import (
	"slices"
	"testing"
	"time"

	"udpchat/wire"
)

// sends reports whether something of a kind goes to the server at once.
func (b *bench) sends(k wire.Kind) bool {
	return slices.ContainsFunc(b.drop(), func(s sent) bool { return s.msg.Kind() == k })
}

// A registration in the background that was left unanswered for long is tried again as soon as the server says anything of itself: its gaps are 30 s
// by then, and until it is answered nothing is sent.
func TestRegistrationIsTriedWhenTheServerIsThere(t *testing.T) {
	for _, c := range []struct {
		name  string
		away  time.Duration
		says  wire.Message
		tries bool
	}{
		{"a ping after a minute", time.Minute, &wire.Ping{Store: storeID}, true},
		{"a pong after a minute", time.Minute, &wire.Pong{Known: true, Store: storeID}, true},
		{"a pong that knows nobody", time.Minute, &wire.Pong{Store: storeID}, true},
		{"a ping at once", 100 * time.Millisecond, &wire.Ping{Store: storeID}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			b.register()
			b.recv(server, &wire.Pong{Store: storeID}) // it knows nothing of this client
			b.advance(c.away)
			b.drop()
			if b.recv(server, c.says); b.sends(wire.KindRegister) != c.tries {
				t.Errorf("it is tried: %v", !c.tries)
			}
		})
	}
}

// protocol.md §8.6, §13.8: a deposit comes again at once when the server has lost the session, and once more behind the pong that says what this client
// knows. Other pings, which go with pushes that are tried again, have nothing sent: that would be more and more where there is too much already.
func TestDepositIsTriedWhenTheServerRemembersNothing(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "hi")
	b.advance(600 * time.Millisecond)
	if !b.sends(wire.KindDeposit) {
		t.Fatal("it is not deposited")
	}
	ping := &wire.Ping{Store: b.core.store}
	if b.recv(server, ping); b.sends(wire.KindDeposit) {
		t.Error("a ping has it sent again at once")
	}
	if b.do(b.core.Lost); !b.sends(wire.KindDeposit) {
		t.Error("the session is lost, and it is not sent again")
	}
	for _, want := range [][]wire.Kind{{wire.KindPong, wire.KindDeposit}, {wire.KindPong}} {
		b.recv(server, ping)
		var said []wire.Kind
		for _, s := range b.drop() {
			said = append(said, s.msg.Kind())
		}
		if !slices.Equal(said, want) {
			t.Errorf("asked, it says %v, want %v", said, want)
		}
	}
	b.recv(server, storedFor(bob, 1, 3, wire.Accepted))
	b.do(b.core.Lost)
	b.wantIdle("it is stored")
}
