package siege

import (
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/memory"
)

// talk is a conversation with everything in it: direct, by mailbox, in the channel.
func talk(w *world) (ann, ben *person) {
	ann = w.comes("ann", "10.0.1.1:4001", profileOf("ann"))
	ben = w.comes("ben", "10.0.1.2:4002", profileOf("ben"))
	ann.client.Send("ben", "one, direct")
	ann.rest(time.Second)
	ann.client.SendAll("two, for all")
	ann.rest(time.Second)
	ben.client.Send("ann", "three, back")
	ben.rest(time.Second)
	ben.leaves()
	ann.client.Send("ben", "four, by mail")
	ann.client.SendAll("five, while away")
	ann.rest(time.Second)
	ben.start()
	ben.rest(2 * time.Second)
	return ann, ben
}

var heardByBen = []string{"ann: one, direct", "ann: two, for all", "ann: four, by mail", "ann: five, while away"}

// docs/security.md, replay: every datagram of a conversation three times more, to whom it went, from where it came: at once, after a
// restart of the server, and after one of the clients. Nothing is shown twice, nobody moves or leaves.
func TestEverythingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, memory.NewServer(5))
		ann, ben := talk(w)
		said := w.recorded()
		again := func() {
			for range 3 {
				for _, p := range said {
					w.net.Forge(p.from, p.to, p.data)
				}
				ann.rest(15 * time.Second)
			}
		}
		again()
		w.restart(w.db)
		ann.rest(10 * time.Second)
		again()
		ann.restarts()
		ben.restarts()
		again()
		ann.wantShown("ben: three, back")
		ben.wantShown(heardByBen...)
		for _, p := range []*person{ann, ben} {
			if n := len(saw[peer.Distrust](p)); n > 0 {
				t.Errorf("%s was warned %d times", p.name, n)
			}
		}
		wantThere(t, w, "ann", ann)
		wantThere(t, w, "ben", ben)
		ann.end()
		ben.end()
		w.end()
	})
}

// wantThere wants the directory to have a name online, with its key, where it is.
func wantThere(t *testing.T, w *world, name string, p *person) {
	t.Helper()
	rows, err := w.db.Clients(store.Key{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Name != name {
			continue
		}
		if r.Key != store.Key(p.client.Key()) || r.Addr != p.addr || r.State != store.Online {
			t.Errorf("%s is %x at %v, state %d", name, r.Key[:4], r.Addr, r.State)
		}
		return
	}
	t.Errorf("no %s in the directory", name)
}

// docs/security.md, impersonation: who registers another's name from elsewhere is refused, and changes nothing.
func TestVictimsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, memory.NewServer(5))
		ann := w.comes("ann", "10.0.1.1:4001", profileOf("ann"))
		ben := w.comes("ben", "10.0.1.2:4002", profileOf("ben"))
		eve := w.comes("ann", "10.6.6.6:6666", profileOf("eve"))
		if got := saw[peer.Refused](eve); len(got) != 1 {
			t.Errorf("eve saw %+v", eve.saw)
		}
		ben.client.Send("ann", "for ann only")
		ben.rest(time.Second)
		ann.wantShown("ben: for ann only")
		eve.wantShown()
		wantThere(t, w, "ann", ann)
		for _, p := range []*person{ann, ben, eve} {
			p.end()
		}
		w.end()
	})
}

// docs/security.md, key thief: who gets the seeds of the server and of both clients later, and has recorded everything, reads nothing
// of what went through sessions.
func TestRecordedTrafficStaysClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, memory.NewServer(5))
		ann, ben := talk(w)
		said := w.recorded()
		ann.end()
		ben.end()
		w.end()
		if n := opened(t, w, said); n > 0 {
			t.Errorf("%d datagrams of %d were read with the stolen seeds", n, len(said))
		}
	})
}
