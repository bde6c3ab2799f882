package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §7.3: everything else is tried for ever and ends no program: here a client that the server has forgotten.
func TestRegistrationInTheBackground(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(server, &wire.Pong{Store: storeID, Revision: 1})
	b.drop()
	b.advance(10 * time.Minute)
	tries, longest, last := 0, time.Duration(0), time.Duration(0)
	for _, s := range b.drop() {
		if s.msg.Kind() != wire.KindRegister {
			t.Fatalf("sent %+v", s.msg)
		}
		longest = max(longest, s.at-last)
		tries, last = tries+1, s.at
	}
	if tries < 15 || tries > 40 || longest > 38*time.Second {
		t.Errorf("%d tries in 10 min, %v between two", tries, longest)
	}
	b.wantTold("the user is not troubled")
	b.send(bob, "hi")
	b.answerRegister(storeID)
	b.page()
	b.wantTold("not even then")
	if list := b.directs(); len(list) != 1 {
		t.Errorf("sent %v", list)
	}
}

// protocol.md §7.3: a command that waits for a registration which nobody waited for before is not left waiting for ever.
func TestCommandDuringABackgroundRegistration(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.recv(server, &wire.Pong{Store: storeID, Revision: 1})
	b.advance(time.Minute)
	b.drop()
	b.wantTold("nobody waits")
	b.send(f[0], "hi")
	b.advance(4 * time.Second)
	b.wantTold("someone waits now", ServerSilent{})
}

// protocol.md §7.3: a server that ends between its answer and the first table does not leave the user waiting either.
func TestServerEndsBeforeTheFirstTable(t *testing.T) {
	b := newBench(t, Config{})
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.advance(4 * time.Second)
	b.wantTold("the server took the name, and was silent since", Welcome{Name: "ann"}, ServerSilent{})
}

// protocol.md §7.3: without retries one try decides.
func TestNoRetries(t *testing.T) {
	b := newBench(t, Config{Retries: -1})
	b.do(b.core.Register)
	b.advance(499 * time.Millisecond)
	b.wantTold("the one try is on its way")
	b.advance(time.Millisecond)
	b.wantTold("there is no other", ServerSilent{})
	if tries := len(b.drop()); tries != 1 {
		t.Errorf("tried %d times", tries)
	}
}
