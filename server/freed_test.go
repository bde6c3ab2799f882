package server

import (
	"testing"
	"time"

	"udpchat/wire"
)

const (
	soon = 179 * 24 * time.Hour // before a name is free
	late = 181 * 24 * time.Hour
)

// protocol.md §8.1: a name that nobody has used for 180 days, and for which nothing waits, is free again.
func TestNameIsFreeAgain(t *testing.T) {
	b := newBench(t, Config{})
	bob, ann := b.join("bob"), b.away("ann")
	b.post(bob, 1, "before")
	b.advance(late)
	b.tables = true
	b.recv(bob, knowing(ask(bob, 7), b.head().Revision, 0))
	for _, page := range b.pages(bob) {
		b.ackTable(bob, page)
	}
	zoe := b.person("ann")
	since := b.head().Revision
	b.recv(zoe, ask(zoe, 3))
	answer := welcome(3, since+1)
	answer.Order = 1
	b.want("free", zoe, answer)
	rows := b.rows()
	if len(rows) != 2 || b.row(zoe).Name != "ann" || b.row(zoe).Registered != b.now.UnixMicro() {
		t.Errorf("rows %+v", rows)
	}
	b.advance(tablePause)
	pages := b.pages(bob)
	if len(pages) == 0 || pages[0].Until != since+1 || pages[0].Rows[len(pages[0].Rows)-1] != onlineRow(zoe) {
		t.Errorf("bob is told %+v", pages)
	}
	if got := b.pages(zoe); len(got) != 1 || len(got[0].Rows) != 2 {
		t.Errorf("the new one is told %+v: the old one is still there", got)
	}

	b.tables = false
	b.recv(ann, ask(ann, 9))
	b.want("the old key, with its name", ann, refused(9, wire.NameTaken))
	b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID})
	b.want("it is a stranger", ann, &wire.Pong{Nonce: 1, Store: storeID, Revision: since + 1, Order: b.head().Order})
	b.recv(ann, askAs(ann, 11, "anna"))
	answer = welcome(11, since+2)
	answer.Order = 1
	b.want("with another name it is new", ann, answer)
	if row := b.row(ann); row.Registered != b.now.UnixMicro() {
		t.Errorf("registered at %v", row.Registered)
	}
	b.restart()
	if b.core.clients.Len() != 3 {
		t.Errorf("after a restart: %d clients", b.core.clients.Len())
	}
}

// protocol.md §8.1: and stays its key's else.
func TestNameIsNotFree(t *testing.T) {
	for _, c := range []struct {
		name    string
		cfg     Config
		away    time.Duration
		mail    bool
		asks    string
		known   bool // who asks has a name
		outcome wire.Outcome
	}{
		{"gone for long", Config{}, late, false, "ann", false, wire.OK},
		{"not so long", Config{}, soon, false, "ann", false, wire.NameTaken},
		{"mail waits", Config{}, late, true, "ann", false, wire.NameTaken},
		{"in capitals it is not the same row", Config{}, late, false, "ANN", false, wire.NameTaken},
		{"who asks has another name", Config{}, late, false, "ann", true, wire.NameTaken},
		{"another time, over", Config{NameTTL: time.Hour}, 61 * time.Minute, false, "ann", false, wire.OK},
		{"another time, not over", Config{NameTTL: time.Hour}, 59 * time.Minute, false, "ann", false, wire.NameTaken},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, c.cfg)
			bob, ann := b.join("bob"), b.away("ann")
			if c.mail {
				b.deposit(bob, ann, text(bob, ann, 1, "hi"))
			}
			b.advance(c.away)
			who := bob
			if !c.known {
				who = b.person(c.asks)
			}
			b.recv(who, askAs(who, 903, c.asks))
			for _, s := range b.sentTo(who) {
				if m, ok := s.msg.(*wire.Registered); ok && m.Outcome != c.outcome {
					t.Errorf("got %v, want %v", m.Outcome, c.outcome)
				}
			}
			if c.outcome != wire.OK {
				b.register(ann)
			}
		})
	}
}

// Who is there keeps the name, however long ago it registered, and counts from when it was last heard.
func TestNameOfWhoIsThereIsNotFree(t *testing.T) {
	b := newBench(t, Config{NameTTL: time.Hour})
	ann, zoe := b.join("ann"), b.person("ann")
	for range 180 {
		b.advance(time.Minute)
		b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID, Revision: 1})
	}
	b.sentTo(ann)
	b.recv(zoe, ask(zoe, 3))
	b.want("she is there", zoe, refused(3, wire.NameTaken))
	b.advance(59 * time.Minute)
	b.recv(zoe, ask(zoe, 5))
	b.want("she was there an hour ago", zoe, refused(5, wire.NameTaken))
	b.restart()
	b.recv(zoe, ask(zoe, 7))
	b.want("also for a server that was restarted", zoe, refused(7, wire.NameTaken))
	b.advance(2 * time.Minute)
	b.recv(zoe, ask(zoe, 9))
	b.want("gone", zoe, welcome(9, 3))
}

// The former owner of a name may come back in the moment in which it is given away.
func TestFormerOwnerComesBackAtOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		does []wire.Message
	}{
		{"a ping", []wire.Message{&wire.Ping{Nonce: 1, Store: storeID}}},
		{"a registration", []wire.Message{&wire.Register{Request: 5, Name: "ann"}}},
		{"a registration with another name", []wire.Message{&wire.Register{Request: 5, Name: "anna"}}},
		{"a registration, and one with another name", []wire.Message{&wire.Register{Request: 5, Name: "ann"}, &wire.Register{Request: 7, Name: "anna"}}},
		{"a deregistration", []wire.Message{&wire.Deregister{Request: 5, Name: "ann"}}},
		{"a ping, and a deregistration", []wire.Message{&wire.Ping{Nonce: 1, Store: storeID}, &wire.Deregister{Request: 5, Name: "ann"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{NameTTL: time.Hour})
			ann, zoe := b.join("ann"), b.person("ann")
			b.advance(2 * time.Hour)
			b.sentTo(ann)
			b.hold()
			b.recv(zoe, ask(zoe, 3))
			for i, m := range c.does {
				if r, ok := m.(*wire.Register); ok {
					r.Card = ann.card
				}
				b.recv(ann, m)
				if i < len(c.does)-1 {
					b.release(1) // the name is given away
				}
			}
			b.release()
			b.advance(3 * time.Minute)
			yan := b.person("yan")
			for i, name := range []string{"ann", "Ann"} {
				b.recv(yan, askAs(yan, uint32(901+i), name))
				b.want("she has it, and it is nobody else's", yan, refused(uint32(901+i), wire.NameTaken))
			}
			b.register(zoe)
			b.consistent()
		})
	}
}

// consistent: the core knows who is in the directory, and who has a session is among them.
func (b *bench) consistent() {
	b.t.Helper()
	for _, cl := range b.core.online {
		if b.core.clients.Get(cl.key()) != cl {
			b.t.Errorf("%v has a session and is not known", cl.key())
		}
	}
	if n := len(b.rows()); n != b.core.clients.Len() {
		b.t.Errorf("%d rows, %d clients", n, b.core.clients.Len())
	}
}

// Of two names from before the rules that differ in capitals only, the other one still counts when one is free.
func TestFreedNameOfTwo(t *testing.T) {
	b := newBench(t, Config{})
	b.legacy("Bob", 1)
	b.advance(late)
	b.legacy("bob", 2)
	b.restart()
	zoe := b.person("Bob")
	b.recv(zoe, ask(zoe, 3))
	b.want("it differs from bob in capitals only", zoe, refused(3, wire.NameTaken))
}
