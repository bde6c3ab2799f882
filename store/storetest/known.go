package storetest

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"udpchat/store"
)

// Rememberer is a profile that can be made to have known servers' stores before mail was sealed, as the migration of a profile
// of the first version makes it. The store that the suite is run on must be one.
type Rememberer interface{ Remember(c store.Clear) }

func remember(t *testing.T, p store.Profile, known ...store.Clear) {
	t.Helper()
	r, ok := p.(Rememberer)
	if !ok {
		t.Fatalf("%T cannot be made to have known a store", p)
	}
	for _, c := range known {
		r.Remember(c)
	}
}

func contactsReplaced(t *testing.T, p store.Profile) {
	old := store.Contact{Key: bob, Name: "bob"}
	b := store.Contact{Key: bob, Name: "", Card: "\x00card\xff\xc4", Verified: true}
	a := store.Contact{Key: ann, Name: "ann ☺"}
	c := store.Contact{Key: cat}
	Change(t, p, store.Meet{Contacts: []store.Contact{c, old, a}}, store.Meet{}, store.Meet{Contacts: []store.Contact{b}})
	p = reopen(p)
	if l := load(t, p); !reflect.DeepEqual(l.Contacts, []store.Contact{a, b, c}) {
		t.Errorf("contacts %+v", l.Contacts)
	}
	// More than a page of them, and a card as long as a datagram.
	var many []store.Contact
	for i := range 150 {
		many = append(many, store.Contact{Key: store.Key{0: 0xfe, 1: byte(i)}, Card: string(make([]byte, 10*i))})
	}
	Change(t, p, store.Meet{Contacts: many})
	if l := load(t, reopen(p)); !reflect.DeepEqual(l.Contacts, append([]store.Contact{a, b, c}, many...)) {
		t.Errorf("%d contacts", len(l.Contacts))
	}
}

func prekeysRotated(t *testing.T, p store.Profile) {
	one := store.Prekey{ID: 1, Secret: [32]byte{1, 31: 1}, Made: 10}
	two := store.Prekey{ID: 300, Secret: [32]byte{2}, Made: 20}
	three := store.Prekey{ID: math.MaxUint32, Secret: [32]byte{3}, Made: -30}
	Change(t, p, store.Rotate{Put: []store.Prekey{one}})
	one.Replaced = 20
	Change(t, p, store.Rotate{Put: []store.Prekey{three, two, one}})
	p = reopen(p)
	if l := load(t, p); !reflect.DeepEqual(l.Prekeys, []store.Prekey{one, two, three}) {
		t.Errorf("prekeys %+v", l.Prekeys)
	}
	two.Replaced = 30
	Change(t, p, store.Rotate{Put: []store.Prekey{two}, Drop: []uint32{1, 7}}, store.Rotate{})
	p = reopen(p)
	if l := load(t, p); !reflect.DeepEqual(l.Prekeys, []store.Prekey{two, three}) {
		t.Errorf("prekeys %+v", l.Prekeys)
	}
	Change(t, p, store.Rotate{Put: []store.Prekey{one}, Drop: []uint32{1, 300, math.MaxUint32}}) // what is dropped is dropped
	if l := load(t, reopen(p)); len(l.Prekeys) != 0 {
		t.Errorf("prekeys %+v", l.Prekeys)
	}
}

func chainsReceived(t *testing.T, p store.Profile) {
	end := func(author store.Key, epoch, toEpoch, seq uint64) *store.Chain {
		return &store.Chain{Author: author, Epoch: epoch, ToEpoch: toEpoch, Seq: seq, Hash: [32]byte{byte(seq), 31: 1}}
	}
	whole := line(1, false)
	Change(t, p,
		&store.Receive{Chain: end(cat, 1, 1, 4)},
		&store.Receive{Line: &whole, Stream: &store.Stream{Store: 1, Marks: store.Marks{Through: 9}}, Chain: end(bob, 1, 1, 4)},
		&store.Receive{Chain: end(bob, 2, 1, 1)},
		&store.Receive{Chain: end(bob, 1, 1<<63, 1<<63)},
		&store.Receive{Stream: &store.Stream{Store: 1, Marks: store.Marks{Through: 10}}, Chain: end(bob, 1, 1, 5)},
		&store.Receive{Stream: &store.Stream{Store: 1, Marks: store.Marks{Through: 11}}},
	)
	want := []store.Chain{*end(bob, 1, 1, 5), *end(bob, 1, 1<<63, 1<<63), *end(bob, 2, 1, 1), *end(cat, 1, 1, 4)}
	if l := load(t, reopen(p)); !reflect.DeepEqual(l.Chains, want) || len(l.Unshown) != 1 || l.Streams[0].Marks.Through != 11 {
		t.Errorf("loaded %+v, want chains %+v", l, want)
	}
}

func chainsSettled(t *testing.T, p store.Profile) {
	Change(t, p, accept(3, 1))
	own := store.Chain{Author: ann, Epoch: 1, ToEpoch: 1, Seq: 2, Hash: [32]byte{31: 9}}
	Change(t, p,
		store.Settle{To: bob, Epoch: 1, ToEpoch: 1, Seqs: []uint64{1, 2}, Chain: &own},
		store.Settle{To: bob, Epoch: 1, ToEpoch: 1},
	)
	p = reopen(p)
	if l := load(t, p); !reflect.DeepEqual(l.Chains, []store.Chain{own}) || !slices.Equal(outboxSeqs(l), []uint64{3}) {
		t.Errorf("loaded %+v", l)
	}
	own.Seq = 3
	Change(t, p, store.Settle{Chain: &own})
	if l := load(t, reopen(p)); !reflect.DeepEqual(l.Chains, []store.Chain{own}) || !slices.Equal(outboxSeqs(l), []uint64{3}) {
		t.Errorf("loaded %+v", l)
	}
}

func serversPinned(t *testing.T, p store.Profile) {
	pin := func(address string, n byte) store.ServerPin {
		return store.ServerPin{Address: address, Key: store.Key{n}, Static: [32]byte{31: n}}
	}
	for i, address := range []string{"chat.example.org:9999", "[2001:db8::1]:9999", "chat.example.org:99", "chat.example.org:9999", "☺:1"} {
		Change(t, p, store.PinServer{Pin: pin(address, byte(i))})
	}
	want := []store.ServerPin{pin("[2001:db8::1]:9999", 1), pin("chat.example.org:99", 2), pin("chat.example.org:9999", 3), pin("☺:1", 4)}
	if l := load(t, reopen(p)); !reflect.DeepEqual(l.Servers, want) {
		t.Errorf("servers %+v", l.Servers)
	}
}

func knownStoresBound(t *testing.T, p store.Profile) {
	bound := func(id, through uint64) store.Bound {
		return store.Bound{Clear: store.Clear{Store: id, Through: through}}
	}
	Change(t, p, bound(5, 1), bound(0, 1))
	if l := load(t, p); len(l.Clear) != 0 {
		t.Errorf("a store that was not known: %+v", l.Clear)
	}
	remember(t, p, store.Clear{Store: 1 << 63, Through: math.MaxUint64}, store.Clear{Store: 5, Through: math.MaxUint64})
	Change(t, p, bound(1<<63, 40), bound(6, 1))
	p = reopen(p)
	if got := fmt.Sprint(load(t, p).Clear); got != fmt.Sprint([]store.Clear{{Store: 5, Through: math.MaxUint64}, {Store: 1 << 63, Through: 40}}) {
		t.Errorf("known stores %v", got)
	}
	remember(t, p, store.Clear{Store: 0, Through: math.MaxUint64}) // the one that is met next
	Change(t, p, bound(1<<63, 41), bound(7, 9), bound(8, 1))
	if got := fmt.Sprint(load(t, p).Clear); got != fmt.Sprint([]store.Clear{{Store: 5, Through: math.MaxUint64}, {Store: 7, Through: 9}, {Store: 1 << 63, Through: 41}}) {
		t.Errorf("known stores %v", got)
	}
	Change(t, p, bound(5, 0), bound(7, 8), bound(1<<63, 30))
	if got := fmt.Sprint(load(t, reopen(p)).Clear); got != fmt.Sprint([]store.Clear{{Store: 5, Through: 0}, {Store: 7, Through: 8}, {Store: 1 << 63, Through: 30}}) {
		t.Errorf("known stores %v", got)
	}
}
