package peer

import (
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// far is a client whose one seq never arrives, or is refused, while those behind it do.
type far struct {
	*bench
	bob     *friend
	epoch   uint64
	lost    uint64
	refused wire.Verdict // how the server answers that one; Accepted: not at all
	had     wire.Window  // by bob
	highest uint64       // that was offered
	offered map[uint64]bool
}

func newFar(t *testing.T, state wire.Presence) *far {
	b, f := readyBench(t, "bob")
	b.changed(f[0].row(state))
	return &far{bench: b, bob: f[0], epoch: myRun, lost: 1, offered: map[uint64]bool{}}
}

func (f *far) types(n int) {
	for range n {
		f.send(f.bob, "x")
	}
}

// carry brings what was sent to whom it is for, until nothing more is.
func (f *far) carry() {
	for len(f.sent) > 0 {
		for _, s := range f.drop() {
			switch m := s.msg.(type) {
			case *wire.Deposit:
				f.deposit(m)
			case *wire.Direct:
				f.direct(m)
			}
		}
	}
}

// wait lets time pass, in which the server is heard.
func (f *far) wait(d time.Duration) {
	for end := f.now.Add(d); f.now.Before(end); f.carry() {
		f.recv(server, &wire.Clock{})
		f.advance(100 * time.Millisecond)
	}
}

func (f *far) deposit(m *wire.Deposit) {
	f.offer(m.Text.Seq)
	a := storedFor(f.bob, m.Text.Seq, m.Try, wire.Accepted)
	a.Epoch, a.State = f.epoch, wire.Offline
	if m.Text.Seq == f.lost {
		if a.Verdict = f.refused; a.Verdict == wire.Accepted {
			return
		}
	}
	f.recv(server, a)
}

func (f *far) direct(m *wire.Direct) {
	f.offer(m.Text.Seq)
	if m.Text.Seq != f.lost && f.had.Fits(m.Text.Seq) {
		f.had.Mark(m.Text.Seq)
		f.recv(f.bob, &wire.Ack{Marks: has(f.bob, f.had.Through(), f.had.Marks(wire.MaxRanges, m.Text.Seq)...), Seq: m.Text.Seq, Try: m.Try})
	}
}

func (f *far) offer(seq uint64) {
	f.highest = max(f.highest, seq)
	f.offered[seq] = true
}

// wantOffered checks through which seq texts were offered.
func (f *far) wantOffered(why string, through uint64) {
	f.t.Helper()
	f.carry()
	if f.highest != through || uint64(len(f.offered)) != through {
		f.t.Errorf("%s: %d were offered, the highest is %d, want %d", why, len(f.offered), f.highest, through)
	}
}

// protocol.md §7.4: nothing is offered that is 1,024 or more above the lowest that is neither delivered nor stored, by either way, however long that is on its way.
func TestNothingGoesTooFarAhead(t *testing.T) {
	for _, c := range []struct {
		name    string
		state   wire.Presence
		refused wire.Verdict
	}{
		{"by mail, and every deposit of it is lost", wire.Offline, wire.Accepted},
		{"by mail, and the server refuses it", wire.Offline, wire.FullPair},
		{"directly, and no copy of it arrives", wire.Online, wire.Accepted},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFar(t, c.state)
			f.refused = c.refused
			f.types(1500)
			f.wantOffered("at once", 1024)
			f.wait(10 * time.Second)
			f.wantOffered("after 10 s", 1024)
			f.lost = 0
			f.wait(40 * time.Second)
			f.wantOffered("when it arrived", 1500)
		})
	}
}

// protocol.md §7.4: what is so far above what the server has for a recipient goes there too, until that is delivered.
func TestBehindManyThatAreStored(t *testing.T) {
	f := newFar(t, wire.Offline)
	f.lost = 0
	f.types(1500)
	f.carry()
	f.changed(f.bob.row(wire.Online))
	f.types(1)
	if list := f.drop(); len(list) != 1 || list[0].msg.Kind() != wire.KindDeposit {
		t.Errorf("sent %+v", list)
	}
	f.recv(server, storedFor(f.bob, 1501, 1, wire.Accepted))
	f.recv(server, &wire.Receipt{To: f.bob.key, Marks: has(f.bob, 1000)})
	f.drop()
	f.types(1)
	if list := f.drop(); len(list) != 1 || list[0].msg.Kind() != wire.KindText {
		t.Errorf("when most is delivered: sent %+v", list)
	}
}

// The bound goes with the lowest: what lies between does not move it.
func TestTheBoundFollowsTheLowest(t *testing.T) {
	f := newFar(t, wire.Offline)
	f.lost = 700
	f.types(2000)
	f.wantOffered("700 is missing", 700+1023)
	f.recv(server, &wire.Receipt{To: f.bob.key, Marks: has(f.bob, 699)})
	f.wantOffered("those before it are delivered", 700+1023)
	f.recv(server, storedFor(f.bob, 300, 1, wire.Unreadable))
	f.wantOffered("one that is over", 700+1023)
	f.lost = 800
	f.recv(server, storedFor(f.bob, 800, 1, wire.Unreadable))
	f.recv(server, storedFor(f.bob, 700, 9, wire.Accepted))
	f.wantOffered("one that was stored is to be sealed anew", 800+1023)
	f.lost = 0
	f.wait(5 * time.Second)
	f.wantOffered("none is missing", 2000)
}

// A restart, another store and another epoch of the recipient's begin at the lowest again.
func TestTheBoundAfterAnewBeginning(t *testing.T) {
	for _, c := range []struct {
		name  string
		begin func(f *far)
	}{
		{"a restart", func(f *far) { f.restart(); f.register(); f.changed(f.bob.row(wire.Offline)) }},
		{"another store", func(f *far) {
			f.core.registerAgain(f.now)
			f.settle()
			f.answerRegister(storeID + 1)
			f.page(f.bob.row(wire.Offline))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFar(t, wire.Offline)
			f.lost = 0
			f.types(1500)
			f.wantOffered("all", 1500)
			f.lost, f.highest = 1, 0
			clear(f.offered)
			c.begin(f)
			f.wait(10 * time.Second)
			f.wantOffered("the first one is lost", 1024)
		})
	}
}

// protocol.md §5.4: a void is as low as the first seq that it closes. It goes, however many these are, and what follows it waits.
func TestTheBoundOfVoids(t *testing.T) {
	f := newFar(t, wire.Offline)
	f.lost = 0
	f.types(1500)
	f.carry()
	f.recv(server, &wire.Receipt{To: f.bob.key, Marks: has(f.bob, 1500)})
	f.types(3)
	f.carry()
	f.bob.epoch++
	f.lost, f.highest = 1500, 0
	clear(f.offered)
	f.changed(f.bob.row(wire.Offline))
	f.carry()
	if f.highest != 1500 || len(f.offered) != 1 {
		t.Errorf("%v are offered", f.offered)
	}
	f.lost = 0
	f.wait(time.Second)
	if f.highest != 1503 || len(f.offered) != 4 {
		t.Errorf("then %v", f.offered)
	}
}

// A void that comes in below the lowest is the lowest then.
func TestTheBoundOfAVoidBelow(t *testing.T) {
	f := newFar(t, wire.Offline)
	f.lost = 11
	f.types(1500)
	f.wantOffered("11 is missing", 11+1023)
	f.recv(server, &wire.Receipt{To: f.bob.key, Marks: has(f.bob, 10)})
	f.bob.epoch++
	f.lost, f.highest = 10, 0
	f.changed(f.bob.row(wire.Offline))
	f.carry()
	if f.highest != 1024 {
		t.Errorf("the highest that is offered is %d, while what was delivered to his state before is not closed", f.highest)
	}
}

// protocol.md §7.4: what waits for what is refused is told so, and a drain does not wait for it.
func TestWhatIsTooFarAheadOfWhatIsRefused(t *testing.T) {
	f := newFar(t, wire.Offline)
	f.refused = wire.FullPair
	f.types(1100)
	f.carry()
	n := 0
	for _, told := range f.told {
		if told == (Kept{To: "bob", Why: wire.FullPair}) {
			n++
		}
	}
	if n != 1+1100-1024 {
		t.Errorf("told of %d", n)
	}
	f.told = nil
	f.do(f.core.Drain)
	f.wantTold("all is decided for now", Drained{Kept: 1 + 1100 - 1024})
}

// protocol.md §14.5: what waits for a part that version 1 cut waits for its recipient, like that.
func TestWhatIsTooFarAheadOfALongPart(t *testing.T) {
	b := newBench(t, Config{})
	bob := b.friend("bob")
	b.firstCut(bob, 1, strings.Repeat("x", wire.FirstPartSize))
	for seq := uint64(2); seq <= 1100; seq++ {
		b.firstCut(bob, seq, "short")
	}
	b.restart()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.page(bob.row(wire.Offline))
	b.told = nil
	f := &far{bench: b, bob: bob, epoch: myEpoch, lost: 0, offered: map[uint64]bool{1: true}}
	f.wantOffered("all but the long one", 1024)
	b.told = nil
	b.do(b.core.Drain)
	b.wantTold("a script does not wait for them", Drained{Kept: 1 + 1100 - 1024})
}

// protocol.md §5.6: mail that is refused once more, although it was deposited again, follows what its recipient's older copy lacks: that ends as void.
func TestWhatIsOverBelowRefusedMail(t *testing.T) {
	f := newFar(t, wire.Online)
	f.lost = 1501
	f.types(1500)
	f.carry()
	f.types(1)
	f.wait(time.Second)
	f.lost = 0
	f.wait(time.Second)
	f.told = nil
	f.recv(server, storedFor(f.bob, 1501, 1, wire.Unreadable))
	f.carry()
	f.wantTold("deposited again")
	f.recv(server, storedFor(f.bob, 1501, 1, wire.Unreadable))
	f.want("what is over", f.bob, &wire.Direct{Try: 1, Text: wire.Void(myRun, f.bob.epoch, 1, 1500)})
	f.wantTold("it waits", Kept{To: "bob", Why: wire.Unreadable})
}
