package peer

import (
	"testing"
	"testing/synctest"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/linktest"
)

// stand is how everything stands, without a question to the server.
func (b *bench) stand() map[string]TalkStatus {
	talks := map[string]TalkStatus{}
	for _, t := range b.core.status(b.now).Talks {
		talks[t.Name] = t
	}
	return talks
}

// way checks the way to someone, and what waits.
func (b *bench) way(name string, want TalkStatus) {
	b.t.Helper()
	got := b.stand()[name]
	if got.Way != want.Way || got.Until != want.Until || got.Direct != want.Direct || got.Depositing != want.Depositing || got.Stored != want.Stored ||
		got.Kept != want.Kept || got.Keyless != want.Keyless || got.Why != want.Why || got.Waits() != want.Waits() {
		b.t.Errorf("the way to %q is %+v, want %+v", name, got, want)
	}
}

func TestStatusNamesTheWayAndWhatWaits(t *testing.T) {
	b, f := readyBench(t, "bob", "cat")
	bob, cat := f[0], f[1]
	b.way("bob", TalkStatus{})
	if s := b.core.status(b.now); s.Standing != StandsInside || len(s.Talks) != 2 || s.Heard != 0 || s.RoundTrip != 0 {
		t.Errorf("status %+v", s)
	}
	if s := b.core.Glance(b.now, "cat"); s.Standing != StandsInside || len(s.Talks) != 1 || s.Talks[0].Name != "cat" || s.Talks[0].Addr != cat.addr {
		t.Errorf("at a glance %+v", s)
	}
	if s := b.core.Glance(b.now, ""); len(s.Talks) != 1 || s.Talks[0].Way != WayChannel || len(b.core.Glance(b.now, "dan").Talks) != 0 {
		t.Errorf("the channel at a glance %+v", s)
	}
	b.wantIdle("nobody was asked")
	b.send(bob, "one")
	b.way("bob", TalkStatus{Direct: 1})
	b.advance(20 * time.Millisecond)
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	if got := b.stand()["bob"]; got.RoundTrip != 20*time.Millisecond || got.Waits() != 0 || got.Addr != bob.addr || !got.Online {
		t.Errorf("bob is %+v", got)
	}
	b.send(bob, "two")
	b.advance(500 * time.Millisecond)
	b.way("bob", TalkStatus{Way: WayBehind, Depositing: 1})
	b.recv(server, &wire.Stored{To: bob.key, Epoch: myRun, ToEpoch: bob.epoch, Seq: 2, Try: 1, Order: 1})
	b.way("bob", TalkStatus{Way: WayBehind, Stored: 1})
	b.recv(bob, &wire.Ack{Marks: has(bob, 2), Seq: 2, Try: 1})
	b.way("bob", TalkStatus{})

	b.changed(cat.row(wire.Offline))
	b.way("cat", TalkStatus{Way: WayAway})
	b.send(cat, "for later")
	b.recv(server, &wire.Stored{To: cat.key, Epoch: myRun, ToEpoch: cat.epoch, Seq: 1, Try: 1, Verdict: wire.FullMailbox})
	b.way("cat", TalkStatus{Way: WayAway, Kept: 1, Why: wire.FullMailbox})
	b.post("to all")
	b.way("", TalkStatus{Way: WayChannel, Depositing: 1})
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.leave()
	b.way("bob", TalkStatus{Way: WayOutside})
}

// Two texts in a row that are not answered directly let the direct way rest for 30 s.
func TestStatusOfARestingWay(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "one")
	b.send(bob, "two")
	b.advance(500 * time.Millisecond)
	b.way("bob", TalkStatus{Way: WayResting, Until: 30 * time.Second, Depositing: 2})
	for seq := range uint64(2) {
		b.recv(server, &wire.Stored{To: bob.key, Epoch: myRun, ToEpoch: bob.epoch, Seq: seq + 1, Try: 1, Order: seq + 1})
	}
	b.advance(10 * time.Second)
	b.way("bob", TalkStatus{Way: WayResting, Until: 20 * time.Second, Stored: 2})
}

func TestStatusOfWhoHasNoKeys(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.mute = true
	b.send(f[0], "one")
	b.recv(server, &wire.Found{Key: f[0].key})
	b.way("bob", TalkStatus{Way: WayKeyless, Keyless: 1})
}

func TestStatusMeasuresTheWayToTheServer(t *testing.T) {
	b, _ := readyBench(t)
	var told []Status
	ask := func() { b.do(func(now time.Time) { b.core.Probe(now, func(s Status) { told = append(told, s) }) }) }
	ask()
	ask()
	first := b.sent[0].msg.(*wire.Ping)
	if len(b.sent) != 1 || len(told) != 0 {
		t.Fatalf("sent %+v, told %+v", b.sent, told)
	}
	b.advance(510 * time.Millisecond) // the answer comes after a second try: it is not known to which it belongs
	b.recv(server, &wire.Pong{Nonce: first.Nonce, Known: true, Store: storeID})
	if len(told) != 0 {
		t.Fatalf("told %+v", told)
	}
	second := b.sent[1].msg.(*wire.Ping)
	b.recv(server, &wire.Pong{Nonce: second.Nonce, Known: true, Store: storeID})
	if len(told) != 2 || !told[0].Answered || told[1].RoundTrip != 10*time.Millisecond || told[0].Heard != 0 {
		t.Fatalf("told %+v", told)
	}
	told = nil
	ask()
	b.advance(time.Minute)
	if len(told) != 1 || told[0].Answered || told[0].RoundTrip != 10*time.Millisecond || told[0].Heard != 3*time.Second {
		t.Errorf("told %+v", told)
	}
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.leave()
	told = nil
	ask()
	if len(told) != 1 || told[0].Answered || told[0].Standing != StandsOutside {
		t.Errorf("told %+v", told)
	}
}

func TestStatusOfARunningClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{Delay: 10 * time.Millisecond})
		h := newHost(t, n)
		ann := h.client(t, n, 1, "ann")
		ann.Register()
		next(t, ann, Welcome{Name: "ann"})
		synctest.Wait()
		s, err := ann.Status(t.Context())
		if err != nil || !s.Answered || s.RoundTrip != 20*time.Millisecond || s.Name != "ann" || s.Standing != StandsInside {
			t.Errorf("status %+v, %v", s, err)
		}
	})
}
