package peer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// kinds counts what was sent of a kind, and forgets the rest.
func (b *bench) kinds(k wire.Kind) int {
	n := 0
	for _, s := range b.drop() {
		if s.msg.Kind() == k {
			n++
		}
	}
	return n
}

// protocol.md §14.1: without a recipient's card nothing is sent to it: the text is on disk and waits.
func TestTextWaitsForTheCard(t *testing.T) {
	for _, c := range []struct {
		name  string
		state wire.Presence
	}{
		{"online", wire.Online},
		{"offline", wire.Offline},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.mute = true
			b.changed(bob.row(c.state))
			b.send(bob, "hi")
			b.want("asked", server, &wire.Lookup{Key: bob.key})
			b.wantIdle("nothing else")
			b.wantTold("nothing to say")
			if n := len(b.outbox()); n != 1 || len(b.trusts) > 0 {
				t.Errorf("%d texts on disk, trusted %+v", n, b.trusts)
			}
			b.recv(server, b.found(bob.key))
			x := b.out(bob, 1, "hi")
			if c.state == wire.Offline {
				b.want("sealed", server, &wire.Deposit{To: bob.key, Try: 1, Text: x})
				return
			}
			b.want("directly", bob, &wire.Direct{Try: 1, Text: x})
			card, _ := bob.keys.Check(bob.key, bob.card())
			if want := (Trust{bob.key, card.Static}); !slices.Equal(b.trusts, []Trust{want}) {
				t.Errorf("trusted %+v, wanted %+v", b.trusts, want)
			}
		})
	}
}

// protocol.md §7.3: the look-up that a typed text waits for is tried like any request.
func TestLookupOfATypedText(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.mute = true
	b.send(f[0], "hi")
	b.advance(3*time.Second - time.Millisecond)
	b.wantTold("not yet")
	if n := b.kinds(wire.KindLookup); n != 6 {
		t.Errorf("tried %d times", n)
	}
	b.advance(time.Millisecond)
	b.wantTold("the server is silent", ServerSilent{Kept: 1})
	b.advance(time.Hour)
	b.wantIdle("then nothing is tried any more")
}

// protocol.md §7.3: a server that says something else is not silent, and is asked on.
func TestLookupIsAskedOn(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.mute = true
	b.send(f[0], "hi")
	for range 10 {
		b.advance(2 * time.Second)
		b.recv(server, &wire.Pong{Nonce: 1, Known: true, Store: storeID})
	}
	b.wantTold("it is there")
	if n := b.kinds(wire.KindLookup); n != 41 {
		t.Errorf("tried %d times", n)
	}
	b.recv(server, b.found(f[0].key))
	b.want("at last", f[0], &wire.Direct{Try: 1, Text: b.out(f[0], 1, "hi")})
}

// protocol.md §7.3: what was not typed in this run ends no program.
func TestLookupOfAnEarlierRun(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.mute = true
	b.send(f[0], "hi")
	b.restart()
	b.register()
	b.advance(10 * time.Minute)
	b.wantTold("the user did not ask for it in this run")
	if n := b.kinds(wire.KindLookup); n < 15 || n > 40 {
		t.Errorf("tried %d times in 10 min", n)
	}
	b.recv(server, b.found(f[0].key))
	b.want("at last", f[0], &wire.Direct{Try: 1, Text: b.out(f[0], 1, "hi")})
}

// protocol.md §14.1: a card that its key did not sign is told, nothing is sent with it, and a script does not wait for it.
func TestForgedCard(t *testing.T) {
	for _, c := range []struct {
		name  string
		forge func(bob, cid *friend) []byte
	}{
		{"someone else's", func(_, cid *friend) []byte { return cid.card() }},
		{"another static key", func(bob, cid *friend) []byte { return append(cid.card()[:96:96], bob.card()[96:]...) }},
		{"another prekey", func(bob, cid *friend) []byte { return append(bob.card()[:96:96], cid.card()[96:]...) }},
		{"another prekey id", func(bob, _ *friend) []byte { card := bob.card(); card[99]++; return card }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob", "cid")
			bob := f[0]
			b.mute = true
			b.send(bob, "one")
			b.send(bob, strings.Repeat("two", wire.PartSize))
			b.do(b.core.Drain)
			b.drop()
			b.recv(server, &wire.Found{Key: bob.key, Card: c.forge(bob, f[1])})
			held := Kept{To: "bob", NoKeys: true}
			b.wantTold("held", Distrust{From: "bob", Why: ForgedKey}, held, held, Drained{Kept: 2})
			b.advance(time.Hour)
			b.wantIdle("nothing is sent with it")
			b.wantTold("told once")
			b.send(bob, "three")
			b.wantTold("a later one too", held)
			if n := len(b.outbox()); n != 5 || len(b.trusts) > 0 {
				t.Errorf("%d texts on disk, trusted %+v", n, b.trusts)
			}
		})
	}
}

// protocol.md §14.1: neither a forged card nor none takes the place of the one that is known.
func TestNoCardOfAKnownKey(t *testing.T) {
	for _, c := range []struct {
		name string
		card func(cid *friend) []byte
		told []Notice
	}{
		{"forged", (*friend).card, []Notice{Distrust{From: "bob", Why: ForgedKey}}},
		{"none", func(*friend) []byte { return nil }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob", "cid")
			bob := f[0]
			b.send(bob, "one")
			b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
			b.again()
			b.mute = true
			b.changed(bob.row(wire.Offline))
			b.send(bob, "two")
			b.want("asked anew in each run", server, &wire.Lookup{Key: bob.key})
			b.wantIdle("mail waits for the answer")
			b.recv(server, &wire.Found{Key: bob.key, Card: c.card(f[1])})
			b.wantTold("told", c.told...)
			if list := b.drop(); len(list) != 1 || list[0].prekey != 100 {
				t.Errorf("sent %+v", list)
			}
		})
	}
}

// A card that nobody asked for is not looked at, so that a server can't wear a client out with them.
func TestCardThatNobodyAskedFor(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.mute = true
	b.recv(server, &wire.Found{Key: f[0].key, Card: make([]byte, wire.CardSize)})
	b.recv(server, b.found(f[0].key))
	b.wantTold("nothing")
	b.send(f[0], "hi")
	b.want("it is asked for when it is needed", server, &wire.Lookup{Key: f[0].key})
}

// protocol.md §14.1: who has no card was not there since cards came into use: its texts wait until its row changes. The server may not tell
// of that (§8.12), so it is asked, ever more rarely.
func TestRecipientWithoutACard(t *testing.T) {
	for _, c := range []struct {
		name string
		was  wire.Presence
		row  func(bob *friend) wire.Row
	}{
		{"it comes with a new state", wire.Offline, func(bob *friend) wire.Row { bob.epoch++; return bob.row(wire.Online) }},
		{"it comes back as it was", wire.Offline, func(bob *friend) wire.Row { return bob.row(wire.Online) }},
		{"it registers again before it was missed", wire.Online, func(bob *friend) wire.Row { return bob.row(wire.Online) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.mute = true
			b.changed(bob.row(c.was))
			b.send(bob, "hi")
			b.do(b.core.Drain)
			b.drop()
			b.recv(server, &wire.Found{Key: bob.key})
			b.wantTold("held", Kept{To: "bob", NoKeys: true}, Drained{Kept: 1})
			b.advance(10 * time.Minute)
			if n := b.kinds(wire.KindLookup); n < 15 || n > 40 {
				t.Errorf("asked %d times in 10 min", n)
			}
			b.changed(c.row(bob))
			if n := b.kinds(wire.KindLookup); n < 1 || n > 2 {
				t.Errorf("asked %d times when its row changed", n)
			}
			b.recv(server, b.found(bob.key))
			x := b.out(bob, 1, "hi")
			b.want("and it has a card now", bob, &wire.Direct{Try: 1, Text: x})
		})
	}
}

// again ends the program and starts it anew.
func (b *bench) again() {
	b.t.Helper()
	b.restart()
	b.register()
}
