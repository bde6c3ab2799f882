package config

import (
	"bytes"
	"context"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/peterbourgon/ff/v3/ffcli"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestUsage(t *testing.T) {
	client := newClient(&settings{})
	client.Example = "udpchat client -n alice -i 192.0.2.1 -p 9999"
	for file, f := range map[string]*Flags{
		"testdata/client.txt": client,
		"testdata/send.txt":   newSend(&settings{}),
	} {
		got := []byte(f.Usage())
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%s", file, got)
		}
		for line := range strings.Lines(f.Usage()) {
			if len(line) > helpWidth+1 {
				t.Errorf("%s: wider than a terminal: %s", file, line)
			}
		}
	}
}

// The help shows the defaults, not what a parse has set since.
func TestUsageAfterParse(t *testing.T) {
	f := newClient(&settings{})
	want := f.Usage()
	if _, err := f.Parse([]string{"-n", "zoe"}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if got := f.Usage(); got != want {
		t.Errorf("got\n%s", got)
	}
}

// ffcli picks the command and hands it the arguments; Parse has done the flags
// before, and "--" keeps ffcli from reading arguments as flags once more.
func TestWithFfcli(t *testing.T) {
	var s settings
	var got []string
	send := newSend(&s)
	root := &ffcli.Command{
		Name:    "udpchat",
		FlagSet: flag.NewFlagSet("udpchat", flag.ContinueOnError),
		Subcommands: []*ffcli.Command{{
			Name:    "send",
			FlagSet: send.FlagSet(),
			Exec: func(_ context.Context, args []string) error {
				got = args
				return nil
			},
		}},
	}
	args := []string{"send", "-n", "zoe", "-j", "--", "bob", "-n", "--"}
	rest, err := send.Parse(args[1:], []string{"UDPCHAT_WAIT=7ms"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := root.ParseAndRun(t.Context(), append([]string{args[0], "--"}, rest...)); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, " ") != "bob -n --" || s.name != "zoe" || !s.json || s.timeout.Milliseconds() != 7 {
		t.Errorf("got %q, %+v", got, s)
	}
}

// What a command says of itself stands between the example and its shape, its exit codes behind the flags.
func TestUsageTellsMore(t *testing.T) {
	f := newSend(&settings{})
	f.Example = "udpchat send bob hi"
	f.About = "Sends a text and says what became of it, in words that are long enough to need a second line.\n\nA second\nparagraph."
	f.Exits = []Exit{{"0", "as asked"}, {"130, 143", "ended by a signal, which is a long story that does not fit into what one line of a terminal has"}}
	want := []string{"example:\n  udpchat send bob hi\n\nSends a text and says what became of it, in words that are long enough to need\na second line.\n\n" +
		"A second paragraph.\n\nusage:\n  udpchat send [flags] TO TEXT...\n",
		"show this help\n\nexit codes:\n  0         as asked\n  130, 143  ended by a signal, which is a long story that does not fit into\n" +
			"            what one line of a terminal has\n\nA flag beats"}
	for _, w := range want {
		if !strings.Contains(f.Usage(), w) {
			t.Errorf("got\n%s\nwithout\n%s", f.Usage(), w)
		}
	}
	if got := f.Paragraphs(); len(got) != 2 || got[1] != "A second paragraph." {
		t.Errorf("got %q", got)
	}
}

// Options are what the help lists, in its order.
func TestOptions(t *testing.T) {
	all := newClient(&settings{}).Options()
	if len(all) != 10 || all[0].Long != "name" || all[9].Long != "config" {
		t.Fatalf("got %+v", all)
	}
	for _, o := range all {
		switch o.Long {
		case "name":
			if o.Short != "n" || o.Placeholder != "NICK" || o.Default != "anon" || o.Variable != "UDPCHAT_NAME" || o.Help != "your NICK on the server" {
				t.Errorf("got %+v", o)
			}
		case "color":
			if strings.Join(o.Values, " ") != "on off" {
				t.Errorf("got %+v", o)
			}
		case "json":
			if o.Placeholder != "" {
				t.Errorf("got %+v", o)
			}
		}
	}
}
