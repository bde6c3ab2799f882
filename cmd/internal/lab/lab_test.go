package lab

import (
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"udpchat/cmd/internal/explain"
)

// play runs a conversation, with texts by everybody to everybody.
func play(t *testing.T, cfg Config) *Story {
	t.Helper()
	s, err := Run(cfg)
	if err != nil {
		t.Fatalf("seed %d: %v", cfg.Seed, err)
	}
	return s
}

// On a network without faults every message takes its shortest way, once.
func TestWithoutFaults(t *testing.T) {
	s := play(t, Config{Clients: 3, Delay: 10 * time.Millisecond, Seed: 1, Script: []Line{
		{100 * time.Millisecond, "ann", "send", "bob", "hello"}, {time.Second, "cat", "send_all", "", "lunch?"}}})
	m := s.Messages[0]
	if m.State() != "delivered" || m.Direct != 1 || m.Deposits+m.Pushes+m.Copies != 0 || m.Seq != 1 || len(m.Shown) != 1 {
		t.Errorf("direct: %+v", m)
	}
	m = s.Messages[1]
	if m.State() != "stored" || m.Deposits != 1 || m.Pushes != 2 || len(m.Shown) != 2 {
		t.Errorf("post: %+v", m)
	}
	for _, a := range s.Arrows {
		if a.lost() || len(a.Copies) != 1 || a.Copies[0].Why != "" || a.Copies[0].At-a.Sent != 10*time.Millisecond {
			t.Errorf("%+v", a)
		}
	}
}

// What is out of reach goes by the mailbox when the ack timeout is over, and is taken from there.
func TestFallsBack(t *testing.T) {
	s := play(t, Config{Clients: 2, Delay: 10 * time.Millisecond, Seed: 1, Script: []Line{
		{100 * time.Millisecond, "ann", "send", "bob", "one"}, {time.Second, "bob", "unplug", "", ""},
		{1100 * time.Millisecond, "ann", "send", "bob", "two"}, {2 * time.Second, "bob", "plug", "", ""}}})
	m := s.Messages[1]
	if m.State() != "delivered" || !m.NoAck || m.Direct < 2 || m.Deposits != 1 || m.Pushes < 1 || m.Copies != 0 {
		t.Errorf("%+v", m)
	}
	want := []string{"◷ #2 no answer in", "◷ #2 no ack in 500 ms: to the mailbox", "bob is unplugged", "✓ #2 stored by the server", "◂ shows ann: two", "✓ #2 delivered"}
	ladder := s.Ladder()
	for _, line := range want {
		_, rest, found := strings.Cut(ladder, line)
		if !found {
			t.Fatalf("%q is not there, or too early, in\n%s", line, s.Ladder())
		}
		ladder = rest
	}
}

// Who has left is written to by the mailbox at once, and gets it on coming back.
func TestLeaves(t *testing.T) {
	s := play(t, Config{Clients: 2, Delay: time.Millisecond, Seed: 1, Script: []Line{
		{100 * time.Millisecond, "bob", "dereg", "", ""}, {time.Second, "ann", "send", "bob", "two"}, {1100 * time.Millisecond, "bob", "send", "ann", "no"},
		{2 * time.Second, "bob", "reg", "", ""}}})
	if m := s.Messages[0]; m.State() != "delivered" || m.Direct != 0 || m.NoAck || m.Deposits != 1 {
		t.Errorf("%+v", m)
	}
	if m := s.Messages[1]; m.State() != "failed: not registered" {
		t.Errorf("%+v", m)
	}
}

// Whatever the network does, each text comes to each screen once, and every message ends.
func TestManySeeds(t *testing.T) {
	for seed := range uint64(60) {
		cfg := Config{Clients: 2 + int(seed%4), Drop: float64(seed%4) / 10, Dup: float64(seed%3) / 5, Delay: time.Duration(seed%80) * time.Millisecond,
			Jitter: time.Duration(seed%7) * 10 * time.Millisecond, Seed: seed, All: seed%2 == 0}
		s := play(t, cfg)
		for _, m := range s.Messages {
			want, state := 1, "delivered"
			if m.To == everybody {
				want, state = cfg.Clients-1, "stored"
			}
			if m.State() != state || len(m.Shown) != want {
				t.Errorf("seed %d: %q is %s, and on %d screens: %+v", seed, m.Text, m.State(), len(m.Shown), m)
			}
		}
		shown := 0
		for _, e := range s.Events {
			if e.What == Shown {
				shown++
			}
		}
		if want := len(s.Messages) - 1 + cfg.Clients - 1; shown != want {
			t.Errorf("seed %d: %d texts on screens, want %d", seed, shown, want)
		}
		checkArrows(t, s)
	}
}

// checkArrows: each arrow that leaves is drawn, ends as often as it has copies, and not before it left.
func checkArrows(t *testing.T, s *Story) {
	t.Helper()
	ends := map[int]int{}
	last := -time.Hour
	for _, e := range s.Events {
		if e.At < last {
			t.Errorf("seed %d: an event at %v after one at %v", s.Config.Seed, e.At, last)
		}
		last = e.At
		if e.What == Arrives {
			ends[e.Arrow]++
			if a := s.Arrows[e.Arrow]; e.At < a.Sent || e.At != a.Copies[e.Copy].At {
				t.Errorf("seed %d: at %v, %+v", s.Config.Seed, e.At, a)
			}
		}
	}
	for i, a := range s.Arrows {
		if n := ends[i]; n > len(a.Copies) || n < len(a.Copies) && s.End > a.Sent+time.Second && a.Sent > 0 {
			t.Errorf("seed %d: %d ends of %+v", s.Config.Seed, n, a)
		}
		if a.Label == "" && s.Config.All {
			t.Errorf("seed %d: nothing is said of %+v", s.Config.Seed, a)
		}
	}
}

// The same settings tell the same story, and another seed another one. A smaller loss leaves the fates of the others as they were.
func TestRepeatable(t *testing.T) {
	cfg := Config{Clients: 3, Drop: .2, Dup: .1, Delay: 30 * time.Millisecond, Jitter: 20 * time.Millisecond, Seed: 42}
	one, two := play(t, cfg), play(t, cfg)
	if one.Ladder() != two.Ladder() || one.SVG() != two.SVG() {
		t.Error("two runs of one seed differ")
	}
	cfg.Seed++
	if other := play(t, cfg); other.Ladder() == one.Ladder() {
		t.Error("two seeds tell the same story")
	}
}

// The picture is well-formed, with the story's words in it, whatever they are.
func TestPicture(t *testing.T) {
	s := play(t, Config{Clients: 2, Drop: .3, Dup: .3, Delay: 20 * time.Millisecond, Seed: 3, Script: []Line{
		{100 * time.Millisecond, "ann", "send", "bob", `<b>&"quoted"</b>` + "\x1b[2J"}}})
	d := xml.NewDecoder(strings.NewReader(s.SVG()))
	var words strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			words.Write(text)
		}
	}
	for _, want := range []string{`#1 send bob <b>&"quoted"</b>` + "\uFFFD[2J", "delivered", "text #1 seq 1 try 1", "30 % lost, 30 % doubled"} {
		if !strings.Contains(words.String(), want) {
			t.Errorf("%q is not in the picture", want)
		}
	}
	if strings.Contains(s.Ladder(), "\x1b") {
		t.Error("a text steers the terminal")
	}
}

func TestBadConfig(t *testing.T) {
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Clients: 1}, "1 clients: there can be 2 to 8"},
		{Config{Clients: 9}, "9 clients: there can be 2 to 8"},
		{Config{Clients: 2, Script: []Line{{0, "zed", "reg", "", ""}}}, `"zed" is none of ann, bob`},
	} {
		if _, err := Run(tt.cfg); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
	if _, err := Run(Config{Clients: 8, Drop: .9, Delay: 3 * time.Second}); !errors.Is(err, ErrNobody) {
		t.Errorf("a network that nobody gets through: %v", err)
	}
}

func TestScript(t *testing.T) {
	names := Names(3)
	script, err := Parse(strings.NewReader("# a comment\n\n 100ms ann send bob two  words \n1.5s bob unplug\n2s cat send_all hi"), names)
	want := []Line{{100 * time.Millisecond, "ann", "send", "bob", "two  words"}, {1500 * time.Millisecond, "bob", "unplug", "", ""}, {2 * time.Second, "cat", "send_all", "", "hi"}}
	if err != nil || len(script) != len(want) {
		t.Fatal(script, err)
	}
	for i := range want {
		if script[i] != want[i] {
			t.Errorf("got %+v, want %+v", script[i], want[i])
		}
	}
	for in, want := range map[string]string{
		"":                         "no line: write TIME NAME COMMAND, as in 1.5s ann send bob hello",
		"soon ann reg":             `line 1: "soon" is no time: write it like 500ms or 1.5s`,
		"\n1s zed reg":             `line 2: "zed" is none of ann, bob, cat`,
		"1s ann sing":              `line 1: "sing" is no command: use send NAME TEXT, send_all TEXT, dereg, reg, unplug or plug`,
		"1s ann send ann me":       `line 1: "ann" is nobody that ann can write to: the others are among ann, bob, cat`,
		"1s ann send bob":          "line 1: a text of 0 bytes: 1 to 200 are possible",
		"1s ann dereg now":         `line 1: "now" behind dereg, which takes nothing`,
		"-1s ann reg":              "line 1: -1s is no time from 0 to 10m0s",
		"1s ann send_all":          "line 1: a text of 0 bytes: 1 to 200 are possible",
		strings.Repeat("x", 70000): "read script: bufio.Scanner: token too long",
	} {
		if _, err := Parse(strings.NewReader(in), names); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Whatever stands at an arrow, its row is as wide as the others, and a lost one ends in ✗.
func TestRows(t *testing.T) {
	for seed := range uint64(20) {
		s := play(t, Config{Clients: 3, Drop: .3, Dup: .2, Delay: 100 * time.Millisecond, Seed: seed, All: true})
		for i := range s.Arrows {
			a := &s.Arrows[i]
			row := []rune(s.arrowRow(a))
			last := s.column(len(s.Parties) - 1)
			if !strings.ContainsRune("│├┤┼▶", row[last]) || !strings.ContainsRune("│├┤┼◀", row[s.column(0)]) {
				t.Errorf("seed %d: %s", seed, string(row))
			}
			if strings.ContainsRune(string(row), '✗') != a.lost() {
				t.Errorf("seed %d: lost: %v, and drawn %s", seed, a.lost(), string(row))
			}
			if first, _, _ := strings.Cut(a.Short, " (+"); !strings.Contains(string(row), first) && len(first) < 20 {
				t.Errorf("seed %d: %q is not in %s", seed, first, string(row))
			}
		}
	}
}

// The bytes of a story are those of whole datagrams and bodies: they can be explained.
func TestHex(t *testing.T) {
	s := play(t, Config{Clients: 3, Drop: .2, Delay: 10 * time.Millisecond, Seed: 5, All: true})
	datagrams, bodies := 0, 0
	for line := range strings.Lines(s.Hex()) {
		what, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		explained := map[string]func([]byte) ([]explain.Line, error){"datagram": explain.Datagram, "body": explain.Body}[what]
		if explained == nil {
			continue
		}
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := explained(b); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if what == "body" {
			bodies++
		} else {
			datagrams++
		}
	}
	if datagrams != len(s.Arrows) || bodies < datagrams/2 {
		t.Errorf("%d datagrams and %d bodies of %d arrows", datagrams, bodies, len(s.Arrows))
	}
}
