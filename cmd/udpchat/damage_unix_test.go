//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"udpchat/cmd/internal/play"
	"udpchat/migrations"
)

// wounded is a server's database, a client's profile, and the server that runs on a copy of the first.
type wounded struct {
	t       *testing.T
	home    string
	port    string
	files   map[string]string // by command, where the damaged file goes
	whole   map[string][]byte
	sidecar map[string][]byte
	log     map[string][]byte
}

// newWounded plays a short conversation, and takes the files of the server and of y.
func newWounded(t *testing.T) *wounded {
	t.Helper()
	stage := &play.Stage{Binary: program(t), Dir: t.TempDir()}
	t.Cleanup(stage.Close)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	fail(stage.StartServer(ctx))
	fail(stage.StartClient("x"))
	fail(stage.StartClient("y"))
	if !hasPrefix(ctx, stage, "x", "y @ ") {
		t.Fatal("x does not see y")
	}
	for i := range 50 {
		fail(stage.Desk("x").Type(fmt.Sprintf("send y text %d %s", i, strings.Repeat("text ", i))))
	}
	if !has(ctx, stage, "x", received("y"), 50) {
		t.Fatal("not all was received")
	}
	stage.KillServer()
	stage.Desk("y").Process().Kill()
	profile := filepath.Join(stage.Dir, "clients", "y", "profile.db")
	db := filepath.Join(stage.Dir, "server.db")
	w := &wounded{t: t, home: stage.Dir, files: map[string]string{"server": db, "client": profile}, whole: map[string][]byte{}, sidecar: map[string][]byte{}, log: map[string][]byte{}}
	for command, path := range w.files {
		content, err := os.ReadFile(path)
		fail(err)
		w.whole[command] = content
		w.sidecar[command], err = os.ReadFile(path + ".id")
		fail(err)
		w.log[command], err = os.ReadFile(path + ".wal")
		fail(err)
	}
	port, err := play.FreePort()
	fail(err)
	w.port = fmt.Sprint(port)
	return w
}

// command runs the server on its file, or the client y on its profile, with nothing to say.
func (w *wounded) command(command string) *exec.Cmd {
	args := []string{"server", "-host", "127.0.0.1", "-p", w.port, "-db", w.files["server"]}
	if command == "client" {
		args = []string{"client", "-n", "y", "-i", "127.0.0.1", "-p", w.port, "-state", filepath.Join(w.home, "clients"), "-retries", "0", "-ack-timeout", "50ms"}
	}
	cmd := exec.Command(program(w.t), args...)
	cmd.Env = play.Environ(w.home)
	return cmd
}

// put writes a command's file, with its sidecar and its log.
func (w *wounded) put(command string, content []byte) {
	w.t.Helper()
	path := w.files[command]
	for p, b := range map[string][]byte{path: content, path + ".id": w.sidecar[command], path + ".wal": w.log[command]} {
		if err := os.RemoveAll(p); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

// run runs a command until it ends, or a while; then it is asked to end.
func (w *wounded) run(cmd *exec.Cmd) (code int, stdout, stderr string) {
	w.t.Helper()
	p, err := play.OpenPipes(cmd)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = p.CloseInput()
	short, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	if !p.Stderr.Until(short, func(lines []string) bool { return len(lines) > 0 }) || play.Listening(p.Stderr.Lines()) {
		_ = p.Process().Signal(syscall.SIGTERM)
	}
	if code, err = p.Process().Exit(short); err != nil {
		p.Process().Kill()
		w.t.Error(err)
	}
	return code, strings.Join(p.Screen().Lines(), "\n"), strings.Join(p.Stderr.Lines(), "\n")
}

// refused wants exit code 1 and one line with the file and what to do, and the file as it was.
func (w *wounded) refused(name, command string, cmd *exec.Cmd, say ...string) {
	w.t.Helper()
	path := w.files[command]
	before, _ := os.ReadFile(path)
	code, stdout, stderr := w.run(cmd)
	for _, word := range append(say, "udpchat "+command+": ", path) {
		if !strings.Contains(stderr, word) {
			w.t.Errorf("%s, %s: it does not say %q: %s", command, name, word, stderr)
		}
	}
	if code != exitFailed || strings.Contains(stderr, "\n") || stdout != "" {
		w.t.Errorf("%s, %s: exit code %d, it says\n%s\n%s", command, name, code, stderr, stdout)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		w.t.Errorf("%s, %s: the file was changed", command, name)
	}
}

var commands = []string{"server", "client"}

// What is not as it must be is refused, for the server and for a client: one line, the file, and what to do.
func TestDamageIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	w := newWounded(t)
	page := os.Getpagesize()
	zeroed := func(command string, pages ...int) []byte {
		b := bytes.Clone(w.whole[command])
		for _, n := range pages {
			clear(b[n*page : (n+1)*page])
		}
		return b
	}
	for _, command := range commands {
		used := len(bytes.TrimRight(w.whole[command], "\x00"))
		for i := range 40 {
			w.put(command, w.whole[command][:used*i/40])
			w.refused(fmt.Sprint("cut at ", i, "/40"), command, w.command(command), "damaged", "restore")
		}
		for i, pages := range [][]int{{0}, {1}, {0, 1}} {
			w.put(command, zeroed(command, pages...))
			w.refused(fmt.Sprint("zeroed header ", i), command, w.command(command), "damaged", "restore")
		}
		w.put(command, []byte("This is a letter to my aunt."))
		w.refused("foreign", command, w.command(command), "foreign", "name another file")
		w.put(command, nil)
		w.refused("empty", command, w.command(command), "empty", "restore", "delete")
		w.put(command, w.whole[command])
		if err := os.Remove(w.files[command]); err != nil {
			t.Fatal(err)
		}
		w.refused("missing", command, w.command(command), "missing", "restore", "delete")
		w.put(command, newer(t, w.whole[command]))
		w.refused("newer", command, w.command(command), "newer version", "update udpchat")
		w.refusedLog(command)
	}
	w.put("client", w.whole["server"])
	w.refused("a server's store", "client", w.command("client"), "it is a server's store", "name another file")
}

// refusedLog harms the log of a command's file, which the file needs: it is of a program that was killed.
func (w *wounded) refusedLog(command string) {
	log := w.files[command] + ".wal"
	for name, c := range map[string]struct {
		harm func() error
		say  []string
	}{
		"no log":    {func() error { return nil }, []string{log + " is damaged", "missing", "restore", "echo none > " + log}},
		"empty log": {func() error { return os.WriteFile(log, nil, 0o600) }, []string{log + " is damaged", "empty", "restore", "echo none > " + log}},
		"huge log": {func() error { return errors.Join(os.WriteFile(log, nil, 0o600), os.Truncate(log, 1<<40)) },
			[]string{log + " is no log of udpchat", "1099511627776 bytes", "move it away"}},
		"a folder for a log": {func() error { return os.Mkdir(log, 0o700) }, []string{log + " is no regular file", "move it away"}},
	} {
		w.put(command, w.whole[command])
		if err := errors.Join(os.Remove(log), c.harm()); err != nil {
			w.t.Fatal(err)
		}
		w.refused(name, command, w.command(command), c.say...)
	}
}

// newer is a file whose schema does not exist yet.
func newer(t *testing.T, whole []byte) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newer.db")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	steps := make([]migrations.Step, 9)
	for i := range steps {
		steps[i] = migrations.Step{Name: "of the future", Do: func(*bbolt.Tx) error { return nil }}
	}
	if err := migrations.Apply(db, steps); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A bit that is flipped anywhere: the program works, or says in one line what is damaged. It never ends with a trace. (That no
// wrong text is read is tested in store/bolt.)
func TestFlippedBitsOfTheProgramsFiles(t *testing.T) {
	if raced {
		t.Skip("a page that points outside the file faults in the detector's own code, from where no program comes back: without it this runs")
	}
	t.Parallel()
	w := newWounded(t)
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 0))
	refused := map[string]int{}
	for i := range 60 {
		command := commands[i%2]
		used := len(bytes.TrimRight(w.whole[command], "\x00"))
		bit := rnd.IntN(8 * used)
		content := bytes.Clone(w.whole[command])
		content[bit/8] ^= 1 << (bit % 8)
		w.put(command, content)
		code, _, stderr := w.run(w.command(command))
		if strings.Contains(stderr, "goroutine ") || strings.Contains(stderr, "panic") || code == 2 || code < 0 {
			t.Errorf("seed %d, %s, bit %d: exit code %d\n%s", seed, command, bit, code, stderr)
		}
		if line := "udpchat " + command + ": "; strings.Contains(stderr, line) {
			refused[command]++
			if strings.Count(stderr, "\n") > strings.Count(stderr, "time=") || !strings.Contains(stderr, w.files[command]) || code != exitFailed {
				t.Errorf("seed %d, %s, bit %d: exit code %d\n%s", seed, command, bit, code, stderr)
			}
		}
	}
	t.Logf("seed %d: refused %v of 30 each", seed, refused)
}
