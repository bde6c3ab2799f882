package config

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// recorder notes what the flag package sets, in order.
type recorder struct {
	name string
	log  *[]string
	bool bool
}

func (r recorder) String() string   { return "" }
func (r recorder) IsBoolFlag() bool { return r.bool }
func (r recorder) Set(s string) error {
	*r.log = append(*r.log, r.name+"="+s)
	return nil
}

// parseWithFlag reads args with the flag package alone, where short and long
// names are two flags: right about which words are flags and values, and so
// the reference for the rewriting.
func parseWithFlag(f *Flags, args []string) (log, rest []string, err error) {
	fs := flag.NewFlagSet("reference", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for name, o := range f.byName {
		fs.Var(recorder{o.long, &log, o.IsBoolFlag()}, name, "")
	}
	err = fs.Parse(args)
	return log, fs.Args(), err
}

// FuzzScan: the rewritten line means the same, is a fixed point, and nothing
// behind "--" or the first argument has changed.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		"-p 1", "-p=1", "--p 1", "--port=1", "-name -p", "-n -- -p 1", "-j hi -p 1", "-j -- -p", "-json=false -n=a=b",
		"- -p", "--- -p", "-p", "-h", "-x -p 1", "-n  -p", "-- -- -p",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		flags := newSend(&settings{})
		s, err := flags.scan(args)
		log, rest, wantErr := parseWithFlag(flags, args)
		if (err == nil) != (wantErr == nil) || errors.Is(err, flag.ErrHelp) != errors.Is(wantErr, flag.ErrHelp) {
			t.Fatalf("%q: got %v, the flag package says %v", args, err, wantErr)
		}
		if err != nil {
			return
		}
		again, err := flags.scan(s.args)
		if err != nil || !slices.Equal(again.args, s.args) {
			t.Fatalf("%q: not a fixed point: %q, then %q, %v", args, s.args, again.args, err)
		}
		gotLog, gotRest, _ := parseWithFlag(flags, s.args)
		if !slices.Equal(gotLog, log) || !slices.Equal(gotRest, rest) {
			t.Fatalf("%q: became %q, which means %q %q, not %q %q", args, s.args, gotLog, gotRest, log, rest)
		}
		tail := len(args) - len(rest)
		if len(s.args) != len(args) || !slices.Equal(s.args[tail:], args[tail:]) {
			t.Fatalf("%q: changed behind the flags: %q", args, s.args)
		}
		for i, word := range args[:tail] {
			if word == "--" && s.args[i] != "--" {
				t.Fatalf("%q: the two dashes changed: %q", args, s.args)
			}
		}
	})
}

// FuzzFile: whatever is in the file, there is no panic, an error is one
// printable line, and after it everything is at its default.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		"port = 7", "[a]\nb = 1", "[[a]]", "port = [1,", "name = \"\"\"\nx\"\"\"", "a.b.c = {d = 1}", "port = 1979-05-27T07:32:00Z", "\"\" = 1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "client.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var got settings
		_, err := newClient(&got).Parse([]string{"-config", path}, nil, known())
		if err == nil {
			return
		}
		var usage *UsageError
		if !errors.As(err, &usage) || strings.ContainsAny(usage.Error(), "\r\n\x1b") || got != defaults {
			t.Fatalf("%T %q, %+v", err, err, got)
		}
	})
}
