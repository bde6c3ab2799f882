package peer

import (
	"bytes"
	"slices"
	"testing"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// secretOf is the private part of the friend's prekey with that id.
func (f *friend) secretOf(id uint32) seal.Secret {
	return seal.Secret{0: f.key[0], 1: f.key[1], 2: byte(id), 3: byte(id >> 8), 31: 7}
}

// rotate gives the friend another prekey.
func (f *friend) rotate(id uint32) { f.prekey = store.Prekey{ID: id, Secret: f.secretOf(id)} }

// card is the friend's card of today.
func (f *friend) card() []byte {
	card, err := f.keys.Card(f.prekey)
	if err != nil {
		f.bench.t.Fatal(err)
	}
	return card
}

// of finds the friend with a key; nil when there is none.
func (b *bench) of(k wire.Key) *friend {
	i := slices.IndexFunc(b.friends, func(f *friend) bool { return f.key == k })
	if i < 0 {
		return nil
	}
	return b.friends[i]
}

// found is what an honest server says of a key.
func (b *bench) found(k wire.Key) *wire.Found {
	m := &wire.Found{Key: k}
	if f := b.of(k); f != nil {
		m.Card = f.card()
	}
	return m
}

// myPrekey is what others seal to: the prekey that ann told.
func (b *bench) myPrekey() seal.Prekey {
	b.t.Helper()
	p, err := seal.ParsePrekey(b.core.prekeys.card[96:])
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// named is what a mail is sealed as. It is not the code's own mailID: a field that both sides forget is found here.
func named(to, from wire.Key, x wire.Text) seal.MailID {
	return seal.MailID{To: to, From: from, Epoch: x.Epoch, ToEpoch: x.ToEpoch, Seq: x.Seq, Part: x.Part, Parts: x.Parts,
		Size: x.Size, Time: x.Time, Flags: x.Flags | wire.FlagCovered | wire.FlagBatch}
}

// sealed is a text for ann as the friend deposits it.
func (f *friend) sealed(x wire.Text) wire.Text { return f.sealedTo(f.bench.myPrekey(), x) }

func (f *friend) sealedTo(p seal.Prekey, x wire.Text) wire.Text {
	return f.sealedTogether(p, x)[0]
}

// sealedTogether is some texts in one batch.
func (f *friend) sealedTogether(p seal.Prekey, all ...wire.Text) []wire.Text {
	batch := make([]*seal.Mail, len(all))
	for i, x := range all {
		x.Flags |= covered
		batch[i] = &seal.Mail{ID: named(me, f.key, x), Body: x.Body}
	}
	if err := f.keys.Seal(f.bench.now, Card{Prekey: p}, batch); err != nil {
		f.bench.t.Fatal(err)
	}
	for i := range all {
		all[i].Flags, all[i].Body = all[i].Flags|covered, batch[i].Sealed
	}
	return all
}

// postOf is a post of an author, not yet signed.
func postOf(author wire.Key, x wire.Text) *seal.Post {
	return &seal.Post{Channel: serverKey, Author: author, Epoch: x.Epoch, ToEpoch: x.ToEpoch, Seq: x.Seq, Part: x.Part, Parts: x.Parts,
		Size: x.Size, Time: x.Time, Flags: x.Flags&^wire.FlagBatch | wire.FlagCovered, Body: x.Body}
}

// signed is a post of the friend's as it deposits it: it follows the one with the seq before it.
func (f *friend) signed(x wire.Text) wire.Text {
	return f.signedAfter(f.posts[seal.Place{Epoch: x.Epoch, Seq: x.Seq - 1}], x)
}

// signedAfter follows that post under another hash.
func (f *friend) signedAfter(prev [32]byte, x wire.Text) wire.Text {
	if x.Seq == 1 {
		return f.signedBehind(seal.Place{}, prev, x)
	}
	return f.signedBehind(seal.Place{Epoch: x.Epoch, Seq: x.Seq - 1}, prev, x)
}

// signedBehind follows whatever the friend says.
func (f *friend) signedBehind(after seal.Place, prev [32]byte, x wire.Text) wire.Text {
	p := postOf(f.key, x)
	p.After, p.Prev = after, prev
	if err := f.keys.Sign([]*seal.Post{p}); err != nil {
		f.bench.t.Fatal(err)
	}
	f.posts[seal.Place{Epoch: x.Epoch, Seq: x.Seq}] = seal.HashPost(p)
	x.Body, x.Flags = seal.AppendPost(nil, p), p.Flags|wire.FlagBatch
	return x
}

// read is a message as the test sees it: a deposit is opened as its recipient opens it, or verified as a member does it.
func (b *bench) read(s Send) sent {
	b.t.Helper()
	raw := encode(b.t, s.Msg)
	r := sent{at: b.now.Sub(b.start), to: s.To, via: s.Path.Remote, msg: decode(b.t, bytes.Clone(raw)), raw: raw, idle: s.Idle}
	m, ok := r.msg.(*wire.Deposit)
	if !ok {
		return r
	}
	if m.Text.Flags&covered != covered {
		b.t.Fatalf("a deposit in the clear: %+v", m)
	}
	if m.To == wire.Channel {
		r.post = b.verify(m)
		return r
	}
	to := b.of(m.To)
	id := named(to.key, me, m.Text)
	secret := func(p uint32) (seal.Secret, bool) { return to.secretOf(p), true }
	if m.To == me {
		secret = b.core.prekeys.secret
	}
	body, err := to.keys.Open(id, secret, m.Text.Body)
	if err != nil {
		b.t.Fatalf("a deposit that %s can't open: %v: %+v", to.name, err, m)
	}
	r.sealed, r.prekey = bytes.Clone(m.Text.Body), seal.MailPrekey(m.Text.Body)
	m.Text.Body, m.Text.Flags = body, m.Text.Flags&^covered
	if len(body) >= 8 && bytes.Contains(raw, body) { // a shorter one may stand there by chance
		b.t.Errorf("the server can read %q", body)
	}
	return r
}

// verify is what every member does with a post of ann's.
func (b *bench) verify(m *wire.Deposit) *seal.Post {
	b.t.Helper()
	p := postOf(me, m.Text)
	if err := seal.ParsePost(bytes.Clone(m.Text.Body), p); err != nil {
		b.t.Fatal(err)
	}
	if err := (*seal.Roots)(nil).VerifyPost(p); err != nil {
		b.t.Fatalf("a post that ann did not sign: %v: %+v", err, m)
	}
	m.Text.Body, m.Text.Flags = p.Body, p.Flags&^wire.FlagCovered
	return p
}

// trusting takes every signature for right.
type trusting struct{ Keys }

func (trusting) Verify(*seal.Post) error { return nil }

// protocol.md §14.5: a signature of one form of before is one of another with sixteen bytes more or less in the text: only the size of the
// part tells.
func TestPartsOfPostsOfBefore(t *testing.T) {
	b, _ := readyBench(t)
	b.core.keys = trusting{b.core.keys}
	for _, c := range []struct {
		name        string
		part, parts uint16
		size, body  int
		want        bool
	}{
		{"one", 0, 1, 20, 20, true},
		{"one, longer", 0, 1, 20, 36, false},
		{"one, shorter", 0, 1, 20, 4, false},
		{"one of three", 1, 3, 2000, 880, true},
		{"one of three, longer", 1, 3, 2000, 896, false},
		{"one of three, shorter", 1, 3, 2000, 864, false},
		{"the last of three", 2, 3, 2000, 240, true},
		{"the last of three, longer", 2, 3, 2000, 256, false},
		{"one that its size has no room for", 3, 4, 2000, 0, false},
	} {
		x := wire.Text{Seq: 9, Part: c.part, Parts: c.parts, Size: uint32(c.size), Flags: wire.FlagCovered, Body: make([]byte, seal.PostOverhead-1+c.body)}
		if got := b.core.signed(b.core.postID(me, x), x); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
