package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §10.2: a push that was on its way since before the registration names something that does not come any more as what stands before it. The
// server takes the answer for one to the same push in its new row, and goes on behind it.
func TestARowThatDoesNotCloseBeginsAnew(t *testing.T) {
	for _, c := range []struct {
		name string
		next func(bob *friend, prev uint64) wire.Message // of order 501
		want string
		seq  uint64 // of the mail that follows
	}{
		{"posts", func(bob *friend, prev uint64) wire.Message { return pushPost(bob, prev, 501, 1, "post") }, "post", 2},
		{"mail", func(bob *friend, prev uint64) wire.Message { return push(bob, prev, 501, 2, "mail") }, "mail", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			registers := func() (list []*wire.Register) {
				for _, s := range b.drop() {
					if m, ok := s.msg.(*wire.Register); ok {
						list = append(list, m)
					}
				}
				return list
			}
			b.recv(server, push(bob, 498, 500, 1, "late"))
			b.advance(maxGap - time.Second)
			b.recv(server, c.next(bob, 500))
			if len(registers()) > 0 {
				t.Error("it may still come")
			}
			b.advance(time.Second)
			b.told = nil
			b.recv(server, c.next(bob, 500))
			if list := registers(); len(list) != 1 || list[0].Seen != 0 {
				t.Fatalf("what stands before it does not come: registers %v", list)
			}
			b.answerRegister(storeID)
			b.page()
			b.told = nil
			b.recv(server, c.next(bob, 0))
			if got := b.arrived(); got != c.want {
				t.Errorf("shown: %q", got)
			}
			b.drop()
			for n := range uint64(20) {
				b.advance(maxGap / 2)
				b.recv(server, push(bob, 501+n, 502+n, c.seq+n, "more"))
				if got := b.arrived(); got != "more" {
					t.Fatalf("then shown: %q", got)
				}
			}
			if len(registers()) > 0 {
				t.Error("again, though nothing is missing")
			}
		})
	}
}

// A gap that moves is none that does not close.
func TestALossyRowDoesNotBeginAnew(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	for order := uint64(1); order < 40; order++ {
		b.recv(server, pushPost(bob, order, order+1, order+1, "next"))
		b.advance(maxGap / 3)
		b.recv(server, pushPost(bob, order-1, order, order, "lost until now"))
	}
	if b.kinds(wire.KindRegister) > 0 {
		t.Error("it registers again")
	}
}

// What comes again says that nothing stands between it and what it follows, as it did the first time.
func TestAGapIsClosedByWhatIsThere(t *testing.T) {
	for _, c := range []struct {
		name  string
		again func(bob *friend) wire.Message
	}{
		{"mail", func(bob *friend) wire.Message { return push(bob, 0, 40, 1, "late") }},
		{"a post", func(bob *friend) wire.Message { return pushPost(bob, 0, 35, 1, "post") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.recv(server, push(bob, 31, 40, 1, "late"))
			b.recv(server, pushPost(bob, 40, 41, 2, "next"))
			b.told = nil
			b.recv(server, c.again(bob))
			if got := b.arrived(); got != "late next" {
				t.Errorf("shown: %q", got)
			}
		})
	}
}
