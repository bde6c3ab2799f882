package tui

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"udpchat/peer"
	"udpchat/wire"
)

var update = flag.Bool("update", false, "write what the screens look like into testdata")

// sizes are the smallest screen that is usable, the usual one, and the largest that is tried.
var sizes = [][2]int{{40, 10}, {80, 24}, {200, 50}}

var scenes = []struct {
	name string
	play func(t *testing.T) *world
}{
	{"talk", talking},
	{"alone", func(t *testing.T) *world { return here(t) }},
	{"connecting", func(t *testing.T) *world {
		w := newWorld(t)
		w.sees(Began{Name: "alice", Key: keyOf("alice")})
		w.types("already typed")
		return w
	}},
	{"away", func(t *testing.T) *world {
		w := here(t, "bob", "-carol")
		w.press("tab", "tab")
		return w
	}},
	{"help", func(t *testing.T) *world {
		w := here(t, "bob")
		w.press("f1")
		return w
	}},
	{"people", func(t *testing.T) *world {
		w := talking(t)
		w.press("ctrl+t")
		return w
	}},
	{"search", func(t *testing.T) *world {
		w := here(t, "bob", "carol")
		w.past = []Past{{Line: 1, Talk: "bob", From: "bob", Key: keyOf("bob"), Text: "the key is under the mat", Time: noon.AddDate(0, -2, 0)},
			{Line: 2, Talk: "", From: "carol", Key: keyOf("carol"), Text: "who has\nthe key?", Time: noon.Add(-time.Hour)},
			{Line: 3, Talk: "bob", Text: "I have the key", Time: noon.Add(-time.Minute)}}
		w.press("ctrl+f")
		w.types("key")
		return w
	}},
	{"recall", func(t *testing.T) *world {
		w := talking(t)
		w.press("ctrl+r")
		w.types("three")
		return w
	}},
	{"damaged", func(t *testing.T) *world {
		w := newWorld(t)
		w.err = errors.New("read history: it is damaged")
		w.begins()
		w.table("bob")
		return w
	}},
}

// talking is a talk with everything in it that a talk can have.
func talking(t *testing.T) *world {
	w := here(t, "bob", "carol", "-dave", "小明", "eve", "-frank")
	w.stood = peer.Status{RoundTrip: 400 * time.Microsecond, Talks: []peer.TalkStatus{{Name: "bob", RoundTrip: 1234 * time.Microsecond}}}
	w.past = []Past{{Line: 1, Talk: "bob", From: "bob", Key: keyOf("bob"), Text: "See you tomorrow.", Time: noon.Add(-16 * time.Hour), Arrived: noon.Add(-16 * time.Hour)},
		{Line: 2, Talk: "bob", Text: "Yes. 日本語のテキスト too.", Time: noon.Add(-16 * time.Hour), End: Delivered},
		{Line: 3, Talk: "bob", From: "bob", Key: keyOf("bob"), Text: "Are you there?", Time: noon.Add(-3 * time.Hour), Arrived: noon, Mail: true}}
	w.arrives("#carol", "Coffee in ten minutes ☕")
	w.arrives("dave", "ping")
	w.open(w.talks.get("bob"))
	w.press("esc")
	first := w.sends("Good morning! Just arrived, the train was late again, and then there was no coffee.")
	second := w.sends("I have\nthree things")
	third := w.sends("for you 👨‍👩‍👧‍👦")
	w.told(peer.Delivered{Line: first, To: "bob"})
	w.told(peer.Delivered{Line: second, To: "bob"})
	w.told(peer.Stored{Line: third, To: "bob"})
	w.now = w.now.Add(time.Minute)
	kept := w.sends("This one has to wait.")
	w.told(peer.Kept{Line: kept, To: "bob", Why: wire.FullMailbox}, "[Mailbox is full: the message to bob is kept here and tried again.]")
	w.types("Not this one")
	w.press("enter")
	w.told(peer.Blocked{Ref: w.ref, Name: "bob"}, "[Message not sent: the key of bob has changed. Compare with: verify bob, accept with: trust bob]")
	w.arrives("bob", "Oh, really?")
	w.arrives("小明", "你好，世界")
	w.arrives("小明", "👋🏽")
	w.types("And what do you")
	return w
}

// Every scene at every size, as it was when somebody looked at it and found it good. -update writes them anew.
func TestScreens(t *testing.T) {
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			w := s.play(t)
			var all strings.Builder
			for _, size := range sizes {
				w.size(size[0], size[1])
				v := w.View()
				at := "none"
				if v.Cursor != nil {
					at = fmt.Sprintf("%d,%d", v.Cursor.X, v.Cursor.Y)
				}
				fmt.Fprintf(&all, "-- %dx%d, cursor %s --\n%s\n", size[0], size[1], at, strings.Join(w.rows(), "\n"))
			}
			file := filepath.Join("testdata", s.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(all.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if all.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", all.String(), want)
			}
		})
	}
}
