package main

import (
	"reflect"
	"sync/atomic"
	"testing"

	"udpchat/store"
)

// openForgetful opens x's profile without history.
func openForgetful(t *testing.T, state string) *opened {
	t.Helper()
	c := &chat{settings: clientSettings{state: state, history: "off"}}
	o, err := c.openProfile("x")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Without history a profile keeps who one is, and who others and servers are; nothing else.
func TestForgetful(t *testing.T) {
	state := t.TempDir()
	o := openForgetful(t, state)
	seed := o.loaded.Seed
	pin := store.ServerPin{Address: "chat.example:9999", Key: store.Key{1}, Static: [32]byte{2}}
	if err := o.pin(pin); err != nil {
		t.Fatal(err)
	}
	contact := store.Contact{Key: store.Key{3}, Name: "y", Verified: true}
	var answered atomic.Int32
	for i, c := range []store.ProfileChange{
		&store.Accept{Items: []store.Outgoing{{To: store.Key{3}, Text: store.Text{Epoch: 1, Seq: 1, Parts: 1}}}, Line: store.Line{Order: 1, Out: true}},
		store.Meet{Contacts: []store.Contact{contact}},
		store.Rotate{Put: []store.Prekey{{ID: 1}}},
	} {
		o.profile.Submit(c, func(err error) {
			if n := answered.Add(1); err != nil || int(n) != i+1 {
				t.Errorf("change %d: answer %d, %v", i, n, err)
			}
		})
	}
	if err := o.profile.Close(); err != nil || answered.Load() != 3 {
		t.Fatalf("%d answers, %v", answered.Load(), err)
	}

	o = openForgetful(t, state)
	defer func() {
		if err := o.profile.Close(); err != nil {
			t.Error(err)
		}
	}()
	l := o.loaded
	if l.Seed != seed || !reflect.DeepEqual(l.Servers, []store.ServerPin{pin}) || !reflect.DeepEqual(l.Contacts, []store.Contact{contact}) {
		t.Errorf("got %+v", l)
	}
	if len(l.Outbox)+len(l.Prekeys) > 0 || l.Lines != 0 {
		t.Errorf("it remembers %+v", l)
	}
}

// A change that the file can't take is not answered as if it could.
func TestForgetfulFails(t *testing.T) {
	o := openForgetful(t, t.TempDir())
	if err := o.profile.(forgetful).file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := o.pin(store.ServerPin{Address: "chat.example:9999"}); err == nil {
		t.Error("pinned")
	}
}

func TestUndelivered(t *testing.T) {
	var o opened
	text := func(to byte, seq uint64, part uint16, flags uint8) {
		o.loaded.Outbox = append(o.loaded.Outbox, store.Outgoing{To: store.Key{to}, Text: store.Text{Epoch: 1, Seq: seq, Part: part, Parts: part + 1, Flags: flags}})
	}
	text(1, 1, 0, 0)
	text(1, 2, 0, 0) // two parts of one
	text(1, 3, 1, 0)
	text(1, 4, 0, 1) // void
	text(2, 1, 0, 2)
	if got := o.undelivered(); got != 3 {
		t.Errorf("got %d", got)
	}
}
