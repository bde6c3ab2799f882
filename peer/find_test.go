package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// zoe registered just now: the server knows her, and no page of the table has told of her yet.
func (b *bench) zoe() *friend {
	z := b.friend("zoe")
	b.unlisted = map[string][]wire.Row{"zoe": {z.row(wire.Online)}}
	return z
}

// protocol.md §8.9: a name that the table lacks is asked for before anything is said of it, for each command that needs one.
func TestANameThatRegisteredJustNow(t *testing.T) {
	for _, c := range []struct {
		name    string
		command func(c *Core, now time.Time)
		want    func(zoe *friend) Notice
	}{
		{"send", func(c *Core, now time.Time) { c.Send(now, "zoe", "hi") }, nil},
		{"verify", func(c *Core, now time.Time) { c.Verify(now, "zoe") }, func(z *friend) Notice { return Identity{Name: "zoe", Key: z.key} }},
		{"trust", func(c *Core, now time.Time) { c.Trust(now, "zoe") }, func(z *friend) Notice { return Trusted{Name: "zoe", Key: z.key} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := readyBench(t)
			zoe := b.zoe()
			b.do(func(now time.Time) { c.command(b.core, now) })
			if c.want != nil {
				b.wantTold("done", c.want(zoe))
				return
			}
			b.want("to her", zoe, &wire.Direct{Try: 1, Text: b.out(zoe, 1, "hi")})
			b.wantTold("nothing")
			b.recv(zoe, &wire.Ack{Marks: has(zoe, 1), Seq: 1, Try: 1})
			b.wantTold("delivered", Delivered{To: "zoe"})
			b.changed(zoe.row(wire.Online))
			b.wantIdle("the table says the same")
		})
	}
}

// protocol.md §4: upper and lower case make no other name: who is known is found however it is written, and asked for as the owner writes it.
func TestANameInCapitals(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.do(func(now time.Time) { b.core.Send(now, "BOB", "hi") })
	b.want("to bob", bob, &wire.Direct{Try: 1, Text: b.out(bob, 1, "hi")})
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.wantTold("delivered", Delivered{To: "bob"})
	b.do(func(now time.Time) { b.core.Verify(now, "Bob") })
	b.wantTold("his key", Identity{Name: "Bob", Key: bob.key})
	b.mute = true
	b.do(func(now time.Time) { b.core.Verify(now, "ZOE") })
	b.want("nobody is known who is called so", server, &wire.Find{Name: "ZOE"})
}

// Commands keep their order while a name is asked for, and only one is asked for at a time.
func TestCommandsWaitForAName(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.mute = true
	b.do(func(now time.Time) { b.core.Send(now, "zoe", "one") })
	b.do(func(now time.Time) { b.core.Send(now, "bob", "two") })
	b.do(func(now time.Time) { b.core.Note(now, "three") })
	b.do(func(now time.Time) { b.core.Verify(now, "yan") })
	b.want("asked", server, &wire.Find{Name: "zoe"})
	b.wantIdle("bob waits")
	b.wantTold("so does all else")
	b.recv(server, &wire.Named{Name: "yan"}) // an answer to something else
	b.wantTold("nor is that an answer")
	b.mute = false
	b.recv(server, &wire.Named{Name: "zoe"})
	b.want("then", bob, &wire.Direct{Try: 1, Text: b.out(bob, 1, "two")})
	b.wantTold("in order", UnknownPeer{Name: "zoe"}, Noted{Text: "three"}, UnknownPeer{Name: "yan"})
}

// protocol.md §7.3: a look-up is tried as what a typed command waits for is; the server counts as silent when it says nothing at all.
func TestANameIsAskedForAgain(t *testing.T) {
	b, _ := readyBench(t)
	b.mute = true
	b.do(func(now time.Time) { b.core.Send(now, "zoe", "hi") })
	b.advance(2600 * time.Millisecond)
	if n := len(b.drop()); n != 6 {
		t.Errorf("asked %d times", n)
	}
	b.recv(server, &wire.Ping{Nonce: 1, Store: storeID, Revision: b.core.roster.revision})
	b.advance(3 * time.Second)
	b.wantTold("it is there")
	b.advance(time.Minute)
	b.wantTold("it is gone", ServerSilent{})
	b.drop()
	b.mute = false
	b.register()
	b.do(func(now time.Time) { b.core.Verify(now, "zoe") })
	b.wantTold("what waited is forgotten, and nothing hangs", UnknownPeer{Name: "zoe"})
}

// A server that does not know the client any more is registered with again, and then asked again.
func TestANameIsAskedForAfterANewRegistration(t *testing.T) {
	b, _ := readyBench(t)
	zoe := b.zoe()
	b.mute = true
	b.do(func(now time.Time) { b.core.Send(now, "zoe", "hi") })
	b.recv(server, &wire.Pong{Store: storeID})
	if b.core.phase != registering {
		t.Fatal("not registering")
	}
	b.mute = false
	b.advance(600 * time.Millisecond)
	for _, s := range b.drop()[1:] {
		if s.msg.Kind() != wire.KindRegister {
			t.Errorf("sent %v", s.msg.Kind())
		}
	}
	b.answerRegister(storeID)
	b.page()
	b.drop()
	b.recv(zoe, &wire.Ack{Marks: has(zoe, 1), Seq: 1, Try: 1})
	b.wantTold("delivered", Delivered{To: "zoe"})

	b.mute = true
	b.do(func(now time.Time) { b.core.Send(now, "yan", "hi") })
	b.recv(server, &wire.Pong{Store: storeID})
	b.recv(server, &wire.Registered{Request: b.core.request, Outcome: wire.NameTaken, Store: storeID})
	b.wantTold("one's own name is gone", Refused{Name: "ann", Why: wire.NameTaken}, NotRegistered{})
}

// What no name can be is not asked for.
func TestWhatIsNoNameIsUnknownAtOnce(t *testing.T) {
	b, _ := readyBench(t)
	b.mute = true
	for _, n := range []string{"", "a b", "server", string(make([]byte, 500)), "\xff"} {
		b.do(func(now time.Time) { b.core.Send(now, n, "hi") })
		b.wantTold("unknown", UnknownPeer{Name: n})
	}
	b.wantIdle("nothing is asked")
}
