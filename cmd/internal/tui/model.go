package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"udpchat/peer"
	"udpchat/wire"
)

// Chat is what the screen asks of the program. Every method but Suspend, Older, Find and Stands returns at once; what was asked is done in order.
type Chat interface {
	// Send sends a text to someone, or to the channel, which is "". What becomes of it at first is told with the ref.
	Send(ref uint64, to, text string)
	// Seen says that these lines of the history were looked at. What was not comes again with the next run.
	Seen(lines []uint64)
	// Enter is a command as it is typed at the prompt.
	Enter(line string)
	// Knows tells whether a word is a command.
	Knows(command string) bool
	// Complete proposes words for the one before the cursor (lineedit.Completer). names are the others'.
	Complete(before, me string, names []string) (from int, words []string)
	// Leave goes offline and ends; Interrupt ends without a word to anyone.
	Leave()
	Interrupt()
	// Suspend gives the terminal to whoever started the program until it is called back. It returns then.
	Suspend()
	// Older reads up to limit messages of a talk: the newest of those before a line of the history, 0 for the newest of all.
	Older(talk string, before uint64, limit int) (Passage, error)
	// Stands tells how it stands with the server, and of the talks with this one.
	Stands(talk string) (peer.Status, error)
	// Find reads the newest messages of all talks, up to limit, in which all the words are.
	Find(words string, limit int) (Passage, error)
}

// Passage is what was read of the history, oldest first.
type Passage struct {
	List    []Past
	Damaged int  // messages that can't be read, and are left out
	More    bool // there may be older ones
}

// Past is a message of the history.
type Past struct {
	Line    uint64
	Talk    string // the other's name; "" for the channel
	From    string // who wrote it; "" is oneself
	Key     wire.Key
	Text    string
	Time    time.Time // the sender's clock
	Arrived time.Time // this client's clock
	Mail    bool      // it waited on the server
	End     End       // what has become of one's own
}

// What the program tells the screen.
type (
	// Began: a client runs under a name.
	Began struct {
		Name string
		Key  wire.Key
	}
	// Notice is something that happened, with the lines that the prompt would show for it.
	Notice struct {
		Notice peer.Notice
		Lines  []string
		Bell   bool // the terminal's bell rings
	}
	// Line is a line of the program's own. Alarm makes it one to look at, as those are that come before there is a client.
	Line struct {
		Text  string
		Alarm bool
	}
	// Tick: some time has passed, and what changes by itself is looked at again.
	Tick struct{}
)

// link is how it stands with the server.
type link uint8

const (
	connecting link = iota
	connected
	offline
	unwelcome // offline, since the name is somebody else's
)

// Model is the whole screen. Update changes it in place: there is one, and Bubble Tea's loop owns it.
type Model struct {
	measure
	chat    Chat
	now     func() time.Time
	me      Began
	talks   *talks
	link    link
	server  string              // its address
	stands  stands              // how it stood when that was asked last
	ref     uint64              // of the last text that was typed
	typed   map[uint64]*message // texts that were typed, by ref, until it is known whether they were taken
	unseen  int                 // lines that were not looked at, in all talks
	crowded bool                // the list has but a few of all
	ends    map[uint64]fate     // of texts of one's own that are not read yet, by line
	recall  int                 // how many steps back among one's own texts; 0: the draft
	draft   string              // what was there before that
	search  *search             // among one's own texts, while there is one
	over    *overlay            // what covers the talk, if anything does

	width, height int
	theme         *theme
	blurred       bool     // the terminal is not looked at
	hint          string   // one line for the moment, until the next key
	asked         bool     // Ctrl-C was pressed once
	left          bool     // one is on the way out: nothing is sent any more
	target        *message // what a search found
	listTop       int      // the first row of the list that is in view
	listFor       *talk    // for which open talk that was chosen
}

// New makes a screen. The clock gives local time.
func New(chat Chat, now func() time.Time) *Model {
	return &Model{chat: chat, now: now, talks: newTalks(), typed: map[uint64]*message{}, ends: map[uint64]fate{}, theme: newTheme(dark), width: 80, height: 24}
}

// Init asks how the terminal looks.
func (m *Model) Init() tea.Cmd { return tea.RequestBackgroundColor }

// Update takes in what happened.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		if m.theme = newTheme(dark); !msg.IsDark() {
			m.theme = newTheme(light)
		}
	case tea.ModeReportMsg:
		m.terminalCounts(msg)
	case tea.FocusMsg:
		m.blurred = false
	case tea.BlurMsg:
		m.blurred = true
	case tea.KeyPressMsg:
		return m, m.key(msg)
	case tea.PasteMsg:
		return m, m.paste(msg.Content)
	case tea.MouseWheelMsg:
		return m, m.wheel(msg)
	case tea.MouseClickMsg:
		return m, m.click(msg)
	case Began:
		return m, m.begin(msg)
	case Notice:
		m.notice(msg)
		if msg.Bell {
			m.look()
			return m, tea.Batch(m.reach(), tea.Raw("\a"))
		}
	case Line:
		m.say(msg.Text, msg.Alarm || m.me.Name == "")
	case older:
		m.readOlder(msg)
	case finding:
		m.readFound(msg)
	case Tick:
		return m, m.askHow()
	case stands:
		m.stands = msg
	}
	m.look()
	return m, m.reach()
}

// look: what is in view counts as seen.
func (m *Model) look() {
	if t := m.talks.open; !m.blurred && m.over == nil && t.low == nil {
		m.seen(t)
	}
}
