package chaos

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// ledger is what became of every text, by what is written in it: no identity of the protocol is trusted, and no line of what the
// program says about its messages. It is safe from any goroutine.
type ledger struct {
	people []string

	mu       sync.Mutex
	messages []*message
	byTag    map[string]*message
	runs     map[string]int // of each person's program, so far; the present one
	last     map[place]int  // number of the last text shown in order, by place
	wrong    []string
	figures  figures
	met      map[string]bool // "who name": somebody's table had this name
	told     map[string]int  // lines about messages, by what they say: for the report only
}

// figures are what a test reports.
type figures struct{ typed, accepted, due, shown, marked, again, late, lost, duplicated, phantom int }

// message is a line that was typed.
type message struct {
	number   int
	from, to string // to is "" for the channel
	text     string
	typed    time.Time
	accepted bool                 // it is on its sender's disk
	shown    map[string]int       // the run that showed it last, by who read it; counted from 1
	seen     map[string]time.Time // when it was read first
}

func (m *message) String() string {
	to := m.to
	if to == "" {
		to = "the channel"
	}
	return fmt.Sprintf("text %d from %s to %s", m.number, m.from, to)
}

// place is where the texts of one sender must be in order: on one screen, in one run, direct or from the channel.
type place struct {
	who, from string
	run       int
	post      bool
}

func newLedger(people ...string) *ledger {
	return &ledger{people: people, byTag: map[string]*message{}, runs: map[string]int{}, last: map[place]int{},
		told: map[string]int{}, met: map[string]bool{}}
}

// writes makes a text, of a size that tells whether it came whole. random makes it unlike all others.
func (l *ledger) writes(from, to string, random uint64, size int) *message {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := &message{number: len(l.messages) + 1, from: from, to: to, typed: time.Now(), shown: map[string]int{}, seen: map[string]time.Time{}}
	tag := fmt.Sprintf("#%s-%d-%08x", from, m.number, uint32(random))
	m.text = tag + "."
	if size > len(m.text) {
		m.text += strings.Repeat(string(rune('a'+m.number%26)), size-len(m.text))
	}
	l.messages, l.byTag[tag] = append(l.messages, m), m
	l.figures.typed++
	return m
}

func (l *ledger) fail(format string, args ...any) {
	l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
}

// reading makes these the ones who have to read the channel from now on.
func (l *ledger) reading(people ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.people = people
}

// starts notes that somebody's program starts, and gives the number of the run.
func (l *ledger) starts(who string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runs[who]++
	run, noted := l.runs[who], time.Now().Add(-remembers)
	for _, m := range l.messages {
		if at := m.seen[who]; !at.IsZero() && at.Before(noted) {
			p := place{who, m.from, run, m.to == ""}
			l.last[p] = max(l.last[p], m.number)
		}
	}
	return run
}

// remembers is longer than it takes from a line on the screen to its note on the disk, also when the program is frozen in between
// and killed, and then stays away for a while: what was read so long before a start is known to the program that starts.
const remembers = 8 * time.Second

var (
	tagPattern  = regexp.MustCompile(`#[a-z]+-[0-9]+-[0-9a-f]{8}`)
	timePattern = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} `)
	// said are the lines that hold no text.
	said = regexp.MustCompile(`^(` + strings.Join([]string{
		`Client IP->.*`, `Server IP->.*`, `\[Server key on first use: [a-z ]+\]`, `SERVER: \[Welcome, you are registered\.\]`,
		`\[Client table updated\.\]`, `\S+ @ \S+ is (ONLINE|OFFLINE)`, `\[[0-9]+ clients, [0-9]+ online: peers lists them\.\]`, `\[Message received by \w+\.\]`,
		`SERVER: \[Message received by the server and saved\]`, `\[No ACK from \w+, message sent to server\.\]`, `\[Client \w+ exists!!\]`,
		`SERVER: \[You have messages\]`, `\[[0-9]+ messages? kept: sent at the next start\.\]`, `\[[0-9]+ earlier messages? not known to be delivered: .*\]`, `\[Nothing is waiting to be sent\.\]`,
		`\[[0-9]+ messages? not sent, and not kept\.\]`,
		`\[Server not responding\.\]`, `\[Exiting\.\]`, `\[You are Offline\. Bye\.\]`, `\[.*: the message to \w+ is kept here and tried again\.\]`,
		`\[Unknown peer: \w+\]`, // one that was not met before the kill, and the table has not come yet: the text is not accepted
		`SERVER: ERROR: too much to do now: \w+ is asked for again`, // the server's disk is frozen with it, or is slow
		`\[\w+ was not here with this version .* is kept here until \w+ comes\.\]`,
	}, "|") + `)$`)
)

// line takes a line that somebody's program printed.
func (l *ledger) line(who string, run int, line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tag := tagPattern.FindString(line)
	if tag == "" {
		if !said.MatchString(line) {
			l.fail("strange: %s reads %.120q", who, line)
		}
		l.tell(who, line)
		return
	}
	m := l.byTag[tag]
	if m == nil {
		l.figures.phantom++
		l.fail("phantom: %s reads %.120q, which nobody typed", who, line)
		return
	}
	rest, again := strings.CutPrefix(line, "↻ ")
	rest, late := strings.CutPrefix(rest, "(late) ")
	l.check(m, who, rest)
	l.appears(m, who, run, again)
	l.inOrder(m, who, run, late, again)
}

// tell counts lines about messages, and notes who is known to whom. The server's receipt stands before a line of its own when it is
// about a direct text.
func (l *ledger) tell(who, line string) {
	name, _, row := strings.Cut(line, " @ ")
	switch {
	case row:
		l.met[who+" "+name] = true
	case line == "[Message received by SERVER.]":
		l.told["posted"]++
	case line == "SERVER: [Message received by the server and saved]":
		l.told["posted"]--
		l.told["stored"]++
	case strings.HasPrefix(line, "[Message received by "):
		l.told["received"]++
	}
}

// check compares a line, without its marks, with what it has to be: marks of doubt are wrong too.
func (l *ledger) check(m *message, who, rest string) {
	before, after := m.from+": ", ""
	if m.to == "" {
		before, after = "[Channel_Message "+m.from+": ", "]"
	}
	body, right := strings.CutPrefix(rest, before)
	body = timePattern.ReplaceAllLiteralString(body, "")
	if !right || body != m.text+after {
		l.fail("altered: %s reads %.120q, which is %v", who, rest, m)
	}
	if m.to != "" && m.to != who || m.to == "" && m.from == who {
		l.figures.phantom++
		l.fail("astray: %s reads %v", who, m)
	}
}

// appears counts. Only a line that says so may be a second one, and only in a later run of the program.
func (l *ledger) appears(m *message, who string, run int, again bool) {
	before := m.shown[who]
	m.shown[who] = run
	if again {
		l.figures.marked++
	}
	switch {
	case again && run == 1:
		l.fail("marked: %s reads %v as if its program had been killed, which it was not", who, m)
	case before == 0:
		l.figures.shown++
		m.seen[who] = time.Now()
	case again && run > before:
		l.figures.again++
	default:
		l.figures.duplicated++
		l.fail("duplicated: %s reads %v in run %d, marked: %t, and has read it in run %d", who, m, run, again, before)
	}
}

// inOrder: a post that is read again does not remember what earlier runs showed.
func (l *ledger) inOrder(m *message, who string, run int, late, again bool) {
	if again && m.to == "" {
		return
	}
	p := place{who, m.from, run, m.to == ""}
	switch last := l.last[p]; {
	case late:
		l.figures.late++
	case last > m.number:
		l.fail("order: %s reads %v after %v", who, m, l.messages[last-1])
	default:
		l.last[p] = m.number
	}
}

// accepts notes what is on somebody's disk as sent.
func (l *ledger) accepts(who, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.byTag[tagPattern.FindString(text)]
	switch {
	case m == nil || m.from != who || m.text != text:
		l.fail("accepted: %s has %.80q on its disk, which it did not type", who, text)
	case m.accepted:
		l.fail("accepted: %s has %v on its disk twice", who, m)
	default:
		m.accepted = true
		l.figures.accepted++
	}
}

// missing are accepted texts that somebody has not read who should, with their readers.
func (l *ledger) missing() (list []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.figures.due, l.figures.lost = 0, 0
	for _, m := range l.messages {
		if !m.accepted {
			continue
		}
		for _, who := range l.readers(m) {
			l.figures.due++
			if m.shown[who] == 0 {
				l.figures.lost++
				list = append(list, fmt.Sprintf("lost: %s has not read %v", who, m))
			}
		}
	}
	return list
}

func (l *ledger) readers(m *message) []string {
	if m.to != "" {
		return []string{m.to}
	}
	return slices.DeleteFunc(slices.Clone(l.people), func(who string) bool { return who == m.from })
}

// audit gives all that is wrong, at the end: what was read must have been accepted, too.
func (l *ledger) audit() []string {
	lost := l.missing()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.messages {
		if !m.accepted && len(m.shown) > 0 {
			l.figures.phantom++
			l.fail("phantom: %v was read, and is not on its sender's disk", m)
		}
	}
	return append(l.wrong, lost...)
}
