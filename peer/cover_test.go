package peer

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

const secret = "a secret of two"

// toServer are the ways that lead there.
var toServer = []struct {
	name string
	goes func(b *bench, bob *friend)
}{
	{"offline", func(b *bench, bob *friend) { b.changed(bob.row(wire.Offline)); b.send(bob, secret) }},
	{"in parts", func(b *bench, bob *friend) {
		b.changed(bob.row(wire.Offline))
		b.send(bob, strings.Repeat(secret, 200))
	}},
	{"not acknowledged", func(b *bench, bob *friend) { b.send(bob, secret); b.advance(2 * time.Second) }},
	{"in the next run", func(b *bench, bob *friend) {
		b.send(bob, secret)
		b.restart()
		b.register()
		b.advance(2 * time.Second)
	}},
	{"refused for now", func(b *bench, bob *friend) {
		b.changed(bob.row(wire.Offline))
		b.send(bob, secret)
		b.recv(server, storedFor(bob, 1, 1, wire.FullMailbox))
		b.advance(time.Minute)
	}},
	{"full, and the recipient is there", func(b *bench, bob *friend) {
		b.send(bob, secret)
		b.advance(time.Second)
		b.recv(server, storedFor(bob, 1, 1, wire.FullMailbox))
		b.recv(server, storedFor(bob, 1, 2, wire.FullMailbox))
	}},
	{"renumbered", func(b *bench, bob *friend) {
		b.changed(bob.row(wire.Offline))
		b.send(bob, secret)
		bob.epoch++
		b.changed(bob.row(wire.Offline))
	}},
}

// protocol.md §14.3: the server gets nothing of a mail's text to read, on none of the ways that lead there.
func TestServerReadsNoMail(t *testing.T) {
	for _, c := range toServer {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			c.goes(b, f[0])
			deposits := 0
			for _, s := range b.drop() {
				if s.msg.Kind() == wire.KindDeposit {
					deposits++
				}
				if s.to == wire.ServerKey && bytes.Contains(s.raw, []byte(secret)) {
					t.Errorf("%v tells the server %q", s.msg.Kind(), s.raw)
				}
			}
			if deposits == 0 {
				t.Error("nothing was deposited")
			}
		})
	}
}

// retries are why mail goes to the server once more.
var retries = []struct {
	name   string
	change func(b *bench, bob *friend)
	same   bool
	prekey uint32
}{
	{"another try", func(b *bench, _ *friend) { b.advance(500 * time.Millisecond) }, true, 100},
	{"a background try", func(b *bench, bob *friend) {
		b.recv(server, storedFor(bob, 1, 1, wire.FullPair))
		b.advance(time.Second + 300*time.Millisecond)
	}, true, 100},
	{"another epoch", func(b *bench, bob *friend) { bob.epoch++; b.changed(bob.row(wire.Offline)) }, false, 100},
	{"another epoch, and another prekey", func(b *bench, bob *friend) {
		bob.epoch++
		bob.rotate(200)
		b.changed(bob.row(wire.Offline))
	}, false, 200},
	{"another prekey, of what is kept", func(b *bench, bob *friend) {
		b.recv(server, storedFor(bob, 1, 1, wire.FullPair))
		b.now = b.now.Add(25 * time.Hour)
		bob.rotate(200)
		b.send(bob, "second")
		b.drop()
		b.advance(40 * time.Second)
	}, false, 200},
	{"another prekey, of what the server has", func(b *bench, bob *friend) {
		b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
		b.now = b.now.Add(25 * time.Hour)
		bob.rotate(200)
		b.send(bob, "second")
	}, false, 200},
}

// protocol.md §14.3: a retry is the same datagram; a new name, or another prekey, is sealed anew.
func TestSealedBodyOfARetry(t *testing.T) {
	for _, c := range retries {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.changed(bob.row(wire.Offline))
			b.send(bob, "first")
			first := b.drop()[0].sealed
			c.change(b, bob)
			again := 0
			for _, s := range b.drop() {
				m := s.msg.(*wire.Deposit)
				if m.Text.Seq != 1 {
					continue
				}
				again++
				if string(m.Text.Body) != "first" || bytes.Equal(s.sealed, first) != c.same || s.prekey != c.prekey || m.Text.ToEpoch != bob.epoch {
					t.Errorf("the same bytes: %v; to prekey %d: %+v", bytes.Equal(s.sealed, first), s.prekey, m)
				}
			}
			if again == 0 {
				t.Error("it is not deposited again")
			}
		})
	}
}

// What another prekey brings to the server again is told once.
func TestStoredMailIsSealedAnewSilently(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "first")
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.advance(25 * time.Hour)
	bob.rotate(200)
	b.send(bob, "second")
	again := storedFor(bob, 1, 1, wire.Accepted)
	again.Order = 0
	b.recv(server, again)
	b.recv(server, storedFor(bob, 2, 1, wire.Accepted))
	b.wantTold("each once", Stored{To: "bob"}, Stored{To: "bob"})
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 2)})
	b.wantTold("each once", Delivered{To: "bob"}, Delivered{To: "bob"})
}

// protocol.md §14.3: a void is sealed too, or the server could void what it likes; also one that is in no lane any more.
func TestVoidsAreSealed(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	for seq := range uint64(2) {
		b.send(bob, "hi")
		b.recv(server, storedFor(bob, seq+1, 1, wire.Accepted))
		b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, seq+1)})
	}
	b.drop()
	b.advance(time.Second)
	b.recv(server, &wire.Receipt{To: bob.key, Marks: has(bob, 0)}) // bob's older copy has none
	var voids []sent
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Deposit); ok && m.Text.Flags == wire.FlagVoid && len(m.Text.Body) == 0 && s.prekey == 100 {
			voids = append(voids, s)
		}
	}
	if len(voids) != 1 {
		t.Fatalf("%d sealed voids", len(voids))
	}
	if x := voids[0].msg.(*wire.Deposit).Text; x.From() != 1 || x.Seq != 2 {
		t.Errorf("it ends %d to %d", x.From(), x.Seq)
	}
}
