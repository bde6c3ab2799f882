package server

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// protocol.md §8.6: a server that starts again takes those for present who were, and pings them.
func TestRestartPingsWhoWasOnline(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, cid := b.join("ann"), b.join("bob"), b.join("cid")
	b.recv(cid, &wire.Deregister{Request: 2, Name: "cid"})
	b.restart()
	b.want("pinged", ann, &wire.Ping{Store: storeID, Revision: 4})
	b.want("pinged", bob, &wire.Ping{Store: storeID, Revision: 4})
	b.wantIdle("cid had left")

	b.advance(time.Second)
	b.recv(ann, &wire.Pong{Known: true, Store: storeID, Revision: 4})
	b.advance(1900 * time.Millisecond)
	if b.row(bob).State != store.Online {
		t.Error("bob is offline before his time is over")
	}
	b.advance(200 * time.Millisecond)
	if b.row(ann).State != store.Online || b.row(bob).State != store.Offline {
		t.Errorf("ann %v, bob %v", b.row(ann).State, b.row(bob).State)
	}
	if tries := len(b.sentTo(bob)); tries < 5 || tries > 7 {
		t.Errorf("%d pings", tries)
	}
}

// protocol.md §8.6: and delivers.
func TestRestartDelivers(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
	b.restart()
	b.sentTo(ann)
	b.want("pinged", bob, &wire.Ping{Store: storeID, Revision: 2, Order: 1})
	b.wantIdle("until he says what he knows")
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Revision: 2})
	b.back(ann)
	b.want("pushed", bob, &wire.Push{Order: 1, Try: 1, From: ann.key, Text: text(ann, bob, 1, "hi")})
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1})
	b.want("the sender knows", ann, &wire.Receipt{To: bob.key, Marks: through(ann, bob, 1)})
}

// protocol.md §8.6: no more are asked than are waited for: the next when one answers, or has not for too long; but for those who come by
// themselves: by a ping, which says what they know, or with other words, upon which they are asked at once.
func TestRestartAsksManyByTurns(t *testing.T) {
	b := newBench(t, Config{})
	var all []*member
	for i := range askAtOnce + 10 {
		all = append(all, b.join(fmt.Sprintf("m%d", i)))
	}
	b.restart()
	h := b.head()
	knows := wire.Pong{Known: true, Store: storeID, Revision: h.Revision, Order: h.Order}
	asked := func(of []*member) (yes, no []*member) {
		for _, m := range of {
			if slices.ContainsFunc(b.sentTo(m), func(s sent) bool { return s.msg.Kind() == wire.KindPing }) {
				yes = append(yes, m)
			} else {
				no = append(no, m)
			}
		}
		return yes, no
	}
	first, late := asked(all)
	if len(late) != 10 {
		t.Fatalf("%d are not asked at once", len(late))
	}
	b.recv(late[0], &wire.Ping{Nonce: 1, Store: storeID, Revision: h.Revision, Order: h.Order})
	b.recv(late[1], &wire.Lookup{Key: late[2].key})
	for i, m := range late[:2] {
		if list := b.sentTo(m); len(list) != 1 || list[0].msg.Kind() != []wire.Kind{wire.KindPong, wire.KindPing}[i] {
			t.Errorf("who comes by itself is told %+v", list)
		}
	}
	late = late[2:]
	for _, m := range first[:3] {
		b.recv(m, &knows)
	}
	yes, late := asked(late)
	if len(yes) != 3 {
		t.Errorf("three answered: %d more are asked", len(yes))
	}
	b.advance(askPatience - time.Millisecond)
	if yes, _ := asked(late); len(yes) != 0 {
		t.Errorf("%d are asked too soon", len(yes))
	}
	b.advance(time.Millisecond)
	if _, late = asked(late); len(late) != 0 {
		t.Errorf("%d are never asked", len(late))
	}
}

// protocol.md §8.6: who is still to be asked is there until then, however long that takes.
func TestRestartKeepsWhoIsNotAskedYet(t *testing.T) {
	b := newBench(t, Config{})
	for i := range askAtOnce + 1 {
		b.join(fmt.Sprintf("m%d", i))
	}
	last := b.people[askAtOnce]
	b.cfg.Lease = askPatience / 2
	b.restart()
	b.advance(b.cfg.Lease - time.Millisecond)
	if len(b.sentTo(last)) != 0 {
		t.Error("the last one is asked too soon")
	}
	b.advance(time.Millisecond) // all the others make room, and its own lease is over too
	if b.row(last).State != store.Online || len(b.sentTo(last)) != 1 {
		t.Error("the last one is gone, and was not asked")
	}
	b.back(last)
	if b.row(last).State != store.Online || b.row(b.people[0]).State != store.Offline {
		t.Error("the last one is gone, or one who did not answer is there")
	}
}

// protocol.md §8.6: answers that come late have the next ones waited for longer, and such that do not, shorter again.
func TestRestartWaitsLongerForLateAnswers(t *testing.T) {
	m := missing{}
	for _, c := range []struct {
		name           string
		asked, overdue bool
		times          int
		want           time.Duration
	}{
		{"at first", false, false, 1, 150 * time.Millisecond},
		{"in time", true, false, 1, 150 * time.Millisecond},
		{"late", false, true, 1, 300 * time.Millisecond},
		{"late once more", false, true, 1, 600 * time.Millisecond},
		{"always late", false, true, 9, 600 * time.Millisecond},
		{"in time again", true, false, 16, 214 * time.Millisecond},
		{"as ever", true, false, 16, 150 * time.Millisecond},
		{"nobody asked it", false, false, 5, 150 * time.Millisecond},
	} {
		for range c.times {
			m.answered(&session{asked: c.asked, overdue: c.overdue})
		}
		if got := m.wait().Round(time.Millisecond); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	b := newBench(t, Config{})
	for i := range 2*askAtOnce + 1 {
		b.join(fmt.Sprintf("m%d", i))
	}
	b.restart()
	b.advance(askPatience) // the second 128 are asked
	b.back(b.people[0])
	b.advance(askPatience) // and wait no longer for that
	if last := b.people[2*askAtOnce]; len(b.sentTo(last)) == 0 {
		t.Error("the last one is not asked")
	}
	if b.core.missing.patience != 2*askPatience {
		t.Errorf("the next would be waited for %v", b.core.missing.wait())
	}
}

// protocol.md §13.8: how many are still to be asked says within which time those should come who have nothing to say.
func TestRestartSpreadsWhoComes(t *testing.T) {
	b := newBench(t, Config{})
	if d := b.core.Spread(); d != 0 {
		t.Errorf("%v without a restart", d)
	}
	for i := range askAtOnce + returnRate/10 {
		b.join(fmt.Sprintf("m%d", i))
	}
	b.restart()
	if d := b.core.Spread(); d != 100*time.Millisecond {
		t.Errorf("%v", d)
	}
	b.advance(askPatience)
	if d := b.core.Spread(); d != 0 {
		t.Errorf("%v when all are asked", d)
	}
}

// protocol.md §8.6: a restarted server asks until the answer says which table a client has; other words from it are no answer.
func TestProbeIsRepeatedUntilAnswered(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	b.restart()
	for range 5 {
		b.advance(time.Second)
		b.recv(ann, &wire.Seen{Store: storeID, Order: 1, Try: 1})
	}
	pings := len(b.sentTo(ann))
	b.advance(2 * time.Second)
	if more := len(b.sentTo(ann)); pings < 8 || more == 0 || b.row(ann).State != store.Online {
		t.Errorf("%d pings, then %d; the row says %v", pings, more, b.row(ann).State)
	}
	b.recv(ann, &wire.Pong{Known: true, Store: storeID, Revision: 1})
	b.advance(10 * time.Second)
	b.wantIdle("answered")
}
