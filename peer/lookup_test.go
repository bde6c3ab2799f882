package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §7.3: a drain makes the look-up that an earlier run's text waits for as pressing as a deposit is: the program waits for it.
func TestDrainWaitsForALookupNoLongerThanForADeposit(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.mute = true
	b.send(f[0], "hi")
	b.again()
	b.advance(time.Minute)
	b.do(b.core.Drain)
	b.advance(4 * time.Second)
	b.wantTold("the server is silent", ServerSilent{Unknown: 1}, Drained{Unknown: 1})
}

// protocol.md §7.3: someone waits for a typed text, also when an earlier run's text already asks for the card.
func TestTypedTextBehindAnEarlierOne(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.mute = true
	b.send(f[0], "hi")
	b.again()
	b.advance(time.Minute)
	b.send(f[0], "ho")
	b.advance(4 * time.Second)
	b.wantTold("the server is silent", ServerSilent{Kept: 1, Unknown: 1})
}

// protocol.md §7.3: two who are there need no server: a card is only renewed for mail, and that ends no program.
func TestDirectTextsNeedNoServer(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "one")
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.advance(25 * time.Hour)
	b.mute = true // the server is gone
	b.told = nil
	b.send(bob, "two")
	b.recv(bob, &wire.Ack{Marks: has(bob, 2), Seq: 2, Try: 1})
	b.wantTold("delivered", Delivered{To: "bob"})
	b.advance(10 * time.Minute)
	b.wantTold("nothing was asked of the server")
	b.drop()
	b.send(bob, "three")
	x := b.out(bob, 3, "three")
	x.Time = b.now.UnixMicro()
	b.want("so it goes on", bob, &wire.Direct{Try: 1, Text: x})
}

// protocol.md §7.3: nor does who answers: the session that the other made carries the answer, before any card is known.
func TestAnswersNeedNoServer(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.mute = true // the server is gone
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
	b.drop()
	b.told = nil
	b.send(bob, "ho")
	b.want("a card for mail", server, &wire.Lookup{Key: bob.key})
	b.want("answered", bob, &wire.Direct{Try: 1, Text: b.out(bob, 1, "ho")})
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.wantTold("delivered", Delivered{To: "bob"})
	b.advance(10 * time.Minute)
	b.wantTold("nothing was asked of the server that anyone waits for")
}

// Who writes to oneself gets the text by the mailbox: nobody makes a session with oneself.
func TestTextToOneself(t *testing.T) {
	b, _ := readyBench(t)
	b.changed(wire.Row{Key: me, Name: "ann", Epoch: myEpoch, Addr: server.addr, State: wire.Online})
	b.friends = append(b.friends, &friend{bench: b, keys: b.core.keys, key: me, name: "ann", epoch: myEpoch, prekey: b.core.prekeys.all[0]})
	b.do(func(now time.Time) { b.core.Send(now, "ann", "hi") })
	b.do(b.core.Drain)
	for range 20 { // the server is there
		b.advance(time.Second)
		b.recv(server, &wire.Pong{Nonce: 1, Known: true, Store: storeID})
	}
	list := b.drop()
	if len(list) == 0 || list[0].msg.Kind() != wire.KindDeposit || list[0].prekey != b.firstID() {
		t.Fatalf("sent %+v", list)
	}
	b.wantTold("it is there, and does not answer")
	b.recv(server, storedFor(b.friends[0], 1, 1, wire.Accepted))
	b.wantTold("stored", Stored{To: "ann"}, Drained{})
	b.recv(server, &wire.Push{Order: 1, Try: 1, From: me, Text: b.friends[0].sealed(b.out(b.friends[0], 1, "hi"))})
	b.told[0] = Arrived{Text: b.told[0].(Arrived).Text, From: b.told[0].(Arrived).From}
	b.wantTold("and comes", Arrived{From: "ann", Text: "hi"})
}
