package tui

import (
	"slices"
	"time"

	"udpchat/cmd/internal/plain"
)

// everyone is the name of the channel's talk: no person can have it.
const everyone = ""

// state is what has become of a text of one's own.
type state uint8

const (
	received  state = iota // it is someone else's
	waiting                // typed; it is not on disk yet
	sending                // on disk, on its way
	held                   // stays here for now, and is tried again
	stored                 // the server has it on disk
	delivered              // it is in the recipient's history
	failed                 // given up, or not taken
)

// marks are how states look, with their words.
var marks = [...]struct {
	sign, word string
	style      style
}{
	received:  {"", "", plainStyle},
	waiting:   {"…", "waiting", faint},
	sending:   {"…", "sending", faint},
	held:      {"…", "kept here", warn},
	stored:    {"✓", "stored", faint},
	delivered: {"✓✓", "delivered", good},
	failed:    {"✗", "not sent", bad},
}

// message is something in a talk: a text, or a line of the program's own.
type message struct {
	line  uint64 // its order in the history; 0 when it has none
	from  string // who wrote it; "" is oneself
	hue   uint8  // of who wrote it
	text  string // as it came
	at    time.Time
	state state
	why   string // a sentence for state held and failed
	tags  string // what is to be known before it is read: "(late) "
	held  time.Duration
	note  bool // a line of the program's own; alarm makes it one to look at
	alarm bool

	rows   int   // how many rows it took
	rowsAt shape // on such a page; the zero value: not known
}

func (msg *message) become(s state, why string) { msg.state, msg.why, msg.rowsAt = s, why, shape{} }

// talk is what is said with one person, or in the channel.
type talk struct {
	name     string
	folded   string // the name in small letters
	hue      uint8
	listed   bool // in the server's table
	online   bool
	messages []*message
	input    input

	unread int
	unseen []uint64 // lines of the history that were not looked at
	fresh  *message // the first one that was not seen when the talk was opened: a rule stands before it

	low    *message // the one that the view ends with; nil follows what comes
	hidden int      // rows of it below the view

	spoken   bool // the history has something of it
	complete bool // nothing older is on disk
	asked    bool // older ones are being read
}

// title is how a talk is called.
func (t *talk) title() string {
	if t.name == everyone {
		return "everyone"
	}
	return plain.Name(t.name)
}

// alive: there is something in it.
func (t *talk) alive() bool {
	return t.spoken || len(t.messages) > 0 || !t.input.empty() || t.name == everyone
}

// add puts a message at the end.
func (t *talk) add(msg *message) { t.messages = append(t.messages, msg) }

// precede puts older messages before those that are there.
func (t *talk) precede(older []*message) {
	if len(t.messages) > 0 {
		t.messages[0].rowsAt = shape{} // it begins a group no more
	}
	t.messages = append(older, t.messages...)
}

// forgetRule takes the rule before the new ones away.
func (t *talk) forgetRule() {
	if t.fresh != nil {
		t.fresh.rowsAt = shape{}
		t.fresh = nil
	}
}

// find gives the message of a line of the history; nil when it is not there.
func (t *talk) find(line uint64) *message {
	for i := len(t.messages) - 1; i >= 0 && line > 0; i-- {
		if t.messages[i].line == line {
			return t.messages[i]
		}
	}
	return nil
}

// own gives one's own text that is so many before the end, from 1 on.
func (t *talk) own(n int) (text string, ok bool) {
	for _, msg := range slices.Backward(t.messages) {
		if msg.from == "" && !msg.note {
			if n--; n == 0 {
				return msg.text, true
			}
		}
	}
	return "", false
}

// drop takes a message away.
func (t *talk) drop(msg *message) {
	if i := slices.Index(t.messages, msg); i >= 0 {
		t.messages = slices.Delete(t.messages, i, i+1)
		t.layAgain()
	}
}

// layAgain: what rows the messages take is not known any more.
func (t *talk) layAgain() {
	for _, msg := range t.messages {
		msg.rowsAt = shape{}
	}
}
