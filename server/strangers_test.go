package server_test

import (
	"bytes"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// tape is what was written on a network.
type tape struct {
	mu  sync.Mutex
	all []shot
}

// shot is a datagram.
type shot struct {
	from, to netip.AddrPort
	kind     uint8
	data     []byte
}

// record begins a tape. drop, which may be nil, says what is lost.
func (w *place) record(drop func(s shot) bool) *tape {
	r := &tape{}
	w.net.Tap(func(from, to netip.AddrPort, b []byte) bool {
		h, _, _ := wire.ParseDatagram(b)
		s := shot{from, to, h.Type, bytes.Clone(b)}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = append(r.all, s)
		return drop == nil || !drop(s)
	})
	return r
}

// take takes what was recorded from an address, or, if that is not valid, from everywhere.
func (r *tape) take(from netip.AddrPort) (list []shot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = slices.DeleteFunc(r.all, func(s shot) bool {
		if from.IsValid() && s.from != from {
			return false
		}
		list = append(list, s)
		return true
	})
	return list
}

// pass lets so much time go by, in the bubble.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// state is all that the store has of someone.
func (w *place) state(k wire.Key) (row store.Client, mail int) {
	rows, _ := w.store.Clients(store.Key{}, 1<<20)
	for _, r := range rows {
		if r.Key == store.Key(k) {
			row = r
		}
	}
	items, _, _ := w.store.Waiting(store.Key(k), 0, 1<<20)
	return row, len(items)
}

// victim brings someone who is registered as ann, and away, with mail waiting; the server is open.
func (w *place) victim() (ann *visitor, row store.Client) {
	w.t.Helper()
	ann, bob := w.visit("ann"), w.visit("bob")
	ann.say(ann.register())
	bob.say(bob.register())
	pass(time.Second)
	bob.say(&wire.Deposit{To: ann.me.Key(), Try: 1, Text: wire.Text{Epoch: 1000, ToEpoch: 1000, Seq: 1, Parts: 1, Size: 2, Flags: wire.FlagCovered, Body: []byte("hi")}})
	pass(time.Second)
	if got := of[*wire.Registered](ann.heard()); len(got) != 1 || got[0].Outcome != wire.OK {
		w.t.Fatalf("ann: %+v", got)
	}
	if got := of[*wire.Stored](bob.heard()); len(got) != 1 || got[0].Verdict != wire.Accepted {
		w.t.Fatalf("bob: %+v", got)
	}
	bob.end()
	row, mail := w.state(ann.me.Key())
	if mail != 1 || row.Name != "ann" {
		w.t.Fatalf("%+v with %d waiting", row, mail)
	}
	return ann, row
}

// protocol.md §8.1, §13.2: who has another key changes nothing of a client's: not its row, not its address, not its mail.
func TestAnotherKeyChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		does []wire.Message
	}{
		{"registers the name", []wire.Message{&wire.Register{Request: 1, Name: "ann", Epoch: 1000}}},
		{"registers the name in capitals", []wire.Message{&wire.Register{Request: 1, Name: "ANN"}}},
		{"deregisters the name", []wire.Message{&wire.Deregister{Request: 1, Name: "ann"}}},
		{"pings", []wire.Message{&wire.Ping{Nonce: 1}}},
		{"takes the mail", []wire.Message{&wire.Taken{Order: 1, Try: 1, Marks: wire.Marks{Epoch: 1000, ToEpoch: 1000, Through: 1}}}},
		{"refuses the mail under a name of its own", []wire.Message{
			&wire.Register{Request: 1, Name: "mallory", Epoch: 1000},
			&wire.Taken{Order: 1, Try: 1, Marks: wire.Marks{Epoch: 1000, ToEpoch: 1000}, Refusal: wire.Forged},
		}},
		{"registers another name, then this one", []wire.Message{
			&wire.Register{Request: 1, Name: "mallory"}, &wire.Register{Request: 3, Name: "ann"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newPlace(t, linktest.Conditions{Delay: time.Millisecond})
				defer w.open()()
				ann, before := w.victim()
				defer ann.end()
				mallory := w.visit("mallory")
				defer mallory.end()
				for _, m := range c.does {
					if r, ok := m.(*wire.Register); ok {
						r.Card = cardOf(ann.me) // hers, for good measure
					}
					mallory.say(m)
					pass(200 * time.Millisecond)
				}
				for _, m := range of[*wire.Registered](mallory.heard()) {
					if m.Outcome == wire.OK && len(c.does) == 1 {
						t.Errorf("answered %+v", m)
					}
				}
				if row, mail := w.state(ann.me.Key()); row != before || mail != 1 {
					t.Errorf("row %+v with %d waiting, before %+v", row, mail, before)
				}
				ann.say(&wire.Ping{Nonce: 5})
				pass(time.Second)
				if got := of[*wire.Pong](ann.heard()); len(got) == 0 || !got[0].Known {
					t.Errorf("ann is told %+v", got)
				}
			})
		})
	}
}

// protocol.md §13.5, §13.10: nor does who copies every datagram of hers, and sends them again from elsewhere.
func TestReplayChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newPlace(t, linktest.Conditions{Delay: time.Millisecond})
		end := w.open()
		r := w.record(nil)
		ann, before := w.victim()
		defer ann.end()
		hers := slices.DeleteFunc(r.take(netip.AddrPort{}), func(s shot) bool { return s.to != w.server })
		if len(hers) < 5 {
			t.Fatalf("%d datagrams", len(hers))
		}
		mallory := w.net.Listen(netip.MustParseAddrPort("10.0.9.9:9"))
		replay := func(why string) {
			t.Helper()
			for _, s := range hers {
				if err := mallory.Write(s.data, link.Path{Remote: w.server}); err != nil {
					t.Error(err)
				}
				pass(50 * time.Millisecond)
			}
			if row, mail := w.state(ann.me.Key()); row != before || mail != 1 {
				t.Errorf("%s: row %+v with %d waiting, before %+v", why, row, mail, before)
			}
			for _, s := range r.take(w.server) {
				if s.to == mallory.LocalAddr() && s.kind == wire.TypeData {
					t.Errorf("%s: %d bytes of a session go to mallory", why, len(s.data))
				}
			}
		}
		replay("while she is there")
		end()
		defer w.open()()
		replay("when the server was restarted")
		_ = mallory.Close()
	})
}

// protocol.md §13.3, §13.8, §13.9: who does not know the server's key gets nothing from it but the key, if it asks for that, and the sign
// that a session is not known, once a second, which is no longer than what asked for it.
func TestStrangersGetNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newPlace(t, linktest.Conditions{})
		defer w.open()()
		at := netip.MustParseAddrPort("10.0.9.9:9")
		conn := w.net.Listen(at)
		r := w.record(nil)
		answers := func(b []byte) []shot {
			pass(2 * time.Second)
			r.take(netip.AddrPort{})
			if err := conn.Write(b, link.Path{Remote: w.server}); err != nil {
				t.Fatal(err)
			}
			pass(10 * time.Second)
			return r.take(w.server)
		}
		answered := map[uint8]int{}
		for kind := range uint8(128) {
			for _, size := range []int{0, 1, 16, 56, 128, 196, 224, 400, wire.MaxBody} {
				b := append(wire.AppendHeader(nil, wire.Header{Type: kind, Index: 7}, size), make([]byte, size)...)
				for _, s := range answers(b) {
					answered[s.kind]++
					key := kind == wire.TypeKeyRequest && size == 128 && s.kind == wire.TypeKeyAnswer
					reset := kind == wire.TypeData && s.kind == wire.TypeReset
					if !key && !reset || len(s.data) > len(b) || s.to != at {
						t.Errorf("type %d of %d bytes is answered by type %d of %d bytes", kind, len(b), s.kind, len(s.data))
					}
				}
			}
		}
		for _, b := range [][]byte{nil, []byte("hello?"), bytes.Repeat([]byte{0x94}, 1200), make([]byte, 1201)} {
			if got := answers(b); len(got) > 0 {
				t.Errorf("%q is answered", b)
			}
		}
		if answered[wire.TypeKeyAnswer] != 1 || answered[wire.TypeReset] != 7 { // not for the two that are shorter than a reset
			t.Errorf("answered %v", answered)
		}
		_ = conn.Close()
		if rows, _ := w.store.Clients(store.Key{}, 9); len(rows) != 0 {
			t.Errorf("rows %+v", rows)
		}
	})
}

// protocol.md §13.3: an initiation is answered only to who knows the server's key, and one to another server's key is not.
func TestWrongServerKeyGetsNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newPlace(t, linktest.Conditions{})
		defer w.open()()
		other := link.NewIdentity([32]byte{99})
		r := w.record(nil)
		for _, c := range []struct {
			name    string
			key     wire.Key
			static  [32]byte
			answers bool // it learns that this is not whom it dialled, and from a server whose static key it knows
		}{
			{"both of another", other.Key(), other.Card().Static, false},
			{"static key of another", w.key, other.Card().Static, false},
			{"identity of another", other.Key(), w.card.Static, true},
		} {
			w.guests++
			v := w.visitAs("ann", link.NewIdentity([32]byte{7}), w.net.Listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(w.guests)}), 1)), c.key, c.static)
			v.say(v.register())
			pass(time.Minute)
			got := r.take(w.server)
			if (len(got) > 0) != c.answers || len(v.heard()) > 0 {
				t.Errorf("%s: %d datagrams, heard %+v", c.name, len(got), v.heard())
			}
			v.end()
		}
		if rows, _ := w.store.Clients(store.Key{}, 9); len(rows) != 0 {
			t.Errorf("rows %+v", rows)
		}
	})
}
