package peer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// storedOf and hasOf are storedFor and has, of what was typed in a later run.
func storedOf(run uint64, to *friend, seq uint64, v wire.Verdict) *wire.Stored {
	m := storedFor(to, seq, 1, v)
	m.Epoch = run
	return m
}

func hasOf(run uint64, who *friend, through uint64) wire.Marks {
	return wire.Marks{Epoch: run, ToEpoch: who.epoch, Through: through}
}

// ways takes what was sent to others, as "epoch/seq", before what went by the mailbox "@".
func (b *bench) ways() string {
	var list []string
	for _, s := range b.drop() {
		switch m := s.msg.(type) {
		case *wire.Direct:
			list = append(list, fmt.Sprintf("%d/%d", m.Text.Epoch, m.Text.Seq))
		case *wire.Deposit:
			list = append(list, fmt.Sprintf("@%d/%d", m.Text.Epoch, m.Text.Seq))
		}
	}
	return strings.Join(list, " ")
}

// threeRuns is ann in her third run, with a text of each to bob.
func threeRuns(t *testing.T, state wire.Presence) (b *bench, bob *friend) {
	t.Helper()
	b, f := readyBench(t, "bob")
	bob = f[0]
	b.send(bob, "one")
	b.again()
	b.send(bob, "two")
	b.restart()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.page(bob.row(state))
	b.told = nil
	b.send(bob, "three")
	return b, bob
}

func (b *bench) wantWays(why, want string) {
	b.t.Helper()
	if got := b.ways(); got != want {
		b.t.Errorf("%s: sent %q, wanted %q", why, got, want)
	}
}

// protocol.md §5.1, §7.5: what an earlier run left keeps its name and goes first; what comes after it goes directly when it is delivered.
func TestEarlierRunsGoFirst(t *testing.T) {
	b, bob := threeRuns(t, wire.Online)
	b.wantWays("the first run's", "500/1")
	b.recv(bob, &wire.Ack{Marks: hasOf(500, bob, 1), Seq: 1, Try: 1})
	b.wantWays("then the second's", "600/1")
	b.send(bob, "four")
	b.wantWays("it waits too", "")
	b.recv(bob, &wire.Ack{Marks: hasOf(600, bob, 1), Seq: 1, Try: 1})
	b.wantWays("then this run's", "700/1 700/2")
	b.recv(bob, &wire.Ack{Marks: hasOf(700, bob, 2), Seq: 2, Try: 1})
	d := Delivered{To: "bob"}
	b.wantTold("each", d, d, d, d)
	if left := b.outbox(); len(left) > 0 || len(b.core.outbox.order) != 1 {
		t.Errorf("left: %+v, %d lanes", left, len(b.core.outbox.order))
	}
}

// protocol.md §7.5: behind what is stored and not delivered goes the mailbox, also when the recipient is there by then.
func TestBehindStoredRunsGoesTheMailbox(t *testing.T) {
	b, bob := threeRuns(t, wire.Offline)
	b.wantWays("the first run's", "@500/1")
	b.recv(server, storedOf(500, bob, 1, wire.Accepted))
	b.wantWays("stored, so the next", "@600/1")
	b.changed(bob.row(wire.Online))
	b.wantWays("not all before it is stored", "")
	b.recv(server, storedOf(600, bob, 1, wire.Accepted))
	b.wantWays("behind them", "@700/1")
	b.recv(server, storedOf(700, bob, 1, wire.Accepted))
	b.recv(server, &wire.Receipt{To: bob.key, Marks: hasOf(500, bob, 1)})
	b.recv(server, &wire.Receipt{To: bob.key, Marks: hasOf(700, bob, 1)})
	b.send(bob, "four")
	b.wantWays("one of them is in the mailbox still", "@700/2")
	b.recv(server, storedOf(700, bob, 2, wire.Accepted))
	b.recv(server, &wire.Receipt{To: bob.key, Marks: hasOf(600, bob, 1)})
	b.recv(server, &wire.Receipt{To: bob.key, Marks: hasOf(700, bob, 2)})
	b.told = nil
	b.send(bob, "five")
	b.wantWays("the way is clear", "700/3")
}

// protocol.md §7.5: a part of a text that is not stored holds back what comes after it.
func TestHalfStoredTextsHoldBackTheNextRun(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, strings.Repeat("x", wire.PartSize+1))
	b.restart()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.page(bob.row(wire.Offline))
	b.send(bob, "next")
	b.drop()
	b.recv(server, storedOf(500, bob, 2, wire.Accepted))
	b.wantWays("the first half is not stored", "")
	b.recv(server, storedOf(500, bob, 1, wire.Accepted))
	b.wantWays("it is", "@600/1")
}

// protocol.md §5.4: an acknowledgement of one run's texts says nothing of another's.
func TestAcknowledgementsNameTheRun(t *testing.T) {
	b, bob := threeRuns(t, wire.Online)
	b.recv(bob, &wire.Ack{Marks: hasOf(600, bob, 1), Seq: 1, Try: 1})
	b.wantTold("of the second", Delivered{To: "bob"})
	b.recv(bob, &wire.Ack{Marks: hasOf(800, bob, 9), Seq: 1, Try: 1})
	b.recv(server, storedOf(700, bob, 7, wire.Accepted))
	b.wantTold("of none")
	var left []uint64
	for _, o := range b.outbox() {
		left = append(left, o.Text.Epoch)
	}
	if !slices.Equal(left, []uint64{500, 700}) {
		t.Errorf("left: %v", left)
	}
}

// protocol.md §7.4: what the server refuses for now holds back what was typed later. A script that ends waits for none of it.
func TestDrainBehindAKeptRun(t *testing.T) {
	b, bob := threeRuns(t, wire.Offline)
	b.do(b.core.Drain)
	b.wantTold("open")
	b.drop()
	b.recv(server, storedOf(500, bob, 1, wire.FullMailbox))
	held := Kept{To: "bob", Why: wire.FullMailbox}
	b.wantTold("all are kept", held, held, held, Drained{Kept: 3})
	b.way("bob", TalkStatus{Way: WayAway, Kept: 3, Why: wire.FullMailbox})
	b.wantWays("and nothing overtakes it", "")
	b.send(bob, "four")
	b.wantTold("a further one is too", held)
	b.do(b.core.Drain)
	b.wantTold("and no drain waits for it", Drained{Kept: 4})
	b.drop()
	b.recv(server, storedOf(500, bob, 1, wire.Accepted))
	b.wantWays("there is room", "@600/1")
	b.recv(server, storedOf(600, bob, 1, wire.Accepted))
	b.wantWays("for all", "@700/1 @700/2")
}

// The same of who quits: it does not wait until the mailbox had its chance.
func TestQuitBehindAKeptRun(t *testing.T) {
	b, bob := threeRuns(t, wire.Offline)
	b.recv(server, storedOf(500, bob, 1, wire.FullMailbox))
	b.drop()
	b.told = nil
	b.do(b.core.Quit)
	if n := b.kinds(wire.KindDeregister); n != 1 {
		t.Fatalf("%d times deregistered", n)
	}
	b.leave()
	b.wantTold("gone", Left{}, Quit{Kept: 3})
}

// A program that quits waits for what an earlier run left as for what was just typed.
func TestQuitWaitsForEarlierRuns(t *testing.T) {
	b, bob := threeRuns(t, wire.Online)
	b.drop()
	b.do(b.core.Quit)
	for run := uint64(500); run <= 700; run += 100 {
		if b.kinds(wire.KindDeregister) > 0 {
			t.Fatalf("gone before run %d", run)
		}
		b.recv(bob, &wire.Ack{Marks: hasOf(run, bob, 1), Seq: 1, Try: 1})
	}
	if b.kinds(wire.KindDeregister) != 1 {
		t.Error("still there")
	}
	b.told = nil
	b.leave()
	b.wantTold("nothing is kept", Left{}, Quit{})
}

// protocol.md §7: who missed a text of an earlier run gets it, and those behind it, by the mailbox.
func TestMissedTextOfAnEarlierRun(t *testing.T) {
	b, bob := threeRuns(t, wire.Online)
	b.drop()
	b.advance(500 * time.Millisecond)
	if got := b.ways(); !strings.HasSuffix(got, "@500/1") || strings.Contains(got, "600") {
		t.Errorf("sent %q", got)
	}
	b.recv(server, storedOf(500, bob, 1, wire.Accepted))
	b.wantWays("behind it", "@600/1")
}

// protocol.md §5.1: the epoch of a run is higher than that of any before it, by 2^40 to 2^41, whatever was the last to be used; those of
// version 1, which had no order, do not count when there is no room above them.
func TestEpochsOfRunsGrow(t *testing.T) {
	b := newBench(t, Config{})
	for _, c := range []struct{ last, low uint64 }{
		{0, 0}, {7, 7}, {1 << 62, 1 << 62}, {1<<63 - 1, 1<<63 - 1}, {1 << 63, 0}, {1<<64 - 1, 0},
	} {
		loaded, err := b.profile.Load()
		if err != nil {
			t.Fatal(err)
		}
		if c.last > 0 {
			loaded.Lanes = append(loaded.Lanes, store.Lane{Epoch: c.last, ToEpoch: 1, Last: 1}, store.Lane{Epoch: min(c.low, 3), ToEpoch: 1, Last: 1})
		}
		for seed := range uint64(20) {
			cfg := b.cfg
			cfg.Seed = seed
			core, err := NewCore(b.now, cfg, NewKeys(loaded.Seed), loaded)
			if err != nil {
				t.Fatal(err)
			}
			if core.run < c.low+1<<40 || core.run >= c.low+1<<41 {
				t.Errorf("after %d comes %d", c.last, core.run)
			}
		}
	}
}
