package server

import (
	"slices"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §14.1: a client gives its card in Register. Of two the one with the higher prekey is newer; who comes with an older one is
// shown the one that is kept.
func TestCardIsKept(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second uint32
		kept          uint32
	}{
		{"a newer one", 5, 6, 6},
		{"the same", 5, 5, 5},
		{"an older one", 5, 4, 5},
		{"ids above 31 bits", 1 << 31, 1<<32 - 1, 1<<32 - 1},
		{"the lowest", 1<<32 - 1, 0, 1<<32 - 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			ann := b.person("ann")
			ann.card = card(ann.key, c.first)
			b.recv(ann, ask(ann, 3))
			b.want("registered", ann, welcome(3, 1))
			if row := b.row(ann); row.Card != string(ann.card) {
				t.Errorf("card %x", row.Card)
			}
			b.restart()
			b.sentTo(ann)
			ann.card = card(ann.key, c.second)
			ann.card[40]++ // the same prekey need not be the same card
			b.recv(ann, ask(ann, 5))
			if c.second < c.first {
				b.want("shown what is kept", ann, &wire.Found{Key: ann.key, Card: card(ann.key, c.first)})
			}
			b.want("registered", ann, welcome(5, 2))
			kept := b.row(ann).Card
			if wire.CardPrekey([]byte(kept)) != c.kept || (kept == string(ann.card)) != (c.second >= c.first) {
				t.Errorf("prekey %d is kept", wire.CardPrekey([]byte(kept)))
			}
		})
	}
}

// protocol.md §5.5: who came with an older card is to know it before it is pushed anything, also when a datagram is lost.
func TestOlderCardIsAnsweredAgain(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.person("ann")
	ann.card = card(ann.key, 5)
	b.register(ann)
	found := &wire.Found{Key: ann.key, Card: ann.card}
	ann.card = card(ann.key, 4)
	b.recv(ann, ask(ann, 5))
	b.sentTo(ann) // lost
	b.recv(ann, ask(ann, 5))
	b.want("the same answer", ann, found)
}

// protocol.md §5.5: it comes with a newer one, and that counts, also when the answer to the older one is not there yet.
func TestNewerCardAfterAnOlderOne(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer bool // to the first request, before the second comes
	}{{"later", true}, {"at once", false}} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			ann := b.person("ann")
			ann.card = card(ann.key, 5)
			b.register(ann)
			if !c.answer {
				b.hold()
			}
			ann.card = card(ann.key, 4)
			b.recv(ann, ask(ann, 5))
			ann.card = card(ann.key, 6)
			b.recv(ann, ask(ann, 7))
			b.release()
			if row := b.row(ann); row.Card != string(ann.card) {
				t.Errorf("prekey %d is kept", wire.CardPrekey([]byte(row.Card)))
			}
		})
	}
}

// protocol.md §14.1: whoever wants to write to a client asks for its card.
func TestLookup(t *testing.T) {
	b := newBench(t, Config{})
	old := b.legacy("old", 1)
	b.restart()
	ann, bob, cid := b.join("ann"), b.join("bob"), b.away("cid")
	zoe, new := b.person("zoe"), b.person("new")
	b.hold()
	b.reading = true
	b.recv(new, ask(new, 3))
	for _, c := range []struct {
		name string
		of   wire.Key
		card []byte
	}{
		{"her own", ann.key, ann.card},
		{"another's", bob.key, bob.card},
		{"of who left", cid.key, cid.card},
		{"of who is unknown", zoe.key, nil},
		{"of who has no name yet", new.key, nil},
		{"of who was not seen since version 1", old.key, nil},
		{"of the channel", wire.Channel, nil},
		{"of the server", wire.ServerKey, nil},
	} {
		b.recv(ann, &wire.Lookup{Key: c.of})
		b.want(c.name, ann, &wire.Found{Key: c.of, Card: c.card})
	}
	for _, m := range []*member{zoe, cid, new} {
		b.recv(m, &wire.Lookup{Key: ann.key})
		b.want("who is not there is told so", m, &wire.Pong{Store: storeID, Revision: b.core.head.Revision})
	}
	b.release()
	b.recv(ann, &wire.Lookup{Key: new.key})
	b.sentTo(new)
	b.want("now it has one", ann, &wire.Found{Key: new.key, Card: new.card})
}

// A card that is not on the disk is not told to others.
func TestLookupTellsWhatIsDurable(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	before := bob.card
	bob.card = card(bob.key, 2)
	b.hold()
	b.reading = true
	b.recv(bob, ask(bob, 901))
	b.recv(ann, &wire.Lookup{Key: bob.key})
	b.want("the old one", ann, &wire.Found{Key: bob.key, Card: before})
	b.release()
	b.recv(ann, &wire.Lookup{Key: bob.key})
	b.want("the new one", ann, &wire.Found{Key: bob.key, Card: bob.card})
}

func trustIn(m *member) Trust { return Trust{m.key, [32]byte(m.card)} }

// protocol.md §8.6: the server dials by itself who is there and whose card it knows, also when it was restarted.
func TestTrusts(t *testing.T) {
	b := newBench(t, Config{})
	b.legacy("old", 1)
	b.restart()
	if len(b.trusts) > 0 {
		t.Errorf("without a card: %+v", b.trusts)
	}
	ann := b.person("ann")
	b.hold()
	b.recv(ann, ask(ann, 3))
	if len(b.trusts) > 0 {
		t.Error("before the row is on disk")
	}
	b.release()
	b.recv(ann, ask(ann, 3))
	if want := []Trust{trustIn(ann)}; !slices.Equal(b.trusts, want) {
		t.Errorf("at the registration: %+v", b.trusts)
	}
	kept := trustIn(ann)
	ann.card = card(wire.Key{9, 9}, 0)
	b.recv(ann, ask(ann, 5))
	if len(b.trusts) != 2 || b.trusts[1] != kept {
		t.Errorf("with an older card: %+v", b.trusts)
	}
	bob := b.away("bob")
	b.trusts = nil
	b.restart()
	if want := []Trust{kept}; !slices.Equal(b.trusts, want) {
		t.Errorf("after a restart, of who is there: %+v", b.trusts)
	}
	b.trusts = nil
	b.advance(time.Hour)
	b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID})
	if want := []Trust{kept}; !slices.Equal(b.trusts, want) {
		t.Errorf("when who was silent is heard again: %+v", b.trusts)
	}
	b.trusts = nil
	b.recv(bob, ask(bob, 7))
	if want := []Trust{trustIn(bob)}; !slices.Equal(b.trusts, want) {
		t.Errorf("when who was away comes back: %+v", b.trusts)
	}
}

// Who is refused is not dialled.
func TestNoTrustInWhoIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, asks string
		known      bool
	}{
		{"name taken", "ann", false},
		{"name that differs in capitals", "ANN", false},
		{"bad name", "a b", false},
		{"another name than before", "anna", true},
		{"name of another", "ann", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			b.join("ann")
			zoe := b.person("zoe")
			if c.known {
				b.register(zoe)
			}
			before, row := len(b.trusts), b.rows()
			zoe.card = card(wire.Key{9, 9}, 7)
			b.recv(zoe, askAs(zoe, 901, c.asks))
			b.advance(time.Second)
			if m, ok := b.sentTo(zoe)[0].msg.(*wire.Registered); !ok || m.Outcome == wire.OK {
				t.Errorf("answered %+v", m)
			}
			if len(b.trusts) != before || !slices.Equal(b.rows(), row) {
				t.Errorf("trusts %+v, rows %+v", b.trusts[before:], b.rows())
			}
		})
	}
}
