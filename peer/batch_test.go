package peer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// levels are how deep in their batches the parts are that were sent to someone.
func (b *bench) levels(to wire.Key) (all []int) {
	b.t.Helper()
	for _, s := range b.sent {
		m, ok := s.msg.(*wire.Deposit)
		if !ok || m.To != to {
			continue
		}
		n := len(s.sealed) - len(m.Text.Body) - seal.MailOverhead
		if to == wire.Channel {
			n = len(s.post.Path)
		}
		if n%seal.HashSize != 0 {
			b.t.Fatalf("seq %d: %d bytes of path", m.Text.Seq, n)
		}
		all = append(all, n/seal.HashSize)
	}
	return all
}

// several sends texts to one who is away, all of which wait for the card.
func several(t *testing.T, texts ...string) (*bench, *friend) {
	t.Helper()
	b, f := readyBench(t, "bob")
	b.changed(f[0].row(wire.Offline))
	b.mute = true
	for _, x := range texts {
		b.send(f[0], x)
	}
	b.drop()
	b.mute = false
	b.recv(server, b.found(f[0].key))
	return b, f[0]
}

func texts(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint("text ", i))
	}
	return all
}

// protocol.md §14.3: what goes together is in one batch, as far as there is room.
func TestBatches(t *testing.T) {
	small := func(n int) []int { return slices.Repeat([]int{4}, n) }
	for _, c := range []struct {
		name  string
		texts []string
		want  []int
	}{
		{"one alone", texts(1), []int{0}},
		{"two", texts(2), []int{1, 1}},
		{"five", texts(5), []int{3, 3, 3, 3, 1}},
		{"sixteen", texts(16), small(16)},
		{"one more", texts(17), append(small(16), 0)},
		{"a long one, in full parts", []string{strings.Repeat("x", 3*wire.PartSize)}, []int{1, 1, 0}},
		{"short, long, short", []string{"a", strings.Repeat("x", wire.PartSize), "b"}, []int{1, 1, 0}},
		{"room for three levels", slices.Repeat([]string{strings.Repeat("x", 816)}, 9), []int{3, 3, 3, 3, 3, 3, 3, 3, 0}},
		{"a byte less room", slices.Repeat([]string{strings.Repeat("x", 817)}, 5), []int{2, 2, 2, 2, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, bob := several(t, c.texts...)
			if got := b.levels(bob.key); !slices.Equal(got, c.want) {
				t.Errorf("levels %v, want %v", got, c.want)
			}
			before := b.drop()
			b.advance(2 * time.Second)
			again := 0
			for _, s := range b.drop() {
				if m, ok := s.msg.(*wire.Deposit); ok {
					again++
					if i := slices.IndexFunc(before, func(o sent) bool { return bytes.Equal(o.sealed, s.sealed) }); i < 0 {
						t.Errorf("seq %d has other bytes", m.Text.Seq)
					}
				}
			}
			if again == 0 {
				t.Error("nothing comes again")
			}
		})
	}
}

// protocol.md §14.4: posts too; and those that are signed once more are the same in the chain.
func TestBatchesOfPosts(t *testing.T) {
	b, _ := readyBench(t)
	for _, x := range texts(5) {
		b.post(x)
	}
	if got := b.levels(wire.Channel); !slices.Equal(got, []int{0, 0, 0, 0, 0}) {
		t.Errorf("typed one by one: levels %v", got)
	}
	before := b.chained(1)
	b.drop()
	b.restart()
	b.register()
	if got := b.levels(wire.Channel); !slices.Equal(got, []int{3, 3, 3, 3, 1}) {
		t.Errorf("after a restart: levels %v", got)
	}
	for i, p := range b.chained(1) {
		if seal.HashPost(p) != seal.HashPost(before[i]) {
			t.Errorf("post %d is another one now", p.Seq)
		}
	}
}

// protocol.md §14.3: an exchange serves many mails, for an hour.
func TestExchangesEnd(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	b.changed(bob.row(wire.Offline), cid.row(wire.Offline))
	enc := func(to *friend) string {
		b.drop()
		b.send(to, "x")
		var last sent
		for _, s := range b.drop() { // older ones may come again
			if m, ok := s.msg.(*wire.Deposit); ok && m.To == to.key && (last.msg == nil || m.Text.Seq > last.msg.(*wire.Deposit).Text.Seq) {
				last = s
			}
		}
		if last.msg == nil {
			t.Fatal("nothing was deposited")
		}
		return string(last.sealed[4:36])
	}
	first, other := enc(bob), enc(cid)
	if first == other {
		t.Error("two recipients have one exchange")
	}
	if enc(bob) != first || enc(cid) != other {
		t.Error("mail that follows has another exchange")
	}
	b.now = b.now.Add(exchangeLife)
	second := enc(bob)
	if second == first {
		t.Error("an exchange outlives its hour")
	}
	bob.rotate(200)
	b.changed(bob.row(wire.Offline))
	bob.epoch++
	b.changed(bob.row(wire.Offline))
	if enc(bob) == second {
		t.Error("an exchange outlives the prekey")
	}
}

// Keys keep no more than they should, and what was agreed upon by a prekey goes with its successor.
func TestKeysForget(t *testing.T) {
	ann, bob := NewKeys([32]byte{1}).(*keys), NewKeys([32]byte{2}).(*keys)
	now := time.Now()
	prekey := store.Prekey{ID: 7, Secret: ann.Secret()}
	card, err := ann.Card(prekey)
	if err != nil {
		t.Fatal(err)
	}
	to, err := bob.Check(ann.Public(), card)
	if err != nil {
		t.Fatal(err)
	}
	m := &seal.Mail{ID: seal.MailID{To: ann.Public(), From: bob.Public(), Seq: 1, Parts: 1, Size: 2, Flags: covered}, Body: []byte("hi")}
	for range seal.MaxExchange + 1 {
		if err := bob.Seal(now, to, []*seal.Mail{m}); err != nil {
			t.Fatal(err)
		}
	}
	if left := bob.exchanges[ann.Public()].Left(); left != seal.MaxExchange-1 {
		t.Errorf("%d left of the second exchange", left)
	}
	secrets := func(id uint32) (seal.Secret, bool) { return prekey.Secret, id == 7 }
	if body, err := ann.Open(m.ID, secrets, m.Sealed); err != nil || string(body) != "hi" || len(ann.boxes) != 1 {
		t.Fatalf("%q, %v, %d boxes", body, err, len(ann.boxes))
	}
	if _, err := ann.Card(store.Prekey{ID: 8, Secret: ann.Secret()}); err != nil || len(ann.boxes) != 0 {
		t.Errorf("%v; %d boxes of the prekeys before", err, len(ann.boxes))
	}
	for i := range maxExchanges + 3 {
		other := NewKeys([32]byte{3, byte(i), byte(i >> 8)})
		card, err := other.Card(prekey)
		if err != nil {
			t.Fatal(err)
		}
		to, err := bob.Check(other.Public(), card)
		if err != nil {
			t.Fatal(err)
		}
		if err := bob.Seal(now, to, []*seal.Mail{{ID: seal.MailID{To: other.Public(), From: bob.Public()}}}); err != nil {
			t.Fatal(err)
		}
		if len(bob.exchanges) > maxExchanges {
			t.Fatalf("%d exchanges", len(bob.exchanges))
		}
	}
	if err := bob.Seal(now.Add(exchangeLife), to, []*seal.Mail{m}); err != nil || len(bob.exchanges) != 1 {
		t.Errorf("%v; %d exchanges, and all others are over", err, len(bob.exchanges))
	}
}
