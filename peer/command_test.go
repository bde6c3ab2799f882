package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// leave answers the deregistration that must be on its way.
func (b *bench) leave() {
	b.t.Helper()
	if b.core.phase != leaving {
		b.t.Fatalf("not leaving but in phase %d", b.core.phase)
	}
	b.recv(server, &wire.Deregistered{Request: b.core.request})
}

func TestQuit(t *testing.T) {
	t.Run("at once when nothing is open", func(t *testing.T) {
		b, _ := readyBench(t)
		b.do(b.core.Quit)
		b.leave()
		b.wantTold("gone", Left{}, Quit{})
	})
	t.Run("not registered", func(t *testing.T) {
		b := newBench(t, Config{})
		b.do(b.core.Quit)
		b.wantTold("gone", Quit{})
		b.wantIdle("nobody is asked")
	})
	t.Run("while registering", func(t *testing.T) {
		b := newBench(t, Config{})
		b.do(b.core.Register)
		b.do(b.core.Quit)
		b.answerRegister(storeID)
		b.page()
		b.leave()
		b.told = b.told[len(b.told)-1:]
		b.wantTold("gone", Quit{})
	})
	t.Run("a refused registration", func(t *testing.T) {
		b := newBench(t, Config{})
		b.do(b.core.Register)
		b.do(b.core.Quit)
		b.recv(server, &wire.Registered{Request: b.core.request, Outcome: wire.NameTaken, Store: storeID})
		b.wantTold("gone", Refused{Name: "ann", Why: wire.NameTaken}, Quit{})
	})
	t.Run("what was typed just before is delivered first", func(t *testing.T) {
		b, f := readyBench(t, "bob")
		bob := f[0]
		b.send(bob, "hi")
		b.do(b.core.Quit)
		b.advance(100 * time.Millisecond)
		b.wantTold("not yet")
		b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
		b.leave()
		b.wantTold("gone", Delivered{To: "bob"}, Left{}, Quit{})
	})
	t.Run("or the mailbox has its chance", func(t *testing.T) {
		b, f := readyBench(t, "bob")
		bob := f[0]
		b.send(bob, "hi")
		b.do(b.core.Quit)
		b.advance(600 * time.Millisecond)
		b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
		b.leave()
		b.wantTold("gone", NoAck{To: "bob"}, Stored{To: "bob"}, Left{}, Quit{})
	})
	t.Run("but not for ever", func(t *testing.T) {
		b, f := readyBench(t, "bob")
		b.send(f[0], "hi")
		b.do(b.core.Quit)
		b.advance(999 * time.Millisecond)
		if b.core.phase != ready {
			t.Error("it leaves before its time")
		}
		b.advance(time.Millisecond)
		b.leave()
		b.wantTold("the text is kept", NoAck{To: "bob"}, Left{}, Quit{Kept: 1})
	})
	t.Run("a silent server", func(t *testing.T) {
		b, _ := readyBench(t)
		b.do(b.core.Quit)
		b.advance(3 * time.Second)
		b.wantTold("gone all the same", ServerSilent{}, Quit{})
	})
}

func TestDrain(t *testing.T) {
	t.Run("nothing is open", func(t *testing.T) {
		b, _ := readyBench(t)
		b.do(b.core.Drain)
		b.wantTold("at once", Drained{})
	})
	t.Run("waits for what is not stored", func(t *testing.T) {
		b, f := readyBench(t, "bob", "cid")
		bob, cid := f[0], f[1]
		b.send(bob, "one")
		b.send(cid, "two")
		b.do(b.core.Drain)
		b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
		b.wantTold("one is delivered", Delivered{To: "bob"})
		b.advance(500 * time.Millisecond)
		b.wantTold("the other missed", NoAck{To: "cid"})
		b.recv(server, storedFor(cid, 1, 1, wire.Accepted))
		b.wantTold("and is stored", Stored{To: "cid"}, Drained{})
		b.send(bob, "three")
		b.recv(bob, &wire.Ack{Marks: has(bob, 2), Seq: 2, Try: 1})
		b.wantTold("a drain ends once", Delivered{To: "bob"})
	})
	t.Run("waits for the disk", func(t *testing.T) {
		b, f := readyBench(t, "bob")
		b.hold()
		b.send(f[0], "hi")
		b.do(b.core.Drain)
		b.advance(time.Second)
		b.wantTold("it is not even on disk")
	})
}

func TestSendToAnUnknownName(t *testing.T) {
	b, _ := readyBench(t, "bob")
	b.do(func(now time.Time) { b.core.Send(now, "zoe", "hi") })
	b.wantTold("told", UnknownPeer{Name: "zoe"})
	b.wantIdle("nothing is sent")
}

// Who is renamed in the table is not found by the old name.
func TestNamesFollowTheTable(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob := f[0]
	renamed := *bob
	renamed.name = "rob"
	b.changed(renamed.row(wire.Online))
	b.send(bob, "hi")
	b.wantTold("bob is gone", UnknownPeer{Name: "bob"})
	b.send(&renamed, "hi")
	if list := b.drop(); len(list) != 1 || list[0].to != bob.key {
		t.Errorf("sent %+v", list)
	}
}

// protocol.md §8.5: who left sends nothing any more, so the end of a script does not wait for it.
func TestDrainAfterDeregistering(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.send(f[0], "never acknowledged")
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.recv(server, &wire.Deregistered{Request: b.core.request})
	b.do(b.core.Drain)
	b.wantTold("the text is kept for the next start", Left{}, Drained{Kept: 1})
}

// Who leaves hears first what became of each text that was typed: on disk, or not.
func TestEndsAfterTheDisk(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.hold()
	b.send(f[0], "just typed")
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.recv(server, &wire.Deregistered{Request: b.core.request})
	b.do(b.core.Drain)
	b.do(b.core.Quit)
	b.wantTold("it is not on disk yet", Left{})
	b.release()
	b.wantTold("it is", Drained{Kept: 1}, Quit{Kept: 1})

	t.Run("but a disk that hangs keeps nobody", func(t *testing.T) {
		b, f := readyBench(t, "bob")
		b.hold()
		b.send(f[0], "just typed")
		b.do(b.core.Quit)
		b.advance(time.Second)
		b.recv(server, &wire.Deregistered{Request: b.core.request})
		b.wantTold("gone", Left{}, Quit{Kept: 1})
	})
}
