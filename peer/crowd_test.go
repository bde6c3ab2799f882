package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// lookups takes which keys the server was asked for.
func (b *bench) lookups(of *friend) (n int) {
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Lookup); ok && m.Key == of.key {
			n++
		}
	}
	return n
}

// alone is a bench in a crowd: its table has nobody else.
func alone(t *testing.T, names ...string) (*bench, []*friend) {
	t.Helper()
	b, _ := readyBench(t)
	for _, name := range names {
		b.friend(name)
	}
	b.mute = true
	return b, b.friends
}

// told is what the server says of a friend.
func told(f *friend) *wire.Named {
	return &wire.Named{Name: f.name, Rows: []wire.Row{f.row(wire.Online)}}
}

// protocol.md §8.12: in a crowd the row of whoever writes may be lost on its way. It is asked for until it is there, and no longer.
func TestAnUnknownSenderIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		name string
		come func(b *bench, bob *friend)
	}{
		{"directly", func(b *bench, bob *friend) { b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")}) }},
		{"by mail", func(b *bench, bob *friend) { b.recv(server, push(bob, 0, 1, 1, "hi")) }},
		{"in the channel", func(b *bench, bob *friend) { b.recv(server, pushPost(bob, 0, 1, 1, "hi")) }},
		{"before the program was killed", func(b *bench, bob *friend) {
			b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
			b.friends = nil // the first table has nobody
			b.again()
			b.friends = []*friend{bob}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := alone(t, "bob")
			bob := f[0]
			c.come(b, bob)
			if b.lookups(bob) == 0 {
				t.Error("not asked for")
			}
			b.advance(time.Second)
			if n := b.lookups(bob); n != 1 {
				t.Errorf("asked %d times more in 1 s", n)
			}
			b.recv(server, b.found(bob.key)) // the row beside it was lost
			b.wantTold("no name yet")
			b.advance(8 * time.Second)
			if b.lookups(bob) == 0 {
				t.Error("a card is no name")
			}
			b.recv(server, told(bob))
			if got := b.arrived(); got != "hi" && got != "=hi" {
				t.Errorf("shown %q", got)
			}
			b.advance(time.Hour)
			if n := b.lookups(bob); n > 0 {
				t.Errorf("asked %d times more", n)
			}
		})
	}
}

// protocol.md §6.5: nobody waits for a name for ever.
func TestAnUnknownSenderIsShownByKey(t *testing.T) {
	b, f := alone(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
	b.advance(time.Second)
	b.recv(server, &wire.Found{Key: bob.key}) // the server does not know it
	b.advance(10 * time.Second)
	b.wantTold("shown", Arrived{Line: 1, From: "key:" + bob.key.String(), Text: "hi", Time: 1001})
	b.drop()
	b.recv(server, &wire.Found{Key: bob.key})
	b.advance(time.Hour)
	if n := b.lookups(bob); n > 0 {
		t.Errorf("asked %d times more", n)
	}
}

// protocol.md §8.12: a server that lost its disk tells of nobody by itself. Those for whom something waits are asked for until there is a card,
// also when no row comes by itself.
func TestEveryoneIsAskedForAnew(t *testing.T) {
	b, f := alone(t, "bob", "cid")
	bob, cid := f[0], f[1]
	for _, who := range f {
		b.do(func(now time.Time) { b.core.Send(now, who.name, "hi") })
		b.recv(server, told(who))
		b.recv(server, b.found(who.key))
	}
	b.recv(cid, &wire.Ack{Marks: has(cid, 1), Seq: 1, Try: 1})
	b.advance(time.Second)
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.told = nil
	b.meets(88)
	b.drop()
	b.page()
	asked := map[wire.Key]int{}
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Lookup); ok {
			asked[m.Key]++
		}
	}
	if asked[bob.key] != 1 || asked[cid.key] != 0 {
		t.Errorf("asked %d times for bob, %d for cid", asked[bob.key], asked[cid.key])
	}
}

func TestTheAbsentAreAskedForAgain(t *testing.T) {
	b, f := alone(t, "bob")
	bob := f[0]
	b.do(func(now time.Time) { b.core.Send(now, "bob", "hi") })
	b.recv(server, told(bob))
	b.recv(server, &wire.Found{Key: bob.key}) // it has not come back since the server lost its disk
	b.wantTold("held", Kept{To: "bob", NoKeys: true})
	b.drop()
	b.advance(5 * time.Minute)
	if n := b.lookups(bob); n < 8 || n > 20 {
		t.Errorf("asked %d times in 5 min", n)
	}
	b.recv(server, b.found(bob.key)) // it registered; nobody tells
	b.want("at once", bob, &wire.Direct{Try: 1, Text: b.out(bob, 1, "hi")})
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.wantTold("delivered", Delivered{To: "bob"})
	b.advance(time.Hour)
	if n := b.lookups(bob); n > 0 {
		t.Errorf("asked %d times more", n)
	}
}

// protocol.md §14.1: nor is who is gone without a card asked for by a client that has nothing for it.
func TestNobodyIsAskedForInVain(t *testing.T) {
	b, f := alone(t, "bob", "cid")
	for _, who := range f {
		b.recv(server, told(who))
	}
	b.meets(88)
	b.drop()
	b.page()
	b.advance(time.Hour)
	for _, s := range b.drop() {
		if s.msg.Kind() == wire.KindLookup {
			t.Errorf("asked for %v", s.msg)
		}
	}
}

// protocol.md §8.12: people are told how many there are, of whom they see a few; and no longer when the server says nothing of it.
func TestHowManyThereAre(t *testing.T) {
	b, _ := alone(t)
	b.recv(server, &wire.Crowd{Clients: 10_000, Present: 7})
	b.do(b.core.Peers)
	if got := b.told[0].(Table); got.Clients != 10_000 || got.Present != 7 || !got.Asked {
		t.Errorf("told %+v", got)
	}
	b.told = nil
	b.recv(server, &wire.Pong{Store: storeID}) // another server's run, without a limit
	b.answerRegister(storeID)
	b.page()
	b.do(b.core.Peers)
	if got := b.told[len(b.told)-1].(Table); got.Clients != 0 || got.Present != 0 {
		t.Errorf("told %+v", got)
	}
}

// protocol.md §5.4, §8.12: a directory that was an older copy told of an earlier epoch. What the recipient says then is taken for an old acknowledgement; in a
// crowd nobody tells of it when the directory learns the present one, so it is asked for.
func TestAnEpochThatWasOverIsAskedFor(t *testing.T) {
	for _, crowd := range []bool{true, false} {
		b, f := alone(t, "bob")
		bob := f[0]
		if crowd {
			b.recv(server, &wire.Crowd{Clients: 10_000, Present: 7})
		}
		b.do(func(now time.Time) { b.core.Send(now, "bob", "hi") })
		b.recv(server, told(bob))
		b.recv(server, b.found(bob.key))
		older := bob.epoch
		bob.epoch++
		b.recv(server, told(bob))
		bob.epoch = older
		b.recv(server, told(bob)) // by an older copy
		b.advance(time.Second)
		b.recv(server, b.found(bob.key))
		b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
		b.drop()
		bob.epoch++
		b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 0)})
		b.advance(time.Second)
		if n := b.lookups(bob); n > 0 != crowd {
			t.Fatalf("crowd %v: asked %d times", crowd, n)
		}
		b.recv(server, told(bob))
		b.recv(server, b.found(bob.key))
		b.drop()
		b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
		if n := len(b.told); n == 0 || b.told[n-1] != (Delivered{To: "bob"}) {
			t.Errorf("the present one has it: told %+v", b.told)
		}
	}
}
