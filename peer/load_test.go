package peer

import (
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// protocol.md §5.1: the identity of a text is the same on every path and every try, and in every run.
func TestRestartSendsAgainUnderTheSameIdentity(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "delivered")
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.send(bob, "unanswered")
	b.advance(500 * time.Millisecond)
	b.recv(server, storedFor(bob, 2, 1, wire.Accepted)) // the server may have lost it by now
	b.send(bob, strings.Repeat("x", wire.PartSize+1))
	b.restart()
	b.wantIdle("nothing before the registration")
	b.register()
	var seqs []uint64
	for _, s := range b.drop() {
		m, ok := s.msg.(*wire.Direct)
		if !ok || m.Text.Epoch != myRun || m.Text.ToEpoch != bob.epoch {
			t.Fatalf("sent %+v", s.msg)
		}
		seqs = append(seqs, m.Text.Seq)
		if m.Text.Seq == 2 && m.Text.Time != b.start.UnixMicro() {
			t.Error("the time of writing changed")
		}
	}
	if len(seqs) != 3 || seqs[0] != 2 || seqs[2] != 4 {
		t.Errorf("sent %v", seqs)
	}
	b.recv(bob, &wire.Ack{Marks: has(bob, 4), Seq: 4, Try: 1})
	b.wantTold("reported", Delivered{To: "bob"}, Delivered{To: "bob"})
	b.send(bob, "next")
	if list := b.drop(); len(list) != 1 || list[0].msg.(*wire.Direct).Text.Seq != 1 || list[0].msg.(*wire.Direct).Text.Epoch != myRun+100 {
		t.Errorf("then %+v", list)
	}
}

// protocol.md §7.3: what was not typed in this run ends no program when the server is silent.
func TestRestartedDepositsAreBackground(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "hi")
	b.restart()
	b.register()
	b.changed(bob.row(wire.Offline))
	b.advance(10 * time.Minute)
	b.wantTold("the user did not ask for it in this run")
	deposits := 0
	for _, s := range b.drop() {
		if s.msg.Kind() == wire.KindDeposit {
			deposits++
		}
	}
	if deposits < 15 || deposits > 40 {
		t.Errorf("tried %d times in 10 min", deposits)
	}
}

// protocol.md §6.6: what was received and not noted as shown when the program ended is shown again, marked.
func TestRestartShowsAgainWhatMayNotHaveBeenShown(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "one")})
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 2, "two")})
	b.recv(server, pushPost(bob, 0, 1, 1, "post"))
	b.core.Shown([]uint64{1})
	b.settle()
	b.restart()
	b.advance(time.Hour)
	b.wantTold("not before there is a table")
	b.register()
	if got := b.arrived(); got != "=two =post" && got != "=post =two" {
		t.Errorf("shown %q", got)
	}
	b.core.Shown([]uint64{2, 3})
	b.settle()
	b.restart()
	b.register()
	b.wantTold("shown")
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 3, "three")})
	b.wantTold("the history goes on", Arrived{Line: 4, From: "bob", Text: "three", Time: 1003})
}

// protocol.md §6.5: the order of a sender's texts outlives the program.
func TestRestartWithAHole(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "one")})
	b.core.Shown([]uint64{1})
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 3, "three")})
	b.restart()
	b.register()
	b.wantTold("two is missing")
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 2, "two")})
	if got := b.arrived(); got != "two =three" {
		t.Errorf("shown %q", got)
	}
}

func TestDamagedMarksAreAnError(t *testing.T) {
	marks := store.Marks{Epoch: 1, ToEpoch: myEpoch, Through: 5, Ranges: []store.Range{{Lo: 3, Hi: 4}}}
	for name, loaded := range map[string]store.Loaded{
		"source": {Epoch: myEpoch, Inbox: []store.Source{{Marks: marks}}},
		"stream": {Epoch: myEpoch, Streams: []store.Stream{{Store: 1, Marks: marks}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewCore(time.Time{}, Config{}, NewKeys(seed), loaded); err == nil {
				t.Error("accepted")
			}
		})
	}
}
