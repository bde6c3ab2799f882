package lab

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Line is something that someone does, at a time after everybody was registered.
type Line struct {
	At   time.Duration
	Who  string
	Do   string // send, send_all, dereg, reg, unplug or plug
	To   string // of send
	Text string // of send and send_all
}

// maxAt is how late a script may go on.
const maxAt = 10 * time.Minute

// maxText is how long a text of a script may be, in bytes: it has one part, and the screen room for it.
const maxText = 200

// Conversation is what happens when no script says otherwise: everybody writes to the next one, the last writes to all, and the
// second is away for a while when the first writes to it.
func Conversation(clients int) []Line {
	names := Names(clients)
	var s []Line
	at := 100 * time.Millisecond
	for i, name := range names {
		s = append(s, Line{at, name, "send", names[(i+1)%clients], fmt.Sprintf("hello from %s", name)})
		at += 200 * time.Millisecond
	}
	at += 500 * time.Millisecond
	s = append(s, Line{at, names[clients-1], "send_all", "", "lunch?"})
	at += time.Second
	return append(s,
		Line{at, names[1], "unplug", "", ""},
		Line{at + 100*time.Millisecond, names[0], "send", names[1], "are you there?"},
		Line{at + 2*time.Second, names[1], "plug", "", ""})
}

// Parse reads a script, a line each: TIME NAME COMMAND, as in "1.5s ann send bob hello". Empty lines and those that begin with # say
// nothing. The error names the line.
func Parse(r io.Reader, names []string) ([]Line, error) {
	var script []Line
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		text := strings.TrimSpace(in.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		l, err := parseLine(text)
		if err == nil {
			err = check([]Line{l}, names)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		script = append(script, l)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("read script: %w", err)
	}
	if len(script) == 0 {
		return nil, fmt.Errorf("no line: write TIME NAME COMMAND, as in 1.5s ann send bob hello")
	}
	return script, nil
}

func parseLine(text string) (l Line, err error) {
	word := func() (w string) {
		w, text, _ = strings.Cut(text, " ")
		text = strings.TrimLeft(text, " ")
		return w
	}
	at := word()
	if l.At, err = time.ParseDuration(at); err != nil {
		return l, fmt.Errorf("%q is no time: write it like 500ms or 1.5s", at)
	}
	l.Who, l.Do = word(), word()
	switch l.Do {
	case "send":
		l.To, l.Text = word(), text
	case "send_all":
		l.Text = text
	default:
		if text != "" {
			return l, fmt.Errorf("%q behind %s, which takes nothing", text, l.Do)
		}
	}
	return l, nil
}

// check says what is wrong with a script for these clients.
func check(script []Line, names []string) error {
	all := strings.Join(names, ", ")
	for _, l := range script {
		switch {
		case l.At < 0 || l.At > maxAt:
			return fmt.Errorf("%v is no time from 0 to %v", l.At, maxAt)
		case !slices.Contains(names, l.Who):
			return fmt.Errorf("%q is none of %s", l.Who, all)
		case !slices.Contains([]string{"send", "send_all", "dereg", "reg", "unplug", "plug"}, l.Do):
			return fmt.Errorf("%q is no command: use send NAME TEXT, send_all TEXT, dereg, reg, unplug or plug", l.Do)
		case l.Do == "send" && (!slices.Contains(names, l.To) || l.To == l.Who):
			return fmt.Errorf("%q is nobody that %s can write to: the others are among %s", l.To, l.Who, all)
		case strings.HasPrefix(l.Do, "send") && (l.Text == "" || len(l.Text) > maxText):
			return fmt.Errorf("a text of %d bytes: 1 to %d are possible", len(l.Text), maxText)
		}
	}
	return nil
}

// act lets someone do something.
func (w *world) act(l Line) {
	p := w.parties[slices.Index(w.story.Parties, l.Who)]
	switch l.Do {
	case "send", "send_all":
		w.ledger.typed(p, l)
	case "dereg":
		w.tell(p, Typed, "dereg "+p.name)
		p.gone = true
		p.step(func(now time.Time) { p.guest.Deregister(now, p.name) })
	case "reg":
		w.tell(p, Typed, "reg "+p.name)
		p.gone = false
		p.step(p.guest.Register)
	case "unplug":
		w.tell(p, Plug, "unplugged")
		p.unplugged = true
	case "plug":
		w.tell(p, Plug, "plugged in again")
		p.unplugged = false
	}
}
