package server

import (
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// protocol.md §8.1: names that differ only in capitals, or in the width of their letters, are one.
func TestNamesAreComparedFolded(t *testing.T) {
	for _, c := range []struct {
		name, has, asks string
		outcome         wire.Outcome
	}{
		{"the same", "Ann", "Ann", wire.NameTaken},
		{"small letters", "Ann", "ann", wire.NameTaken},
		{"capitals", "ann", "ANN", wire.NameTaken},
		{"capitals with marks", "josé", "JOSÉ", wire.NameTaken},
		{"capitals of another script", "ЖЕНЯ", "женя", wire.NameTaken},
		{"sigma at the end", "ΟΔΟΣ", "οδος", wire.NameTaken},
		{"width", "ann", "ａｎｎ", wire.BadName}, // it is not written so
		{"another name", "ann", "anna", wire.OK},
		{"without the mark", "josé", "jose", wire.OK},
		{"another script", "ann", "анна", wire.OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			b.join(c.has)
			zoe := b.person(c.asks)
			for range 2 { // also when the names come from the store
				b.recv(zoe, ask(zoe, 3))
				for _, s := range b.sentTo(zoe) {
					if m, ok := s.msg.(*wire.Registered); ok && m.Outcome != c.outcome {
						t.Errorf("got %v, want %v", m.Outcome, c.outcome)
					}
				}
				if n := len(b.rows()); (n == 2) != (c.outcome == wire.OK) {
					t.Errorf("%d rows", n)
				}
				b.restart()
			}
		})
	}
}

// legacy puts the row of a client that left into the store, as version 1 wrote it. The core sees it after restart.
func (b *bench) legacy(name string, registered int64) *member {
	b.t.Helper()
	m := b.person(name)
	row := store.Client{Key: store.Key(m.key), Name: name, Epoch: m.epoch, Addr: m.path.Remote, Local: m.path.Local,
		State: store.Left, Registered: registered, LastSeen: b.now.UnixMicro()}
	if r := b.store.Apply(store.PutClient{Client: row}); r.Verdict != store.Accepted {
		b.t.Fatalf("%s: %v", name, r.Verdict)
	}
	return m
}

// protocol.md §8.1: a name from before the rules stays its key's, and nobody else gets it.
func TestNamesFromBeforeTheRules(t *testing.T) {
	for _, c := range []struct{ name, legacy string }{
		{"two scripts", "annа"},
		{"full-width letters", "ａｎｎ"},
		{"mark that is not composed", "Jose\u0301"},
		{"what looks like a reserved word", "adm1n"},
		{"a ligature", "ﬁn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			old := b.legacy(c.legacy, 1)
			b.restart()
			zoe := b.person(c.legacy)
			b.recv(zoe, ask(zoe, 3))
			b.want("not for another key", zoe, refused(3, wire.BadName))
			b.recv(old, ask(old, 5))
			b.want("its own", old, welcome(5, 2))
			b.recv(old, askAs(old, 7, "another"))
			b.want("and no other", old, refused(7, wire.KeyTaken))
			if row := b.row(old); row.Name != c.legacy || row.State != store.Online || row.Card != string(old.card) {
				t.Errorf("row %+v", row)
			}
			b.tables = true
			bob := b.person("bob")
			b.recv(bob, ask(bob, 9))
			b.sentTo(old)
			b.advance(tablePause)
			if pages := b.pages(bob); len(pages) != 1 || len(pages[0].Rows) != 2 || pages[0].Rows[0] != onlineRow(old) {
				t.Errorf("the table says %+v", pages)
			}
			b.recv(old, &wire.Deregister{Request: 11, Name: c.legacy})
			if row := b.row(old); row.State != store.Left {
				t.Errorf("after its deregistration: row %+v", row)
			}
		})
	}
}

// A name that is compared counts in whatever form it stands in the store; of two that came before the rules, each stays its key's.
func TestNamesFromBeforeTheRulesAreTaken(t *testing.T) {
	for _, c := range []struct {
		name, asks string
		outcome    wire.Outcome
	}{
		{"narrow", "ann", wire.NameTaken},
		{"in capitals", "ANN", wire.NameTaken},
		{"exactly the older", "Bob", wire.NameTaken},
		{"exactly the newer", "bob", wire.NameTaken},
		{"a third way", "BOB", wire.NameTaken},
		{"a free one", "cid", wire.OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			b.legacy("ａｎｎ", 1)
			newer := b.legacy("bob", 3)
			older := b.legacy("Bob", 2)
			b.restart()
			zoe := b.person(c.asks)
			b.recv(zoe, ask(zoe, 3))
			if m := b.sentTo(zoe)[0].msg.(*wire.Registered); m.Outcome != c.outcome {
				t.Errorf("got %v, want %v", m.Outcome, c.outcome)
			}
			b.register(newer)
			b.register(older)
		})
	}
}

// protocol.md §8.1: of two names that differ in capitals only and are asked for in the same moment, one is given.
func TestNamesThatDifferInCapitalsAtOnce(t *testing.T) {
	b := newBench(t, Config{})
	ann, zoe := b.person("ann"), b.person("Ann")
	b.hold()
	b.recv(ann, ask(ann, 3))
	b.recv(zoe, ask(zoe, 3))
	b.advance(time.Millisecond)
	b.release()
	if rows := b.rows(); len(rows) != 1 {
		t.Errorf("%d rows: %q and %q", len(rows), rows[0].Name, rows[1].Name)
	}
}
