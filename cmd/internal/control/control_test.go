package control

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/wire"
	"udpchat/wire/words"
)

// desk is a client that the test plays.
type desk struct {
	mu    sync.Mutex
	sent  []uint64 // refs
	texts []string
	shown []uint64
	state peer.Status
	found map[string]peer.Reached
}

func (d *desk) SendAs(ref uint64, to, text string) { d.note(ref, to+": "+text) }
func (d *desk) SendAllAs(ref uint64, text string)  { d.note(ref, "to all: "+text) }

func (d *desk) note(ref uint64, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent, d.texts = append(d.sent, ref), append(d.texts, text)
}

func (d *desk) Shown(lines []uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown = append(d.shown, lines...)
}

func (d *desk) Status(context.Context) (peer.Status, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state, nil
}

// Reach does not answer for those who were not found: the client has left.
func (d *desk) Reach(ctx context.Context, name string) (peer.Reached, error) {
	if r, ok := d.found[name]; ok {
		return r, nil
	}
	<-ctx.Done()
	return peer.Reached{}, ctx.Err()
}

// took is what was shown, and forgets it.
func (d *desk) took() []uint64 {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.shown
	d.shown = nil
	return s
}

// program is a connection that the test plays.
type program struct {
	t    *testing.T
	with net.Conn
	conn *Conn
}

// stage runs a test with a hub in a bubble.
func stage(t *testing.T, front bool, f func(t *testing.T, d *desk, h *Hub, connect func() *program)) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{state: peer.Status{Name: "ops", Standing: peer.StandsInside, Answered: true}}
		h := NewHub(d, "ops", front, func(peer.Status) []string { return []string{"fine"} })
		f(t, d, h, func() *program {
			near, far := net.Pipe()
			go h.Serve(far)
			p := &program{t, near, NewConn(near)}
			p.want(Event{Event: "hello", Name: "ops"})
			return p
		})
		h.Close()
		synctest.Wait()
	})
}

func (p *program) do(m Command) {
	p.t.Helper()
	if err := p.conn.Do(m); err != nil {
		p.t.Fatal(err)
	}
	synctest.Wait()
}

func (p *program) want(want Event) {
	p.t.Helper()
	synctest.Wait()
	select {
	case got := <-p.conn.Events():
		if string(Line(got)) != string(Line(want)) {
			p.t.Fatalf("heard %s, want %s", Line(got), Line(want))
		}
	default:
		p.t.Fatalf("heard nothing, want %s", Line(want))
	}
}

func (p *program) wantNothing() {
	p.t.Helper()
	synctest.Wait()
	select {
	case e, ok := <-p.conn.Events():
		p.t.Fatalf("heard %s, %v", Line(e), ok)
	default:
	}
}

func (p *program) end() {
	p.t.Helper()
	_ = p.conn.Close()
	synctest.Wait()
}

func arrival(line uint64, from string) peer.Arrived {
	return peer.Arrived{Line: line, From: from, Text: "hi", Time: 1_700_000_000_000_001}
}

func came(line uint64, from string, again bool) Event {
	return Event{Event: "message", ID: line, From: from, Text: "hi", Time: "2023-11-14T22:13:20.000001Z", Again: again}
}

func TestWhoSendsHearsWhatBecameOfIt(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		a, b := connect(), connect()
		a.do(Command{Op: "send", To: "bob", Text: "one", Ref: "x"})
		b.do(Command{Op: "send", To: All, Text: "two"})
		a.do(Command{Op: "send", To: "nobody", Text: "three", Ref: "y"})
		if !slices.Equal(d.texts, []string{"bob: one", "to all: two", "nobody: three"}) || d.sent[0] <= hubRefs {
			t.Fatalf("sent %q as %d", d.texts, d.sent)
		}
		for _, n := range []peer.Notice{
			peer.UnknownPeer{Ref: d.sent[2], Name: "nobody"},
			peer.Accepted{Ref: d.sent[0], Line: 1, To: "bob"}, peer.Accepted{Ref: d.sent[1], Line: 2},
			peer.Accepted{Ref: 5, Line: 3, To: "bob"}, peer.Delivered{Line: 3, To: "bob"}, // the user's own
			peer.NoAck{Line: 1, To: "bob"}, peer.Stored{Line: 2}, peer.Stored{Line: 1, To: "bob"}, peer.Delivered{Line: 1, To: "bob"},
			peer.Delivered{Line: 1, To: "bob"}, peer.Delivered{Line: 0, To: "bob"},
		} {
			h.Notice(n)
		}
		a.want(Event{Event: "error", Ref: "y", Error: UnknownName, Name: "nobody", Why: "nobody has that name"})
		a.want(Event{Event: "accepted", Ref: "x", ID: 1, To: "bob"})
		a.want(Event{Event: "missed", ID: 1, To: "bob"})
		a.want(Event{Event: "stored", ID: 1, To: "bob"})
		a.want(Event{Event: "delivered", ID: 1, To: "bob"})
		b.want(Event{Event: "accepted", ID: 2, To: All})
		b.want(Event{Event: "stored", ID: 2, To: All})
		a.wantNothing()
		b.wantNothing()
		h.Notice(peer.ServerSilent{Kept: 2, Unknown: 1})
		for _, p := range []*program{a, b} {
			p.want(Event{Event: "silent", Error: Silent, Kept: 2, Unknown: 1, Why: "the server does not answer"})
			p.end()
		}
	})
}

func TestStatusAndMistakes(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		a := connect()
		a.do(Command{Op: "status", Ref: "s"})
		a.want(Event{Event: "status", Ref: "s", Lines: []string{"fine"},
			Status: &Status{Name: "ops", Server: "invalid AddrPort", ServerKey: words.FormatKey(wire.Key{}), Registered: true, Answered: true, Talks: []Talk{}}})
		a.do(Command{Op: "sing", Ref: "q"})
		a.want(Event{Event: "error", Ref: "q", Error: BadCommand, Why: "there is no op sing"})
		_, _ = io.WriteString(a.with, "\n{}\nhello\n"+strings.Repeat("x", MaxLine+100)+"\n")
		for _, why := range []string{`not a command: "op" is missing`, "not a command: it is not JSON: invalid character 'h' looking for beginning of value", ErrTooLong.Error()} {
			a.want(Event{Event: "error", Error: BadCommand, Why: why})
		}
		a.end()
	})
}

// A client that runs for a script alone says where mail of earlier runs is when it knows, and after a second in any case. One with a front end says
// how things are.
func TestStatusKnowsWhereMailIs(t *testing.T) {
	for _, c := range []struct {
		name  string
		front bool
		takes time.Duration // for the server to answer
		after time.Duration
		want  Talk
	}{
		{"stored", false, 45 * time.Millisecond, 60 * time.Millisecond, Talk{Waiting: 1, Stored: 1}},
		{"a slow server", false, time.Hour, time.Second, Talk{Waiting: 1}},
		{"a front end", true, 45 * time.Millisecond, 0, Talk{Waiting: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage(t, c.front, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
				d.state.Talks = []peer.TalkStatus{{Depositing: 1}}
				defer time.AfterFunc(c.takes, func() {
					d.mu.Lock()
					defer d.mu.Unlock()
					d.state.Talks = []peer.TalkStatus{{Stored: 1}}
				}).Stop()
				a := connect()
				begun := time.Now()
				if err := a.conn.Do(Command{Op: "status"}); err != nil {
					t.Fatal(err)
				}
				e := <-a.conn.Events()
				if took := time.Since(begun); took != c.after || len(e.Status.Talks) != 1 || e.Status.Talks[0].Stored != c.want.Stored || e.Status.Talks[0].Waiting != c.want.Waiting {
					t.Errorf("after %v: %s", took, Line(e))
				}
				a.end()
			})
		})
	}
}

// A hub ends its connections when they have what is for them, or do not read it.
func TestTheEndOfAHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(&desk{}, "ops", true, nil)
		near, far := net.Pipe()
		go h.Serve(far)
		deaf, heard := net.Pipe()
		go h.Serve(heard)
		p := &program{t, near, NewConn(near)}
		p.want(Event{Event: "hello", Name: "ops"})
		h.Notice(peer.Left{})
		began := time.Now()
		h.Close()
		if d := time.Since(began); d != patience {
			t.Errorf("it took %v", d)
		}
		p.want(Event{Event: "left"})
		p.end()
		late, refused := net.Pipe()
		h.Serve(refused)
		if _, err := late.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("after the end: %v", err)
		}
		_ = deaf.Close()
	})
}

// everyNotice is one of every kind that says something to a program.
var everyNotice = []peer.Notice{
	peer.Welcome{}, peer.Refused{Why: wire.NameTaken}, peer.Table{}, peer.Postponed{}, peer.DiskFull{}, peer.DiskRoom{}, peer.InboxFull{}, peer.InboxRoom{}, peer.OutboxFull{}, peer.OutboxRoom{}, peer.Left{}, peer.Waiting{},
	peer.ServerSilent{}, peer.Drained{}, peer.Quit{}, peer.Accepted{}, peer.Delivered{}, peer.NoAck{}, peer.Stored{}, peer.Kept{NoKeys: true},
	peer.Failed{}, peer.TooLong{}, peer.UnknownPeer{}, peer.NotRegistered{}, peer.NotYours{}, peer.Noted{}, peer.NotSent{}, peer.BadText{},
	peer.KeyChanged{}, peer.Blocked{}, peer.Identity{}, peer.Trusted{}, peer.Distrust{}, peer.PostsGone{}, peer.Arrived{},
}

// Every notice has an event, but for those that say nothing to a program.
func TestEveryNoticeIsAnEvent(t *testing.T) {
	for _, n := range everyNotice {
		if e, ok := Of(n); !ok || e.Event == "" {
			t.Errorf("%T is none", n)
		}
	}
	a := peer.Arrived{Line: 4, From: "bob", Text: "hi", Time: 1_700_000_000_000_001, Post: true, Mail: true, Late: true, Again: true, Old: true, Clear: true, Doubt: true}
	if e, _ := Of(a); e.Arrived() != a {
		t.Errorf("%+v came back as %+v", a, e.Arrived())
	}
}

// Who is served hears that the client ends.
func TestTheEndIsSaid(t *testing.T) {
	stage(t, false, func(_ *testing.T, _ *desk, h *Hub, connect func() *program) {
		p := connect()
		go h.Close()
		p.want(Event{Event: "ended"})
	})
}
