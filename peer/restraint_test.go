package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// quarrel has a server say something for a minute, again in answer to each message of one kind, within a millisecond, and with always in every
// millisecond. It gives how many of these there were.
func (b *bench) quarrel(k wire.Kind, always bool, says func() wire.Message) (times int) {
	b.t.Helper()
	b.drop()
	b.recv(server, says())
	for end := b.now.Add(time.Minute); b.now.Before(end); b.advance(time.Millisecond) {
		answer := always
		for _, s := range b.drop() {
			if s.msg.Kind() == k {
				times++
				answer = true
			}
		}
		if answer {
			b.recv(server, says())
		}
	}
	return times
}

// protocol.md §8.7: a server whose pages never follow what is here has a ping ever more rarely, be they its answer or not.
func TestPagesThatNeverFollowMakeNoStorm(t *testing.T) {
	for _, always := range []bool{false, true} {
		b, _ := readyBench(t)
		n := b.quarrel(wire.KindPing, always, func() wire.Message { return changes(storeID, 1000, 1001) })
		if n < 1 || n > 15 || always && n < 8 {
			t.Errorf("all the time: %v: %d pings in a minute", always, n)
		}
	}
}

// A page that was lost is asked for at once, now and then, and again soon if that was lost too.
func TestAPageThatIsLostIsAskedForAtOnce(t *testing.T) {
	b, _ := readyBench(t)
	have := b.core.roster.revision
	for range 20 {
		b.recv(server, changes(storeID, have+5, have+6))
		b.want("at once", server, &wire.Ping{Store: storeID, Revision: have})
		b.advance(leastRestraint)
		b.recv(server, changes(storeID, have+5, have+6))
		b.want("the ping was lost", server, &wire.Ping{Store: storeID, Revision: have})
		have += 6
		b.recv(server, changes(storeID, have-6, have))
		b.want("the answer", server, &wire.TableAck{Store: storeID, Revision: have})
		b.advance(3 * leastRestraint)
		b.drop()
	}
}

// protocol.md §8.6: a server that knows nobody, whatever it has said, or is another one each time, has a client register no more than eight times a second.
func TestAServerThatForgetsMakesNoStorm(t *testing.T) {
	another := func(b *bench, stores ...uint64) func() wire.Message {
		for _, id := range stores {
			b.core.inbox.stream(id)
		}
		n := 0
		return func() wire.Message {
			n++
			return &wire.Registered{Request: b.core.request, Store: stores[n%len(stores)], MaxMessage: 100}
		}
	}
	for _, c := range []struct {
		name string
		says func(b *bench) func() wire.Message
	}{
		{"it never knows anybody", func(*bench) func() wire.Message {
			return func() wire.Message { return &wire.Pong{Store: storeID} }
		}},
		{"it forgets whom it has welcomed", func(b *bench) func() wire.Message {
			return func() wire.Message {
				b.recv(server, &wire.Registered{Request: b.core.request, Store: storeID, Revision: 1, MaxMessage: 100})
				return &wire.Pong{Store: storeID}
			}
		}},
		{"it has another store each time", func(b *bench) func() wire.Message {
			b.recv(server, &wire.Pong{Store: storeID})
			return another(b, 70, 71)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := readyBench(t)
			if n := b.quarrel(wire.KindRegister, false, c.says(b)); n < 2 || n > 8*60+4 {
				t.Errorf("%d registrations in a minute", n)
			}
		})
	}
}
