package peer

import (
	"testing"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// refused is ann's answer to mail that is not what its sender sealed.
func refused(from *friend, x wire.Text, order uint64) *wire.Taken {
	return &wire.Taken{From: from.key, Marks: wire.Marks{Epoch: x.Epoch, ToEpoch: myEpoch}, Order: order, Try: 1, Refusal: wire.Forged}
}

// altered is what a server can do to a mail on its way.
var altered = []struct {
	name  string
	alter func(x *wire.Text, from **friend, cid *friend)
}{
	{"seq", func(x *wire.Text, _ **friend, _ *friend) { x.Seq++ }},
	{"epoch", func(x *wire.Text, _ **friend, _ *friend) { x.Epoch++ }},
	{"time", func(x *wire.Text, _ **friend, _ *friend) { x.Time++ }},
	{"size", func(x *wire.Text, _ **friend, _ *friend) { x.Size++ }},
	{"made a part", func(x *wire.Text, _ **friend, _ *friend) { x.Parts, x.Size = 2, wire.PartSize+1 }},
	{"made a void", func(x *wire.Text, _ **friend, _ *friend) {
		x.Flags, x.Size, x.Body = wire.FlagVoid|covered, 0, x.Body[:seal.MailOverhead]
	}},
	{"a void in the clear", func(x *wire.Text, _ **friend, _ *friend) { x.Flags, x.Size, x.Body = wire.FlagVoid, 0, nil }},
	{"a text in the clear", func(x *wire.Text, _ **friend, _ *friend) { x.Flags, x.Size, x.Body = 0, 4, []byte("true") }},
	{"a flag more", func(x *wire.Text, _ **friend, _ *friend) { x.Flags |= 8 }},
	{"in another's name", func(_ *wire.Text, from **friend, cid *friend) { *from = cid }},
	{"as if it were in the form of before", func(x *wire.Text, _ **friend, _ *friend) { x.Flags &^= wire.FlagBatch }},
	{"one byte", func(x *wire.Text, _ **friend, _ *friend) { x.Body[50] ^= 1 }},
	{"cut", func(x *wire.Text, _ **friend, _ *friend) { x.Body = x.Body[:20] }},
	{"empty", func(x *wire.Text, _ **friend, _ *friend) { x.Body = nil }},
}

// protocol.md §14.3: mail that was altered is refused, told once, and marks nothing: the true one is shown when it comes.
func TestMailThatWasAltered(t *testing.T) {
	for _, c := range altered {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob", "cid")
			bob, from := f[0], f[0]
			x := bob.sealed(in(bob, 1, "true"))
			m := &wire.Push{Order: 3, Try: 1, Text: x}
			m.Text.Body = append([]byte{}, x.Body...)
			c.alter(&m.Text, &from, f[1])
			m.From = from.key
			b.recv(server, m)
			b.want("refused", server, refused(from, m.Text, 3))
			b.wantTold("told", Distrust{From: from.name, Why: Forged})
			b.recv(server, m)
			b.want("refused again", server, refused(from, m.Text, 3))
			b.wantTold("told once")
			if loaded, _ := b.profile.Load(); len(loaded.Inbox)+len(loaded.Parts)+len(loaded.Unshown) > 0 {
				t.Errorf("on disk: %+v", loaded.Inbox)
			}
			b.recv(server, &wire.Push{Prev: 3, Order: 4, Try: 1, From: bob.key, Text: x})
			b.want("the true one", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1), Order: 4, Try: 1})
			b.wantTold("is shown", Arrived{Line: 1, From: "bob", Text: "true", Time: 1001, Mail: true})
			b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "true")})
			b.wantTold("once")
		})
	}
}

// protocol.md §14.2: mail to a prekey that is not there any more, or never was, is nobody's lie: its sender is asked to seal it anew, each
// time that it comes, and it marks nothing.
func TestMailToAForgottenPrekey(t *testing.T) {
	for _, c := range []struct {
		name string
		x    func(b *bench, bob *friend) wire.Text
	}{
		{"forgotten", func(b *bench, bob *friend) wire.Text {
			card, err := b.core.keys.Card(store.Prekey{ID: 9, Secret: [32]byte{9}})
			if err != nil {
				b.t.Fatal(err)
			}
			old, err := seal.ParsePrekey(card[96:])
			if err != nil {
				b.t.Fatal(err)
			}
			return bob.sealedTo(old, in(bob, 1, "hi"))
		}},
		{"altered", func(b *bench, bob *friend) wire.Text {
			x := bob.sealed(in(bob, 1, "hi"))
			x.Body[3] ^= 1
			return x
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			x := c.x(b, bob)
			answer := refused(bob, x, 3)
			answer.Refusal = wire.Anew
			for range 2 {
				b.recv(server, &wire.Push{Order: 3, Try: 1, From: bob.key, Text: x})
				b.want("refused", server, answer)
			}
			b.wantTold("nothing to say")
			if loaded, _ := b.profile.Load(); len(loaded.Inbox) > 0 {
				t.Errorf("on disk: %+v", loaded.Inbox)
			}
			b.recv(server, &wire.Push{Prev: 3, Order: 4, Try: 1, From: bob.key, Text: bob.sealed(in(bob, 1, "hi"))})
			b.want("sealed anew", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1), Order: 4, Try: 1})
			b.wantTold("is shown", Arrived{Line: 1, From: "bob", Text: "hi", Time: 1001, Mail: true})
		})
	}
}

// protocol.md §14.3: also a sender's own word must agree with itself.
func TestMailThatIsNotAsLongAsItSays(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	x := in(bob, 1, "true")
	x.Size = 30
	x = bob.sealed(x)
	b.recv(server, &wire.Push{Order: 3, Try: 1, From: bob.key, Text: x})
	b.want("refused", server, refused(bob, x, 3))
	b.wantTold("told", Distrust{From: "bob", Why: Forged})
}

// protocol.md §5.4: mail that names another epoch of the recipient's is answered with the present one, whoever named it, and marks
// nothing either.
func TestMailWithAnotherRecipientsEpoch(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	x := bob.sealed(in(bob, 1, "true"))
	m := &wire.Push{Order: 3, Try: 1, From: bob.key, Text: x}
	m.Text.ToEpoch++
	b.recv(server, m)
	b.want("the present epoch", server, &wire.Taken{From: bob.key, Marks: mine(bob, 0), Order: 3, Try: 1})
	b.recv(server, &wire.Push{Prev: 3, Order: 4, Try: 1, From: bob.key, Text: x})
	b.wantTold("the true one", Arrived{Line: 1, From: "bob", Text: "true", Time: 1001, Mail: true})
}

// protocol.md §14.3: a text that came directly is not in doubt, whatever the server makes of its copy.
func TestAlteredCopyOfWhatCameDirectly(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "true")})
	b.drop()
	b.told = nil
	x := bob.sealed(in(bob, 1, "true"))
	x.Time++
	b.recv(server, &wire.Push{Order: 3, Try: 1, From: bob.key, Text: x})
	b.want("it is there", server, &wire.Taken{From: bob.key, Marks: mine(bob, 1), Order: 3, Try: 1})
	b.wantTold("nothing to say")
}

// protocol.md §13: nothing direct is covered: the session does that.
func TestCoveredTextDoesNotComeDirectly(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.recv(f[0], &wire.Direct{Try: 1, Text: f[0].sealed(in(f[0], 1, "hi"))})
	b.wantIdle("not taken")
	b.wantTold("not shown")
}
