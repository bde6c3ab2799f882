package tui

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"udpchat/peer"
	"udpchat/wire"
)

// noon is when the tests are.
var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// world is a screen, the chat behind it, and who uses it.
type world struct {
	*Model
	t         *testing.T
	now       time.Time
	done      []string // what was asked of the chat
	seenLines []uint64 // what it was told of
	past      []Past   // the history, oldest first
	err       error    // of reading it
	reads     int
	stood     peer.Status // how it stands
	line      uint64      // the last one given
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: noon, line: 1000}
	w.Model = New(w, func() time.Time { return w.now })
	w.size(80, 24)
	return w
}

// here is a world that is connected, in which others are: those with a minus are not there now.
func here(t *testing.T, others ...string) *world {
	w := newWorld(t)
	w.begins()
	w.table(others...)
	return w
}

func (w *world) begins() {
	w.sees(Began{Name: "alice", Key: keyOf("alice")})
	w.told(peer.Welcome{Name: "alice"})
}

func (w *world) table(others ...string) {
	server := netip.MustParseAddrPort("192.0.2.10:9999")
	all := []peer.Contact{{Key: keyOf("alice"), Name: "alice", Online: true}}
	for _, o := range others {
		name, away := strings.CutPrefix(o, "-")
		all = append(all, peer.Contact{Key: keyOf(name), Name: name, Online: !away})
	}
	w.told(peer.Table{Server: server, All: all})
}

func keyOf(name string) (k wire.Key) {
	copy(k[:], name)
	return k
}

func (w *world) Send(ref uint64, to, text string) {
	w.done = append(w.done, fmt.Sprintf("send %d %s: %s", ref, to, text))
}
func (w *world) Seen(lines []uint64) { w.seenLines = append(w.seenLines, lines...) }
func (w *world) Enter(line string)   { w.done = append(w.done, "enter "+line) }
func (w *world) Leave()              { w.done = append(w.done, "leave") }
func (w *world) Interrupt()          { w.done = append(w.done, "interrupt") }
func (w *world) Suspend()            { w.done = append(w.done, "suspend") }

func (w *world) Older(talk string, before uint64, limit int) (Passage, error) {
	w.reads++
	return w.read(limit, func(p Past) bool { return p.Talk == talk && (before == 0 || p.Line < before) })
}

func (w *world) Stands(talk string) (peer.Status, error) {
	s := w.stood
	s.Talks = nil
	for _, t := range w.stood.Talks {
		if t.Name == talk {
			s.Talks = append(s.Talks, t)
		}
	}
	return s, nil
}

// Knows the commands that these tests type.
func (w *world) Knows(command string) bool {
	return slices.Contains(strings.Fields("dereg help peers quit search send to trust verify"), command)
}

// Complete knows three commands.
func (w *world) Complete(before, me string, names []string) (from int, words []string) {
	from = strings.LastIndex(before, " ") + 1
	if from == 0 && before[0] == '/' {
		names = []string{"/send", "/send_all", "/verify"}
	} else if before[from:] != "" && before[from] == '@' {
		for i := range names {
			names[i] = "@" + names[i]
		}
	}
	for _, n := range names {
		if strings.HasPrefix(n, before[from:]) && n != me {
			words = append(words, n)
		}
	}
	return from, words
}

func (w *world) Find(words string, limit int) (Passage, error) {
	return w.read(limit, func(p Past) bool {
		return !slices.ContainsFunc(strings.Fields(words), func(word string) bool { return !strings.Contains(p.Text, word) })
	})
}

func (w *world) read(limit int, is func(Past) bool) (got Passage, err error) {
	for _, p := range slices.Backward(w.past) {
		if !is(p) {
			continue
		}
		if len(got.List) == limit {
			got.More = true
			break
		}
		got.List = append(got.List, p)
	}
	slices.Reverse(got.List)
	return got, w.err
}

// sees gives the screen a message, and those that come of it.
func (w *world) sees(msg tea.Msg) {
	_, cmd := w.Update(msg)
	w.run(cmd)
}

func (w *world) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			w.run(c)
		}
	default:
		w.sees(msg)
	}
}

func (w *world) told(n peer.Notice, lines ...string) { w.sees(Notice{Notice: n, Lines: lines}) }

func (w *world) size(width, height int) { w.sees(tea.WindowSizeMsg{Width: width, Height: height}) }

// arrives brings a message from someone, or with a # before the name a post of theirs.
func (w *world) arrives(from, text string) {
	name, post := strings.CutPrefix(from, "#")
	w.line++
	w.told(peer.Arrived{Line: w.line, From: name, Text: text, Time: w.now.UnixMicro(), Post: post})
}

// sends types a text and presses Enter; it is accepted. It gives the line.
func (w *world) sends(text string) uint64 {
	w.types(text)
	w.press("enter")
	w.line++
	w.told(peer.Accepted{Ref: w.ref, Line: w.line, To: w.talks.open.name, Text: text})
	return w.line
}

func (w *world) types(text string) {
	for _, r := range text {
		w.sees(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var codes = map[string]rune{"enter": tea.KeyEnter, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
	"right": tea.KeyRight, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "esc": tea.KeyEscape, "f1": tea.KeyF1}

// press presses keys, as Bubble Tea calls them.
func (w *world) press(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		var msg tea.KeyPressMsg
		parts := strings.Split(k, "+")
		for _, mod := range parts[:len(parts)-1] {
			msg.Mod |= map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift}[mod]
		}
		last := parts[len(parts)-1]
		if msg.Code = cmp.Or(codes[last], []rune(last)[0]); msg.Keystroke() != k {
			w.t.Fatalf("%q is the key %q", k, msg.Keystroke())
		}
		w.sees(msg)
	}
}

// rows is the screen as text.
func (w *world) rows() []string {
	rows := strings.Split(ansi.Strip(w.View().Content), "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return rows
}

// shows fails unless the text is on the screen; it gives its row.
func (w *world) shows(text string) int {
	w.t.Helper()
	rows := w.rows()
	i := slices.IndexFunc(rows, func(r string) bool { return strings.Contains(r, text) })
	if i < 0 {
		w.t.Fatalf("%q is not on the screen:\n%s", text, strings.Join(rows, "\n"))
	}
	return i
}

func (w *world) hides(text string) {
	w.t.Helper()
	if rows := strings.Join(w.rows(), "\n"); strings.Contains(rows, text) {
		w.t.Fatalf("%q is on the screen:\n%s", text, rows)
	}
}
