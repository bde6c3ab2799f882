package config

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// subject is one setting with a different value for every source, written as
// the variable prints it.
type subject struct {
	short, long, env                    string
	register                            func(f *Flags)
	got                                 func() string
	def, inFile, inEnv, byLong, byShort string
}

func subjects() []subject {
	var name string
	var port int
	var wait time.Duration
	return []subject{
		{
			"n", "name", "UDPCHAT_NAME",
			func(f *Flags) { f.String(&name, "n", "name", "anon", "name") },
			func() string { return name },
			"anon", "filip", "eve", "lola", "sam",
		},
		{
			"p", "port", "UDPCHAT_PORT",
			func(f *Flags) { f.Port(&port, "p", "port", 9999, "port") },
			func() string { return strconv.Itoa(port) },
			"9999", "1", "2", "3", "4",
		},
		{
			"w", "wait-time", "UDPCHAT_WAIT_TIME",
			func(f *Flags) { f.Duration(&wait, "w", "wait-time", 5*time.Second, 0, 0, "wait") },
			func() string { return wait.String() },
			"5s", "1s", "2s", "3s", "4s",
		},
	}
}

// The promise: a flag (short or long) beats the environment, which beats the
// file, which beats the default; of two flags the last wins. Every combination
// of the sources, for a text, a port and a duration.
func TestPrecedence(t *testing.T) {
	for _, s := range subjects() {
		path := filepath.Join(t.TempDir(), "client.toml")
		if err := os.WriteFile(path, fmt.Appendf(nil, "%s = %q\n", s.long, s.inFile), 0o600); err != nil {
			t.Fatal(err)
		}
		short, long := "-"+s.short+"="+s.byShort, "--"+s.long+"="+s.byLong
		flags := []struct {
			args []string
			wins string
		}{
			{nil, ""},
			{[]string{short}, s.byShort},
			{[]string{"-" + s.short, s.byShort}, s.byShort},
			{[]string{long}, s.byLong},
			{[]string{short, long}, s.byLong},
			{[]string{long, short}, s.byShort},
		}
		environs := []struct {
			environ []string
			wins    string
		}{
			{nil, ""},
			{[]string{s.env + "="}, ""},
			{[]string{s.env + "=" + s.inEnv}, s.inEnv},
		}
		files := []struct {
			args []string
			wins string
		}{
			{nil, ""},
			{[]string{"-config", path}, s.inFile},
		}
		for _, flag := range flags {
			for _, env := range environs {
				for _, file := range files {
					want := cmp.Or(flag.wins, env.wins, file.wins, s.def)
					parseSubject(t, s, slices.Concat(file.args, flag.args), env.environ, want)
				}
			}
		}
	}
}

func parseSubject(t *testing.T, s subject, args, environ []string, want string) {
	t.Helper()
	f := New("udpchat client")
	s.register(f)
	_, err := f.Parse(args, environ, nil)
	if err != nil || s.got() != want {
		t.Errorf("args %q, environ %q: got %s, %v, want %s", args, environ, s.got(), err, want)
	}
}
