package tui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"udpchat/peer"
	"udpchat/wire"
)

// remembers fills the history of bob's talk.
func (w *world) remembers(n int) {
	for i := range n {
		w.past = append(w.past, Past{Line: uint64(i + 1), Talk: "bob", From: "bob", Key: keyOf("bob"), Text: fmt.Sprintf("message %d.", i),
			Time: noon.Add(time.Duration(i-n) * time.Minute), Arrived: noon})
	}
}

// The history is read as far as it is looked at, a page at a time, and no message is there twice.
func TestScrollIntoHistory(t *testing.T) {
	w := newWorld(t)
	w.remembers(1000)
	w.begins()
	w.table("bob")
	w.press("tab")
	w.shows("message 999.")
	reads := w.reads
	w.arrives("bob", "now")
	if w.reads > reads+1 {
		t.Errorf("%d reads for one message", w.reads-reads)
	}
	if n := len(w.talks.open.messages); n > 2*pageOfPast+1 {
		t.Errorf("%d messages were read to show one screen", n)
	}
	for range 300 {
		w.press("pgup")
	}
	w.shows("message 0.")
	seen := map[uint64]bool{}
	for _, msg := range w.talks.open.messages {
		if seen[msg.line] {
			t.Fatalf("line %d is there twice", msg.line)
		}
		seen[msg.line] = true
	}
	if len(seen) != 1001 {
		t.Errorf("%d messages", len(seen))
	}
}

// What the history has already is not shown again when it is told.
func TestToldAndRead(t *testing.T) {
	w := newWorld(t)
	w.remembers(3)
	w.begins()
	w.told(peer.Arrived{Line: 3, From: "bob", Text: "message 2.", Time: noon.UnixMicro(), Again: true})
	w.table("bob")
	w.press("tab")
	w.told(peer.Arrived{Line: 2, From: "bob", Text: "message 1.", Time: noon.UnixMicro()})
	if n := len(w.talks.open.messages); n != 3 {
		t.Errorf("%d messages", n)
	}
	w.shows("message 2.")
}

// A text that an earlier run sent has the mark that is told of it now, also when it is read after that.
func TestEndsOfThePast(t *testing.T) {
	w := newWorld(t)
	w.past = []Past{{Line: 1, Talk: "bob", Text: "delivered", Time: noon, End: Delivered}, {Line: 2, Talk: "bob", Text: "stored", Time: noon, End: Open},
		{Line: 3, Talk: "bob", Text: "open", Time: noon, End: Open}, {Line: 4, Talk: "bob", Text: "given up", Time: noon, End: GivenUp},
		{Line: 5, Talk: "bob", Text: "silent", Time: noon}, {Line: 6, Talk: "bob", Text: "refused", Time: noon, End: Open}}
	w.size(120, 24)
	w.begins()
	w.told(peer.Stored{Line: 2, To: "bob", Again: true})
	w.told(peer.Kept{Line: 6, To: "bob", Why: wire.FullMailbox}, "[Mailbox is full: the message to bob is kept here and tried again.]")
	w.table("bob")
	w.press("tab")
	for _, want := range []string{"delivered ✓✓ delivered", "stored ✓ stored", "open … sending", "given up ✗ not sent", "silent", "refused … kept here"} {
		text := strings.Fields(want)[0]
		got := ""
		for _, r := range w.rows() {
			if _, r, _ = strings.Cut(r, "│"); strings.Contains(r, " "+text) {
				got = strings.Join(strings.Fields(r), " ")
				break
			}
		}
		if !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	w.shows("Mailbox is full: the message to bob is kept here and tried again.")
	w.shows("1 on the way · 1 kept here")
	w.shows("It was given up. Up brings it back, Enter sends it again.")
}

// A history that can't be read says so once, and the talk goes on.
func TestHistoryFails(t *testing.T) {
	w := newWorld(t)
	w.err = errors.New("read history: broken")
	w.begins()
	w.table("bob")
	w.press("tab", "pgup", "pgup", "pgup")
	if n := strings.Count(strings.Join(w.rows(), "\n"), "The history can't be read: read history: broken"); n != 1 {
		t.Errorf("said %d times", n)
	}
	w.arrives("bob", "hi")
	w.shows("hi")
}

func TestDamagedHistory(t *testing.T) {
	w := here(t, "bob")
	w.size(120, 24)
	w.sees(older{began: w.me, talk: everyone, Passage: Passage{Damaged: 2}})
	w.shows("2 messages of the history are damaged, and left out.")
}

// A search finds in all talks, newest first, and opens the place, also one that was not read yet.
func TestSearch(t *testing.T) {
	w := newWorld(t)
	w.remembers(1000)
	w.past[5].Text = "a needle among them"
	w.begins()
	w.table("bob")
	w.press("ctrl+f")
	w.shows("Type words")
	w.types("among needle")
	w.shows("▸")
	w.press("enter")
	w.shows("a needle among them")
	w.hides("message 999.")
	w.shows("Esc: to the end")
	if w.talks.open.name != "bob" {
		t.Error(w.talks.open.name)
	}
	w.press("esc")
	w.shows("message 999.")
	w.press("ctrl+f")
	w.types("nobody wrote that")
	w.shows("No message has all of these words.")
	w.press("ctrl+u")
	w.shows("Type words")
	w.types("message")
	w.press("down", "down", "up", "enter")
	w.shows("message 998.")
	w.press("ctrl+f", "ctrl+c")
	w.hides("Search")
	w.types("/search 700.")
	w.press("enter")
	w.shows("message 700.")
}

func TestPeople(t *testing.T) {
	w := here(t, "bob", "carol", "dora")
	w.press("ctrl+t")
	w.types("DO")
	w.hides("▸ ● carol")
	w.press("enter")
	w.shows("● dora  online")
	w.press("ctrl+t")
	w.types("x")
	w.shows("Nobody is called that.")
	w.press("enter", "backspace", "down", "enter")
	w.shows("● bob  online")
	w.told(peer.Table{Asked: true})
	w.shows(" Talks")
}

// In a crowd the list has but a few: that is said once, and how any other name is used.
func TestCrowd(t *testing.T) {
	w := newWorld(t)
	w.begins()
	table := peer.Table{Clients: 10_000, Present: 4_321, First: true, All: []peer.Contact{{Key: keyOf("alice"), Name: "alice", Online: true}}}
	w.told(table)
	w.told(table)
	w.shows("10000 clients, 4321 online: only those you have to")
	notes := 0
	for _, m := range w.talks.open.messages {
		if strings.Contains(m.text, "10000 clients") {
			notes++
		}
	}
	if notes != 1 {
		t.Errorf("said %d times", notes)
	}
	w.types("/to zoe")
	w.press("enter")
	w.shows("zoe is not listed: /send zoe TEXT asks the server")
}

func TestHelp(t *testing.T) {
	w := here(t)
	w.size(40, 10)
	w.press("f1")
	w.shows("Help")
	for range 60 {
		w.press("down")
	}
	w.shows("✗  not sent")
	w.types("x")
	w.press("esc")
	w.shows("Message to everyone")
}

func TestMouse(t *testing.T) {
	w := here(t, "bob", "carol")
	w.press("tab")
	for i := range numbered {
		w.arrives("bob", fmt.Sprintf("message %d.", i))
	}
	click := func(x, y int) { w.sees(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	wheel := func(x int, b tea.MouseButton) { w.sees(tea.MouseWheelMsg{X: x, Y: 8, Button: b}) }
	for range 4 {
		wheel(50, tea.MouseWheelUp)
	}
	if got := w.lastShown(); got != 47 {
		t.Errorf("after 12 rows up the last one is %d", got)
	}
	wheel(50, tea.MouseWheelDown)
	if got := w.lastShown(); got != 50 {
		t.Errorf("after 3 rows down the last one is %d", got)
	}
	click(3, w.shows("● carol"))
	w.shows("Message to carol")
	click(3, w.shows("also here")-1)
	click(3, w.shows("● bob"))
	w.shows("Message to bob")
	w.types("hello")
	click(inputMargin+2, w.height-3)
	w.types("|")
	w.shows("he|llo")
	w.press("ctrl+t")
	click(30, w.shows("│   ● carol"))
	w.shows("Message to carol")
	w.size(40, 10)
	click(5, 0)
	w.shows(" Talks")
	click(5, 3)
	w.shows("Message to everyone")
}

// A list of many is put in order once, and not with each name: 20,000 took half a minute.
func TestManyNames(t *testing.T) {
	w := newWorld(t)
	w.begins()
	names := make([]string, 20_000)
	for i := range names {
		names[i] = fmt.Sprintf("Client%d", i*7919%len(names))
	}
	start := time.Now()
	w.table(names...)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("the table took %v", took)
	}
	if got := w.talks.all[1].name; got != "Client0" {
		t.Errorf("the first one is %s", got)
	}
}

// With hundreds of clients the list scrolls with the talk that is open, and by the wheel.
func TestLongList(t *testing.T) {
	w := newWorld(t)
	w.begins()
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprintf("n%03d", i))
	}
	w.table(names...)
	w.shows("↓ ")
	w.hides("n200")
	w.open(w.talks.get("n200"))
	w.shows("▌● n200")
	for range 100 {
		w.sees(tea.MouseWheelMsg{X: 3, Y: 8, Button: tea.MouseWheelDown})
	}
	w.shows("● n299")
	w.sees(tea.MouseWheelMsg{X: 3, Y: 8, Button: tea.MouseWheelUp})
	w.hides("● n299")
}
