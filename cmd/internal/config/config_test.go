package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// settings are one flag of every type, as a command would have them.
type settings struct {
	name, format, color string
	port, local, peers  int
	timeout             time.Duration
	buffer              int64
	json                bool
}

var defaults = settings{
	name: "anon", format: "text", color: "on", port: 9999, local: 0, peers: 8,
	timeout: 500 * time.Millisecond, buffer: 64 << 10,
}

func newClient(s *settings) *Flags {
	f := New("udpchat client")
	f.String(&s.name, "n", "name", "anon", "your `NICK` on the server", NotEmpty)
	f.Port(&s.port, "p", "port", 9999, "the server's UDP port")
	f.AnyPort(&s.local, "c", "client-port", 0, "own UDP port, 0 for any free one")
	f.Milliseconds(&s.timeout, "", "ack-timeout", 500*time.Millisecond, time.Millisecond, time.Hour,
		"how long to wait for an acknowledgement before the message goes to the server instead")
	f.Choice(&s.format, "", "log-format", "text", "how to write the log", "text", "json")
	f.Choice(&s.color, "", "color", "on", "colours in the terminal", "on", "off")
	f.Count(&s.peers, "", "peers", 8, 1, 64, "how many peers to keep `NUMBER`")
	f.Size(&s.buffer, "", "buffer", 64<<10, 1<<10, 1<<20, "socket buffer")
	f.Bool(&s.json, "", "json", false, "write one JSON object per line")
	return f
}

// newSend is another command, with a flag that client lacks, and operands.
func newSend(s *settings) *Flags {
	f := New("udpchat send")
	f.String(&s.name, "n", "name", "anon", "your `NICK`")
	f.Bool(&s.json, "j", "json", false, "write one JSON object per line")
	f.Duration(&s.timeout, "w", "wait", 2*time.Second, 0, 0, "how long to wait")
	f.Takes("TO TEXT...", 2, -1)
	return f
}

func known() Names {
	return Merge(newClient(&settings{}), newSend(&settings{}))
}

// inFolder changes to a fresh folder with file as client.toml, so that messages
// have short paths.
func inFolder(t *testing.T, file string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("client.toml", []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryTypeFromEverySource(t *testing.T) {
	want := settings{
		name: "alice", format: "json", color: "off", port: 7, local: 8, peers: 3,
		timeout: 2 * time.Second, buffer: 4 << 10, json: true,
	}
	args := []string{"-n", "alice", "-p", "7", "-c", "8", "-ack-timeout", "2s", "--log-format=JSON",
		"-color=off", "-peers", "3", "-buffer", "4k", "-json"}
	environ := []string{"UDPCHAT_NAME=alice", "UDPCHAT_PORT=7", "UDPCHAT_CLIENT_PORT=8", "UDPCHAT_ACK_TIMEOUT=2000",
		"UDPCHAT_LOG_FORMAT=json", "UDPCHAT_COLOR=OFF", "UDPCHAT_PEERS=3", "UDPCHAT_BUFFER=4KiB", "UDPCHAT_JSON=1"}
	inFolder(t, `
		# TOML types: strings, integers, a float without fraction, a switch
		name = "alice"
		port = 7
		client-port = 8.0
		ack-timeout = 2_000
		log-format = 'json'
		color = "off"
		peers = 0x3
		buffer = 4096
		json = true`)
	for name, source := range map[string]struct{ args, environ []string }{
		"flags":                         {args, nil},
		"environment":                   {nil, environ},
		"file":                          {[]string{"-config", "client.toml"}, nil},
		"file named in the environment": {nil, []string{"UDPCHAT_CONFIG=client.toml"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got settings
			rest, err := newClient(&got).Parse(source.args, source.environ, known())
			if err != nil || len(rest) != 0 || got != want {
				t.Errorf("got %+v, %q, %v, want %+v", got, rest, err, want)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want settings
		rest []string
	}{
		{"one dash", []string{"-p", "1"}, settings{port: 1}, nil},
		{"one dash and equals", []string{"-p=1"}, settings{port: 1}, nil},
		{"two dashes and a short name", []string{"--p", "1"}, settings{port: 1}, nil},
		{"two dashes and a long name", []string{"--port=1"}, settings{port: 1}, nil},
		{"short then long: the last wins", []string{"-p", "1", "-port", "2"}, settings{port: 2}, nil},
		{"long then short: the last wins", []string{"-port", "2", "-p", "1"}, settings{port: 1}, nil},
		{"a value that is a short name", []string{"-name", "-p"}, settings{name: "-p"}, nil},
		{"a value that is a short name with equals", []string{"-n=-p"}, settings{name: "-p"}, nil},
		{"a value that is two dashes", []string{"-n", "--", "-p", "1"}, settings{name: "--", port: 1}, nil},
		{"a value that begins with a dash", []string{"-n", "-5 degrees"}, settings{name: "-5 degrees"}, nil},
		{"a value with an equals sign", []string{"-n=a=b"}, settings{name: "a=b"}, nil},
		{"quotes are part of the value", []string{"-n", `"al"`}, settings{name: `"al"`}, nil},
		{"a switch takes no value", []string{"-j", "bob", "hi"}, settings{json: true}, []string{"bob", "hi"}},
		{"a switch off again", []string{"-json", "-json=false", "bob", "hi"}, settings{}, []string{"bob", "hi"}},
		{"a short switch off", []string{"-j=false", "bob", "hi"}, settings{}, []string{"bob", "hi"}},
		{"flags behind two dashes", []string{"-j", "--", "bob", "-j"}, settings{json: true}, []string{"bob", "-j"}},
		{"a lone dash is an argument", []string{"bob", "-"}, settings{}, []string{"bob", "-"}},
		{"a dash word that is no flag", []string{"bob", "-5"}, settings{}, []string{"bob", "-5"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got settings
			f := New("udpchat send")
			f.String(&got.name, "n", "name", "", "name")
			f.AnyPort(&got.port, "p", "port", 0, "port")
			f.Bool(&got.json, "j", "json", false, "json")
			f.Takes("TO TEXT...", 0, -1)
			rest, err := f.Parse(tt.args, nil, nil)
			if err != nil || got != tt.want || strings.Join(rest, "|") != strings.Join(tt.rest, "|") {
				t.Errorf("got %+v, %q, %v", got, rest, err)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		want    string
	}{
		{"unset", []string{"HOME=/", "UDPCHATS=1", "UDPCHAT=1"}, "anon"},
		{"empty counts as unset", []string{"UDPCHAT_NAME="}, "anon"},
		{"empty and misspelt counts as unset too", []string{"UDPCHAT_NAMEX="}, "anon"},
		{"quotes are part of the value", []string{`UDPCHAT_NAME="bob"`}, `"bob"`},
		{"an equals sign in the value", []string{"UDPCHAT_NAME=a=b"}, "a=b"},
		{"a value that looks like a flag", []string{"UDPCHAT_NAME=-p"}, "-p"},
		{"the first of two wins", []string{"UDPCHAT_NAME=a", "UDPCHAT_NAME=b"}, "a"},
		{"a variable of another command", []string{"UDPCHAT_WAIT=nonsense"}, "anon"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got settings
			if _, err := newClient(&got).Parse(nil, tt.environ, known()); err != nil || got.name != tt.want {
				t.Errorf("got %q, %v, want %q", got.name, err, tt.want)
			}
		})
	}
}

func TestFile(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"empty", "", "anon"},
		{"comments only", "# nothing\n", "anon"},
		{"double quotes", `name = "al\u00e9"`, "alé"},
		{"single quotes", `name = 'a"b'`, `a"b`},
		{"a quoted key", `"name" = "bob"`, "bob"},
		{"an integer for a text", `name = 7`, "7"},
		{"a key of another command", `wait = "3s"`, "anon"},
		{"Windows line ends", "port = 7\r\nname = \"bob\"\r\n", "bob"},
		{"a byte order mark", "\ufeffname = \"bob\"", "bob"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inFolder(t, tt.file)
			var got settings
			_, err := newClient(&got).Parse([]string{"-config=client.toml"}, nil, known())
			if err != nil || got.name != tt.want {
				t.Errorf("got %q, %v, want %q", got.name, err, tt.want)
			}
		})
	}
}

// A pipe can be read only once: -config /dev/stdin, or <(...) in a shell.
func TestFileFromPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if _, err := w.WriteString(`name = "bob"`); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("/dev/fd", strconv.Itoa(int(r.Fd())))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no /dev/fd here: %v", err)
	}
	var got settings
	if _, err := newClient(&got).Parse([]string{"-config", path}, nil, nil); err != nil || got.name != "bob" {
		t.Errorf("got %q, %v", got.name, err)
	}
}

func TestHelpFlag(t *testing.T) {
	for _, args := range [][]string{
		{"-h"}, {"--h"}, {"-help"}, {"--help"}, {"-p", "1", "-h"}, {"-p", "bad", "-h"}, {"-h", "-bogus"},
	} {
		// Help works whatever is wrong with the other sources.
		_, err := newClient(&settings{}).Parse(args, []string{"UDPCHAT_PROT=x"}, known())
		if !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%q: got %v, want flag.ErrHelp", args, err)
		}
	}
}

func TestNames(t *testing.T) {
	want := Names{"config": true, "name": true, "json": true, "wait": true}
	if got := newSend(&settings{}).Names(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestRegisterRefusesMistakes(t *testing.T) {
	for name, register := range map[string]func(f *Flags, p *bool){
		"long twice":                           func(f *Flags, p *bool) { f.Bool(p, "", "json", false, ""); f.Bool(p, "", "json", false, "") },
		"short twice":                          func(f *Flags, p *bool) { f.Bool(p, "j", "json", false, ""); f.Bool(p, "j", "join", false, "") },
		"the name of help":                     func(f *Flags, p *bool) { f.Bool(p, "h", "host", false, "") },
		"no long name":                         func(f *Flags, p *bool) { f.Bool(p, "j", "", false, "") },
		"no name at all":                       func(f *Flags, p *bool) { f.Bool(p, "", "", false, "") },
		"two with one name in the environment": func(f *Flags, p *bool) { f.Bool(p, "", "ack_timeout", false, "") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			var p bool
			register(New("udpchat client"), &p)
		})
	}
}
