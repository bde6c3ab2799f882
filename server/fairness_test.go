package server_test

import (
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/wire"
	"udpchat/wire/link/linktest"
)

// pourer deposits for someone as fast as it can, whatever is answered, until all is stored.
type pourer struct {
	*visitor
	to     wire.Key
	left   []uint64 // seqs without an answer
	stored map[uint64]bool
}

// pour says as many deposits again as go at once.
func (p *pourer) pour(atOnce int) {
	for _, m := range of[*wire.Stored](p.heard()) {
		p.stored[m.Seq] = p.stored[m.Seq] || m.Verdict == wire.Accepted
	}
	for n := 0; n < atOnce && len(p.left) > 0; {
		seq := p.left[0]
		if p.left = p.left[1:]; p.stored[seq] {
			continue
		}
		n++
		p.left = append(p.left, seq)
		p.say(&wire.Deposit{To: p.to, Try: 1, Text: wire.Text{Epoch: 1000, ToEpoch: 1001, Seq: seq, Parts: 1, Size: 2, Time: 1, Flags: wire.FlagCovered, Body: []byte("hi")}})
	}
}

// One who pours in four times what the disk takes delays another one's message by no more than its own half of what may wait, and loses nothing.
func TestAFloodIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linktest.Conditions{Delay: time.Millisecond})
		bob, ann := w.join("bob"), w.join("ann")
		bob.client.Deregister("bob")
		bob.told(peer.Left{})
		mal := &pourer{visitor: w.visit("mal"), to: bob.client.Key(), stored: map[uint64]bool{}}
		defer mal.end()
		mal.say(mal.register())
		pass(time.Second)
		for seq := range uint64(20_000) {
			mal.left = append(mal.left, seq+1)
		}
		w.disk.Store(int64(200 * time.Microsecond)) // for each of them
		defer func() {                              // what waits has to end before the bubble does
			w.disk.Store(0)
			pass(3 * time.Second)
		}()
		const half = 4096 * 200 * time.Microsecond
		begun, asked, took := time.Now(), time.Time{}, time.Duration(0)
		for len(mal.left) > 0 {
			mal.pour(20)
			pass(time.Millisecond)
			switch stored := ann.count(func(n peer.Notice) bool { return says(n, peer.Stored{To: "bob"}) }) > 0; {
			case asked.IsZero() && time.Since(begun) > 2*half:
				asked = time.Now()
				ann.client.Send("bob", "hi")
			case stored && took == 0:
				took = time.Since(asked)
			case time.Since(begun) > time.Minute:
				t.Fatalf("%d of the flood are not stored", len(mal.left))
			}
		}
		if took == 0 || took > half+100*time.Millisecond {
			t.Errorf("ann's message was stored after %v", took)
		}
		if len(mal.stored) != 20_000 {
			t.Errorf("%d of the flood were stored", len(mal.stored))
		}
		t.Logf("ann's message was stored after %v, the flood after %v", took, time.Since(begun))
	})
}
