package peer

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// lined takes what was told of texts since the last time, with their lines.
func (b *bench) lined() (list []Notice) {
	for _, n := range b.all {
		if v := reflect.ValueOf(n); v.FieldByName("Line").IsValid() {
			list = append(list, n)
		}
	}
	b.all, b.told = nil, nil
	return list
}

func (b *bench) wantLined(why string, want ...Notice) {
	b.t.Helper()
	if got := b.lined(); !reflect.DeepEqual(got, want) {
		b.t.Fatalf("%s: told\n  %T %+v, wanted\n  %T %+v", why, got, got, want, want)
	}
}

// ends are the lines of history that this client sent, with what became of them.
func (b *bench) ends() map[uint64]store.End {
	lines, _ := b.profile.History(0, 100)
	ends := map[uint64]store.End{}
	for _, l := range lines {
		if l.Out {
			ends[l.Order] = l.End
		}
	}
	return ends
}

func (b *bench) wantEnds(why string, want map[uint64]store.End) {
	b.t.Helper()
	if got := b.ends(); !reflect.DeepEqual(got, want) {
		b.t.Fatalf("%s: %v, want %v", why, got, want)
	}
}

// A text is accepted when it is on disk, and everything that is told of it names its line, which also says how it ended.
func TestEveryNoticeNamesItsText(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.hold()
	b.do(func(now time.Time) { b.core.SendAs(now, 7, "bob", "one") })
	b.wantLined("not yet on disk")
	b.release()
	b.wantLined("accepted", Accepted{Ref: 7, Line: 1, To: "bob", Text: "one"})
	b.wantEnds("open", map[uint64]store.End{1: store.EndOpen})
	b.advance(500 * time.Millisecond)
	b.wantLined("missed", NoAck{Line: 1, To: "bob"})
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.wantLined("stored", Stored{Line: 1, To: "bob"})
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 1)})
	b.wantLined("delivered", Exists{Line: 1, To: "bob"}, Delivered{Line: 1, To: "bob"})
	b.wantEnds("delivered", map[uint64]store.End{1: store.EndDelivered})

	long := strings.Repeat("x", 2*wire.PartSize)
	b.do(func(now time.Time) { b.core.SendAllAs(now, 8, long) })
	b.wantLined("a post", Accepted{Ref: 8, Line: 2, Text: long})
	b.recv(server, storedFor(theChannel, 1, 1, wire.Accepted))
	b.wantEnds("a half", map[uint64]store.End{1: store.EndDelivered, 2: store.EndOpen})
	b.recv(server, storedFor(theChannel, 2, 1, wire.Accepted))
	b.wantLined("in the channel", Stored{Line: 2})
	b.wantEnds("a post", map[uint64]store.End{1: store.EndDelivered, 2: store.EndDelivered})

	b.changed(bob.row(wire.Offline))
	b.send(bob, "three")
	b.recv(server, storedFor(bob, 2, 1, wire.FullMailbox))
	b.wantLined("kept", Accepted{Line: 3, To: "bob", Text: "three"}, Kept{Line: 3, To: "bob", Why: wire.FullMailbox})
	b.recv(server, storedFor(bob, 2, 1, wire.TooLong))
	b.wantLined("given up", Failed{Line: 3, To: "bob", Why: wire.TooLong})
	b.wantEnds("given up", map[uint64]store.End{1: store.EndDelivered, 2: store.EndDelivered, 3: store.EndGivenUp})
	b.recv(server, storedFor(bob, 2, 1, wire.Delivered)) // the void that it is now
	b.wantLined("a void is no text")
	b.wantEnds("nor its end", map[uint64]store.End{1: store.EndDelivered, 2: store.EndDelivered, 3: store.EndGivenUp})
}

// What was refused bears the number that it was typed under.
func TestRefusedTextsBearTheirNumber(t *testing.T) {
	b, _ := readyBench(t, "bob")
	b.told = nil
	for _, c := range []struct {
		to, text string
		want     Notice
	}{
		{"nobody", "hi", UnknownPeer{Ref: 5, Name: "nobody"}},
		{"bob", "", BadText{Ref: 5, Why: "it is empty"}},
		{"bob", strings.Repeat("x", wire.MaxText+1), TooLong{Ref: 5, Bytes: wire.MaxText + 1, Limit: wire.MaxText}},
	} {
		b.do(func(now time.Time) { b.core.SendAs(now, 5, c.to, c.text) })
		b.wantTold(c.to, c.want)
	}
	b.hold()
	b.do(func(now time.Time) { b.core.SendAs(now, 6, "bob", "hi") })
	b.release(len(b.commits) - 1) // the contact's pin
	b.refuse()
	b.wantLined("no room", NotSent{Ref: 6, Line: 1, To: "bob"})
	b.wantEnds("no line", map[uint64]store.End{})
}

// The next run knows which lines the texts in the outbox are, whatever they were renamed to.
func TestTheNextRunNamesTheSameLines(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "one")
	b.send(bob, strings.Repeat("x", 2*wire.PartSize))
	b.recv(bob, &wire.Ack{Marks: has(bob, 0, wire.Range{Lo: 2, Hi: 2}), Seq: 2, Try: 1}) // half of the second
	bob.epoch++                                                                          // bob lost everything
	b.changed(bob.row(wire.Online))
	for _, o := range b.outbox() {
		if want := min(o.Text.Seq, 2); o.Line != want || o.Text.ToEpoch != bob.epoch {
			t.Errorf("seq %d of line %d for epoch %d", o.Text.Seq, o.Line, o.Text.ToEpoch)
		}
	}
	b.restart()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.page(bob.row(wire.Offline))
	b.lined()
	b.recv(server, &wire.Stored{To: bob.key, Epoch: myRun, ToEpoch: bob.epoch, Seq: 1, Try: 1, Again: true})
	b.wantLined("an earlier run was told", Stored{Line: 1, To: "bob", Again: true})
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 3)})
	b.wantLined("delivered", Delivered{Line: 1, To: "bob"}, Delivered{Line: 2, To: "bob"})
	b.wantEnds("delivered", map[uint64]store.End{1: store.EndDelivered, 2: store.EndDelivered})
}

// A program whose input is at its end waits for what earlier runs left, and yet they told of it.
func TestWhatAnEarlierRunToldIsMarked(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "one")
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.wantLined("stored", Accepted{Line: 1, To: "bob", Text: "one"}, Stored{Line: 1, To: "bob"})
	b.restart()
	b.do(b.core.Register)
	b.answerRegister(storeID)
	b.page(bob.row(wire.Offline))
	b.do(b.core.Drain)
	b.lined()
	b.recv(server, &wire.Stored{To: bob.key, Epoch: myRun, ToEpoch: bob.epoch, Seq: 1, Try: 1, Verdict: wire.Accepted, Order: 1, Again: true})
	b.wantLined("an earlier run was told", Stored{Line: 1, To: "bob", Again: true})
}
