package control

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"udpchat/peer"
)

// Client is what a Hub needs of a peer.Client.
type Client interface {
	SendAs(ref uint64, to, text string)
	SendAllAs(ref uint64, text string)
	Shown(lines []uint64)
	Status(ctx context.Context) (peer.Status, error)
	Reach(ctx context.Context, name string) (peer.Reached, error)
}

// Hub connects programs with one client, in whose loop it is told every notice. Safe for concurrent use.
type Hub struct {
	client Client
	name   string
	words  func(peer.Status) []string

	mu     sync.Mutex
	closed bool
	conns  map[*conn]bool
	last   uint64           // ref given out
	asked  map[uint64]asked // commands that wait for their first answer, by ref
	sent   map[uint64]*conn // texts that are not at their end, by line
	inbox  inbox
	all    sync.WaitGroup
	ctx    context.Context // of what runs beside connections
	cancel context.CancelFunc
}

// asked is who gave a command, and what it calls it.
type asked struct {
	conn *conn
	ref  string
}

// settle is how often it is looked whether a client that was just started knows how things stand; rush is how long for where what its earlier runs
// left is. That takes a round trip and a commit at the server, and where it goes directly at first an ack timeout more.
const (
	settle = 20 * time.Millisecond
	rush   = time.Second
)

// hubRefs begins the numbers that a Hub gives to commands; a front end's own are below.
const hubRefs = 1 << 63

// NewHub makes a hub of the client with a name. front: a front end shows every message and calls Printed; words are how it tells a status.
func NewHub(client Client, name string, front bool, words func(peer.Status) []string) *Hub {
	h := &Hub{client: client, name: name, words: words, conns: map[*conn]bool{}, last: hubRefs, asked: map[uint64]asked{}, sent: map[uint64]*conn{},
		inbox: inbox{front: front, lines: map[uint64]*message{}}}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// Notice passes on what the client is told: a message to who wants messages, what became of a text to who sent it, and to all what
// ends the client, or keeps it from beginning.
func (h *Hub) Notice(n peer.Notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e, ok := Of(n)
	if !ok {
		return
	}
	switch n := n.(type) {
	case peer.Arrived:
		h.inbox.arrive(h, n.Line, e)
		return
	case peer.InboxFull, peer.InboxRoom:
		h.inbox.full = e.Event == full.Event
		h.inbox.tell(h, e)
		return
	case peer.DiskFull, peer.DiskRoom:
		h.inbox.crowded = e.Event == crowded.Event
		h.inbox.tell(h, e)
		return
	case peer.PostsGone, peer.Distrust:
		h.inbox.news(h, e)
		return
	case peer.ServerSilent, peer.Refused, peer.Left, peer.Postponed:
		for c := range h.conns {
			c.out.Put(e)
		}
		return
	}
	if a, ok := h.asked[Ref(n)]; ok {
		delete(h.asked, Ref(n))
		e.Ref = a.ref
		a.conn.out.Put(e)
		if e.Event == "accepted" {
			h.sent[e.ID] = a.conn
		}
		return
	}
	h.outcome(n, e)
}

// outcome tells who sent a text what became of it.
func (h *Hub) outcome(n peer.Notice, e Event) {
	c := h.sent[e.ID]
	if c == nil || e.ID == 0 {
		return
	}
	c.out.Put(e)
	switch n := n.(type) {
	case peer.Delivered, peer.Failed:
		delete(h.sent, e.ID)
	case peer.Stored:
		if n.To == "" { // a post ends with that
			delete(h.sent, e.ID)
		}
	}
}

// Printed says that the front end has shown a message. last: nobody else is to have it, and it is noted as shown.
func (h *Hub) Printed(line uint64) (last bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inbox.printed(h, line)
	return h.inbox.lines[line] == nil
}

// Serve speaks with one program until it or the hub ends the connection.
func (h *Hub) Serve(with net.Conn) {
	c := newConn(h, with)
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		_ = with.Close()
		return
	}
	h.conns[c] = true
	h.all.Add(1)
	c.out.Put(Event{Event: "hello", Name: h.name})
	h.mu.Unlock()
	defer h.all.Done()
	c.run()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget(c)
}

// forget drops a connection: what it did not take goes to the next one.
func (h *Hub) forget(c *conn) {
	delete(h.conns, c)
	for ref, a := range h.asked {
		if a.conn == c {
			delete(h.asked, ref)
		}
	}
	for line, of := range h.sent {
		if of == c {
			delete(h.sent, line)
		}
	}
	h.inbox.forget(c)
}

// Close ends all connections, once what was to be written to them is, or they do not read.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	for c := range h.conns {
		c.out.Put(Event{Event: "ended"})
		c.finish()
	}
	h.mu.Unlock()
	h.cancel()
	h.all.Wait()
}

// command does what a program asks for.
func (h *Hub) command(c *conn, m Command) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch m.Op {
	case "send":
		h.last++
		h.asked[h.last] = asked{c, m.Ref}
		if m.To == All {
			h.client.SendAllAs(h.last, m.Text)
		} else {
			h.client.SendAs(h.last, m.To, m.Text)
		}
	case "tail":
		c.out.Put(Event{Event: "following", Ref: m.Ref})
		h.inbox.tail(c, m.From)
	case "listen":
		c.listens = true
		h.inbox.warn(c)
	case "taken":
		h.inbox.taken(h, c, m.ID)
		c.out.Put(Event{Event: "taken", Ref: m.Ref, ID: m.ID})
	case "status":
		h.all.Go(func() { h.status(c, m.Ref) })
	case "reach":
		h.all.Go(func() { h.reach(c, m) })
	default:
		c.out.Put(Event{Event: "error", Ref: m.Ref, Error: BadCommand, Why: "there is no op " + m.Op})
	}
}

// rushes tells that a client that runs for a script alone does not know yet whether the server holds what an earlier run left.
func (h *Hub) rushes(s peer.Status) bool {
	return !h.inbox.front && s.Answered && slices.ContainsFunc(s.Talks, func(t peer.TalkStatus) bool { return t.Direct+t.Depositing > 0 })
}

func (h *Hub) status(c *conn, ref string) {
	begun := time.Now()
	s, err := h.client.Status(h.ctx)
	for err == nil && (s.Standing == peer.StandsWaiting || h.rushes(s) && time.Since(begun) < rush) {
		select {
		case <-time.After(settle):
			s, err = h.client.Status(h.ctx)
		case <-c.done:
			return
		}
	}
	if err != nil {
		return // the client has ended
	}
	e := Event{Event: "status", Ref: ref, Status: statusOf(s)}
	if h.words != nil {
		e.Lines = h.words(s)
	}
	c.out.Put(e)
}
