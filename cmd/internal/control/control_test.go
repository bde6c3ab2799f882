package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/wire"
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

func (d *desk) Status(context.Context) (peer.Status, error) { return d.state, nil }

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
		h.Notice(peer.ServerSilent{Kept: 2})
		for _, p := range []*program{a, b} {
			p.want(Event{Event: "silent", Error: Silent, Kept: 2, Why: "the server does not answer"})
			p.end()
		}
	})
}

// A message is taken when everybody has it who was to have it.
func TestAMessageIsTakenByAll(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		h.Notice(arrival(1, "bob"))
		h.Printed(1)
		if got := d.took(); !slices.Equal(got, []uint64{1}) {
			t.Fatalf("took %v", got)
		}
		a, b, c := connect(), connect(), connect()
		a.do(Command{Op: "tail"})
		a.want(Event{Event: "following"})
		b.do(Command{Op: "tail", From: "bob"})
		b.want(Event{Event: "following"})
		c.do(Command{Op: "listen"})
		h.Notice(arrival(2, "bob"))
		h.Notice(arrival(3, "cid"))
		a.want(came(2, "bob", false))
		a.want(came(3, "cid", false))
		b.want(came(2, "bob", false))
		c.want(came(2, "bob", false))
		c.want(came(3, "cid", false))
		b.wantNothing()
		h.Printed(2)
		h.Printed(3)
		a.do(Command{Op: "taken", ID: 2})
		a.want(Event{Event: "taken", ID: 2})
		c.do(Command{Op: "taken", ID: 2}) // it has no say: others are to have it
		c.want(Event{Event: "taken", ID: 2})
		if got := d.took(); got != nil {
			t.Fatalf("took %v before b has", got)
		}
		b.do(Command{Op: "taken", ID: 2})
		a.do(Command{Op: "taken", ID: 3, Ref: "r"})
		a.want(Event{Event: "taken", ID: 3, Ref: "r"})
		if got := d.took(); !slices.Equal(got, []uint64{2, 3}) {
			t.Fatalf("took %v", got)
		}
		for _, p := range []*program{a, b, c} {
			p.end()
		}
	})
}

// What one that ended had not taken goes to the next, marked, in its order; not to one who wants others.
func TestWhatWasNotTakenGoesToTheNext(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		a := connect()
		a.do(Command{Op: "tail"})
		a.want(Event{Event: "following"})
		for line := uint64(1); line <= 12; line++ {
			h.Notice(arrival(line, "bob"))
			h.Printed(line)
			a.want(came(line, "bob", false))
		}
		a.do(Command{Op: "taken", ID: 5})
		a.end()
		other := connect()
		other.do(Command{Op: "tail", From: "cid"})
		other.want(Event{Event: "following"})
		other.wantNothing()
		b := connect()
		b.do(Command{Op: "tail", Ref: "t"})
		b.want(Event{Event: "following", Ref: "t"})
		for line := uint64(1); line <= 12; line++ {
			if line != 5 {
				b.want(came(line, "bob", true))
			}
		}
		for line := uint64(1); line <= 12; line++ {
			if line != 5 {
				b.do(Command{Op: "taken", ID: line})
				b.want(Event{Event: "taken", ID: line})
			}
		}
		b.wantNothing()
		if got := d.took(); len(got) != 12 || got[0] != 5 || got[1] != 1 || got[11] != 12 {
			t.Errorf("took %v", got)
		}
		b.end()
		other.end()
	})
}

// Without a front end nothing is taken that nobody asked for; one who listens may take what is for nobody else.
func TestWithoutAFrontEnd(t *testing.T) {
	stage(t, false, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		h.Notice(arrival(1, "bob"))
		h.Printed(1)
		a := connect()
		a.do(Command{Op: "listen"})
		h.Notice(arrival(2, "bob"))
		h.Notice(arrival(3, "bob"))
		a.want(came(2, "bob", false))
		a.want(came(3, "bob", false))
		a.do(Command{Op: "taken", ID: 3})
		a.want(Event{Event: "taken", ID: 3})
		if got := d.took(); !slices.Equal(got, []uint64{3}) {
			t.Fatalf("took %v", got)
		}
		b := connect()
		b.do(Command{Op: "tail"})
		b.want(Event{Event: "following"})
		b.want(came(1, "bob", false))
		b.want(came(2, "bob", false))
		a.end()
		b.end()
	})
}

// Who waits for messages is told when none are taken any more, also who comes later.
func TestAFullInboxIsTold(t *testing.T) {
	stage(t, false, func(t *testing.T, _ *desk, h *Hub, connect func() *program) {
		a, sender := connect(), connect()
		a.do(Command{Op: "tail"})
		a.want(Event{Event: "following"})
		h.Notice(peer.InboxFull{})
		a.want(full)
		b := connect()
		b.do(Command{Op: "tail", From: "bob"})
		b.want(Event{Event: "following"})
		b.want(full)
		c := connect()
		c.do(Command{Op: "listen"})
		c.want(full)
		h.Notice(peer.InboxRoom{})
		for _, p := range []*program{a, b, c} {
			p.want(Event{Event: "inbox-room"})
		}
		late := connect()
		late.do(Command{Op: "tail"})
		late.want(Event{Event: "following"})
		late.wantNothing()
		sender.wantNothing()
		for _, p := range []*program{a, b, c, late, sender} {
			p.end()
		}
	})
}

func TestTheWayToSomeone(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, _ *Hub, connect func() *program) {
		found := peer.Reached{Known: true, Online: true, Addr: netip.MustParseAddrPort("10.0.0.2:3001"), Answered: true, RoundTrip: 1500 * time.Microsecond}
		d.found = map[string]peer.Reached{"bob": found, "nobody": {}}
		p := connect()
		p.do(Command{Op: "reach", Name: "bob", Ref: "r"})
		said := Reached{Known: true, Online: true, Address: "10.0.0.2:3001", Answered: true, RoundTrip: 1.5}
		p.want(Event{Event: "reached", Ref: "r", Name: "bob", Reached: &said})
		if said.Of() != found {
			t.Errorf("it was made of %+v", said.Of())
		}
		p.do(Command{Op: "reach", Name: "nobody"})
		p.want(Event{Event: "reached", Name: "nobody", Reached: &Reached{}})
		p.do(Command{Op: "reach", Name: "left"})
		p.wantNothing()
		time.Sleep(reachWait)
		p.want(Event{Event: "error", Error: NotRegistered, Name: "left", Why: "the client is offline"})
		d.state.Standing = peer.StandsOutside
		p.do(Command{Op: "reach", Name: "bob"})
		p.want(Event{Event: "error", Error: NotRegistered, Name: "bob", Why: "the client is offline"})
		p.end()
	})
}

func TestStatusAndMistakes(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		a := connect()
		a.do(Command{Op: "status", Ref: "s"})
		a.want(Event{Event: "status", Ref: "s", Lines: []string{"fine"},
			Status: &Status{Name: "ops", Server: "invalid AddrPort", Registered: true, Answered: true, Talks: []Talk{}}})
		a.do(Command{Op: "sing", Ref: "q"})
		a.want(Event{Event: "error", Ref: "q", Error: BadCommand, Why: "there is no op sing"})
		_, _ = io.WriteString(a.with, "\n{}\nhello\n"+strings.Repeat("x", MaxLine+100)+"\n")
		for _, why := range []string{`not a command: "op" is missing`, "not a command: invalid character 'h' looking for beginning of value", ErrTooLong.Error()} {
			a.want(Event{Event: "error", Error: BadCommand, Why: why})
		}
		a.end()
	})
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

func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		`{"op":"send","to":"bob","text":"hi","ref":"7"}`: "",
		`{"op":"send","too":"bob"}`:                      `not a command: unknown field "too"`,
		`{"op":"quit"} x`:                                "not a command: something follows the object",
		`{"op":7}`:                                       "not a command: cannot unmarshal number into Go struct field Command.op of type string",
		`[]`:                                             "not a command: cannot unmarshal array into Go value of type control.Command",
		`{}`:                                             `not a command: "op" is missing`,
	} {
		_, err := Parse([]byte(line))
		if got := ""; err != nil && err.Error() != want || err == nil && want != got {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

func TestReadLine(t *testing.T) {
	r := bufio.NewReaderSize(strings.NewReader("one\r\n\n"+strings.Repeat("x", MaxLine)+"\n"+strings.Repeat("y", MaxLine+1)+"\nlast"), 16)
	for _, want := range []string{"one", "", strings.Repeat("x", MaxLine), "too long", "last"} {
		line, err := ReadLine(r)
		if want == "too long" {
			if err != ErrTooLong {
				t.Errorf("error %v", err)
			}
		} else if err != nil || string(line) != want {
			t.Errorf("%.20q, %v, want %.20q", line, err, want)
		}
	}
	if _, err := ReadLine(r); err != io.EOF {
		t.Errorf("error %v", err)
	}
}

// What is written is one line of printable characters, and says the same to who decodes it.
func TestLine(t *testing.T) {
	for _, text := range []string{"a <b> & \"c\"\n\t\x1b[2J\x7f\u009b\u202e\u2028\U000e0041 żółw 漢字 🙂", "plain"} {
		line := Line(Event{Event: "message", Text: text})
		for _, r := range string(line[:len(line)-1]) {
			if steers(r) || r < 0x20 || r == 0x7f {
				t.Errorf("%q is in %s", r, line)
			}
		}
		var back Event
		if err := json.Unmarshal(line, &back); err != nil || back.Text != text {
			t.Errorf("%s says %q, %v", line, back.Text, err)
		}
	}
}

// everyNotice is one of every kind that says something to a program.
var everyNotice = []peer.Notice{
	peer.Welcome{}, peer.Refused{Why: wire.NameTaken}, peer.Table{}, peer.Postponed{}, peer.DiskFull{}, peer.DiskRoom{}, peer.InboxFull{}, peer.InboxRoom{}, peer.Left{}, peer.Waiting{},
	peer.ServerSilent{}, peer.Drained{}, peer.Quit{}, peer.Accepted{}, peer.Delivered{}, peer.NoAck{}, peer.Stored{}, peer.Kept{NoKeys: true},
	peer.Failed{}, peer.TooLong{}, peer.UnknownPeer{}, peer.NotRegistered{}, peer.NotYours{}, peer.Noted{}, peer.NotSent{}, peer.BadText{},
	peer.KeyChanged{}, peer.Blocked{}, peer.Identity{}, peer.Trusted{}, peer.Distrust{}, peer.Arrived{},
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
