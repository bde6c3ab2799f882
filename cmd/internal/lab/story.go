package lab

import "time"

// Story is what happened. Times count from when everybody was registered; what came before is below 0.
type Story struct {
	Config   Config
	Parties  []string // the clients, then the server
	Events   []Event  // in the order in which they happened
	Arrows   []Arrow
	Messages []Message
	End      time.Duration
	Skipped  int // datagrams in the background that are not drawn
}

// Event is a moment that is drawn.
type Event struct {
	At    time.Duration
	What  What
	Party int    // where
	Arrow int    // of Leaves and Arrives
	Copy  int    // of Arrives: which copy, from 0
	Text  string // of the others
}

// What is what happens in an Event.
type What uint8

const (
	Leaves  What = iota // a datagram is sent
	Arrives             // it, or its copy, is there, or is not
	Typed               // someone types a command
	Shown               // a text appears on a screen
	Timer               // someone waited long enough
	Told                // someone learns what became of a message
	Twice               // something came that was there already
	Plug                // a cable is pulled, or put back
)

// Arrow is a datagram.
type Arrow struct {
	From, To int
	Sent     time.Duration
	Bytes    []byte // the datagram as it travels
	Body     []byte // its messages, opened
	Label    string // the messages in it
	Short    string // the first, and how many more
	Class    Class
	Copies   []Copy // one, or two when the network doubled it
}

// Copy is what became of a datagram, or of its double.
type Copy struct {
	At   time.Duration // when it was there, or would have been
	Lost bool
	Why  string // lost: how; else, when the receiver dropped it: why
}

// Class is what an arrow carries, by the most important message in it.
type Class uint8

const (
	Background Class = iota // registrations, tables, keepalives
	Session                 // handshakes, and the cards that they need
	Direct                  // from client to client
	Mailbox                 // by the server
	Channel
)

// Message is what became of a text that was typed.
type Message struct {
	From, To  int // To: -1 for the channel
	Text      string
	Typed     time.Duration
	Seq       uint64
	Direct    int // datagrams from client to client
	Deposits  int // to the server
	Pushes    int // from the server to recipients
	NoAck     bool
	Stored    time.Duration // when the sender knew; 0: it never did
	Delivered time.Duration // likewise
	Refused   string        // why it was not taken, or given up
	Shown     map[int]time.Duration
	Copies    int // that came to a recipient who had it
}

// State is how a message ended, in a word.
func (m *Message) State() string {
	switch {
	case m.Refused != "":
		return "failed: " + m.Refused
	case m.Delivered > 0:
		return "delivered"
	case m.Stored > 0:
		return "stored"
	}
	return "on its way"
}
