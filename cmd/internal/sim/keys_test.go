package sim

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// TestKeysFailAlike asks the same of the keys of this package and of the program's.
func TestKeysFailAlike(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2)).Uint64
	for name, of := range map[string]func(seed [32]byte) peer.Keys{
		"hashes": func(seed [32]byte) peer.Keys { return &keys{key: peer.PublicKey(seed), draw: draw} },
		"real":   peer.NewKeys,
	} {
		t.Run(name, func(t *testing.T) {
			k := &keyring{ann: of([32]byte{1}), bob: of([32]byte{2}), prekey: store.Prekey{ID: 7, Secret: seal.Secret{5}}}
			t.Run("cards", k.cards)
			t.Run("mail", k.mail)
			t.Run("posts", k.posts)
		})
	}
}

// keyring is what two have.
type keyring struct {
	ann, bob peer.Keys
	prekey   store.Prekey // bob's
}

// The positions in batches are the real ones.
func TestPositions(t *testing.T) {
	for n := 1; n <= seal.MaxBatch; n++ {
		batch := make([]*seal.Post, n)
		ann := peer.NewKeys([32]byte{1})
		for i := range batch {
			batch[i] = &seal.Post{Author: ann.Public()}
		}
		if err := ann.Sign(batch); err != nil {
			t.Fatal(err)
		}
		for i, p := range batch {
			if got := position(i, n); got != p.Position {
				t.Errorf("%d of %d: %d, and it is %d", i, n, got, p.Position)
			}
		}
	}
}

// changed are copies of b with another byte each.
func changed(b []byte, each func(at int, b []byte)) {
	for at := range b {
		c := bytes.Clone(b)
		c[at] ^= 4
		each(at, c)
	}
}

func (k *keyring) card(t *testing.T) (peer.Card, []byte) {
	t.Helper()
	b, err := k.bob.Card(k.prekey)
	if err != nil || len(b) != wire.CardSize {
		t.Fatalf("card of %d bytes, %v", len(b), err)
	}
	card, err := k.ann.Check(k.bob.Public(), b)
	if err != nil || card.Prekey.ID != k.prekey.ID || wire.CardPrekey(b) != k.prekey.ID {
		t.Fatalf("checked: %+v, %v", card, err)
	}
	return card, b
}

func (k *keyring) cards(t *testing.T) {
	_, b := k.card(t)
	changed(b, func(at int, b []byte) {
		if _, err := k.ann.Check(k.bob.Public(), b); err == nil {
			t.Errorf("byte %d changed, and it is bob's still", at)
		}
	})
	for _, size := range []int{0, 1, len(b) - 1} {
		if _, err := k.ann.Check(k.bob.Public(), b[:size]); err == nil {
			t.Errorf("the first %d bytes are a card", size)
		}
	}
	if _, err := k.bob.Check(k.ann.Public(), b); err == nil {
		t.Error("bob's card is ann's too")
	}
}

// mail asks it of mail alone, and of mail in the middle of a batch.
func (k *keyring) mail(t *testing.T) {
	for _, n := range []int{1, 5} {
		t.Run(fmt.Sprintf("of %d", n), func(t *testing.T) { k.mailOf(t, n) })
	}
}

func (k *keyring) mailOf(t *testing.T, n int) {
	card, _ := k.card(t)
	id := seal.MailID{To: k.bob.Public(), From: k.ann.Public(), Epoch: 1, ToEpoch: 2, Seq: 3, Part: 4, Parts: 5, Size: 6, Time: 7, Flags: 8 | wire.FlagBatch}
	body := []byte("#000001 aaaaaaaaaaaaaaaa")
	now, batch := time.Now(), make([]*seal.Mail, n)
	for i := range batch {
		batch[i] = &seal.Mail{ID: id, Body: bytes.Clone(body)}
		batch[i].ID.Seq += uint64(i)
	}
	id, m := batch[n/2].ID, batch[n/2]
	err := k.ann.Seal(now, card, batch)
	sealed := m.Sealed
	if err != nil || len(sealed) != len(body)+seal.MailOverhead+levels(position(n/2, n))*seal.HashSize || readable(sealed) || bytes.Contains(sealed, body[:8]) {
		t.Fatalf("sealed %q, %v", sealed, err)
	}
	secrets := func(prekey uint32) (seal.Secret, bool) { return k.prekey.Secret, prekey == k.prekey.ID }
	check := func(what string, id seal.MailID, sealed []byte, want error) {
		t.Helper()
		if got, err := k.bob.Open(id, secrets, sealed); !errors.Is(err, want) || want == nil && !bytes.Equal(got, body) || want != nil && got != nil {
			t.Errorf("%s: %q, %v; want %v", what, got, err, want)
		}
	}
	check("as it is", id, sealed, nil)
	changed(sealed, func(at int, b []byte) {
		want := seal.ErrSealed
		if at < 4 {
			want = seal.ErrNoPrekey
		}
		check("a byte changed", id, b, want)
	})
	check("too short", id, sealed[:seal.MailOverhead-1], seal.ErrSealed)
	check("cut", id, sealed[:len(sealed)-1], seal.ErrSealed)
	check("cut by a level", id, sealed[:len(sealed)-seal.HashSize], seal.ErrSealed)
	check("longer", id, append(bytes.Clone(sealed), 0), seal.ErrSealed)
	check("longer by a level", id, append(bytes.Clone(sealed), make([]byte, seal.HashSize)...), seal.ErrSealed)
	for i, other := range []func(id *seal.MailID){
		func(id *seal.MailID) { id.To = k.ann.Public() }, func(id *seal.MailID) { id.From = k.bob.Public() },
		func(id *seal.MailID) { id.Epoch++ }, func(id *seal.MailID) { id.ToEpoch++ }, func(id *seal.MailID) { id.Seq++ },
		func(id *seal.MailID) { id.Part++ }, func(id *seal.MailID) { id.Parts++ }, func(id *seal.MailID) { id.Size++ },
		func(id *seal.MailID) { id.Time++ }, func(id *seal.MailID) { id.Flags++ },
	} {
		id := id
		other(&id)
		check(fmt.Sprint("another name, by field ", i), id, sealed, seal.ErrSealed)
	}
	secret := k.prekey.Secret
	k.prekey.Secret = seal.Secret{6}
	check("another secret", id, sealed, seal.ErrSealed)
	k.prekey.Secret = secret
	if err := k.bob.Seal(now, card, []*seal.Mail{{ID: id}}); err == nil {
		t.Error("bob seals as ann")
	}
	toAnn := id
	toAnn.To = k.ann.Public()
	if err := k.ann.Seal(now, card, []*seal.Mail{{ID: id}, {ID: toAnn}}); err == nil {
		t.Error("a batch is sealed to two")
	}
	if err := k.ann.Seal(now, card, slices.Repeat([]*seal.Mail{{ID: id}}, seal.MaxBatch+1)); err == nil {
		t.Error("a batch is sealed that is too large")
	}
	card.Prekey.ID++
	if err := k.ann.Seal(now, card, []*seal.Mail{{ID: id}}); !errors.Is(err, seal.ErrPrekey) {
		t.Errorf("to a prekey that is not bob's: %v", err)
	}
}

// posts asks it of a post alone, and of one in the middle of a batch.
func (k *keyring) posts(t *testing.T) {
	for _, n := range []int{1, 5} {
		t.Run(fmt.Sprintf("of %d", n), func(t *testing.T) { k.postsOf(t, n) })
	}
}

func (k *keyring) postsOf(t *testing.T, n int) {
	batch := make([]*seal.Post, n)
	for i := range batch {
		batch[i] = &seal.Post{Channel: [32]byte{9}, Author: k.ann.Public(), Epoch: 1, ToEpoch: 2, Seq: uint64(3 + i), Part: 4, Parts: 5, Size: 6, Time: 7, Flags: 8,
			Prev: [32]byte{10}, Body: []byte("hi")}
	}
	if err := k.ann.Sign(batch); err != nil {
		t.Fatal(err)
	}
	for _, p := range batch {
		if err := k.bob.Verify(p); err != nil {
			t.Error(err)
		}
	}
	p := *batch[n/2]
	for i, other := range []func(p *seal.Post){
		func(p *seal.Post) { p.Channel[0]++ }, func(p *seal.Post) { p.Author = k.bob.Public() }, func(p *seal.Post) { p.Epoch++ },
		func(p *seal.Post) { p.ToEpoch++ }, func(p *seal.Post) { p.Seq++ }, func(p *seal.Post) { p.Part++ }, func(p *seal.Post) { p.Parts++ },
		func(p *seal.Post) { p.Size++ }, func(p *seal.Post) { p.Time++ }, func(p *seal.Post) { p.Flags++ }, func(p *seal.Post) { p.Prev[0]++ },
		func(p *seal.Post) { p.Body = []byte("ho") }, func(p *seal.Post) { p.Sig[0]++ }, func(p *seal.Post) { p.Sig[63]++ },
		func(p *seal.Post) { p.Position ^= 1 }, func(p *seal.Post) { p.Position = 0 }, func(p *seal.Post) { p.Position += 32 },
		func(p *seal.Post) { p.Path = append(bytes.Clone(p.Path), 0) },
		func(p *seal.Post) { p.Path = append(bytes.Clone(p.Path), make([]byte, seal.HashSize)...) },
		func(p *seal.Post) {
			if p.Path = bytes.Clone(p.Path); len(p.Path) == 0 {
				p.Sig[0]++
			} else {
				p.Path[3] ^= 1
			}
		},
	} {
		p := p
		if other(&p); !errors.Is(k.bob.Verify(&p), seal.ErrPost) {
			t.Errorf("field %d changed, and it is ann's still", i)
		}
	}
	if err := k.bob.Sign(batch); err == nil {
		t.Error("bob signs as ann")
	}
	if err := k.ann.Sign(slices.Repeat([]*seal.Post{&p}, seal.MaxBatch+1)); err == nil {
		t.Error("a batch is signed that is too large")
	}
}
