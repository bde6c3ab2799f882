//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"udpchat/cmd/internal/play"
)

// cast is who takes part in a script.
type cast map[string]*player

// player is a process, and how far its output was looked at.
type player struct {
	*play.Pipes
	seen int

	pouring sync.WaitGroup
	left    atomic.Int64 // lines that were not read
}

func setUp(env *testscript.Env) error {
	port, err := play.FreePort()
	if err != nil {
		return err
	}
	home := filepath.Join(env.WorkDir, ".home")
	env.Setenv("HOME", home)
	env.Setenv("XDG_STATE_HOME", home)
	env.Setenv("PORT", strconv.Itoa(port))
	env.Setenv("GORACE", "atexit_sleep_ms=0") // as in play.Environ
	docs, err := filepath.Abs(filepath.Join("..", "..", "docs"))
	if err != nil {
		return err
	}
	env.Setenv("DOCS", docs)
	all := cast{}
	env.Values["cast"] = all
	env.Defer(func() {
		for _, p := range all {
			p.Process().Kill()
		}
	})
	return nil
}

func holds(name string) (bool, error) {
	if name != "ipv6" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	conn, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		return false, nil
	}
	return true, conn.Close()
}

// plainly is for commands that can't be negated.
func plainly(f func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command takes no !")
		}
		f(ts, args)
	}
}

func need(ts *testscript.TestScript, args []string, n int) {
	if len(args) < n {
		ts.Fatalf("too few arguments")
	}
}

func check(ts *testscript.TestScript, err error) {
	if err != nil {
		ts.Fatalf("%v", err)
	}
}

func waiting() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 30*time.Second)
}

func start(ts *testscript.TestScript, name string, args ...string) *player {
	return startProgram(ts, name, "udpchat", args...)
}

func startProgram(ts *testscript.TestScript, name, program string, args ...string) *player {
	all := ts.Value("cast").(cast)
	if old := all[name]; old != nil {
		old.Process().Kill()
	}
	path, err := exec.LookPath(program)
	check(ts, err)
	cmd := exec.Command(path, args...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = play.Environ(ts.Getenv("HOME"))
	if name != "server" {
		cmd.Env = append(cmd.Env, "UDPCHAT_ACK_TIMEOUT=4s") // no scene is about what a busy machine is late with
	}
	pipes, err := play.OpenPipes(cmd)
	check(ts, err)
	all[name] = &player{Pipes: pipes}
	return all[name]
}

func at(ts *testscript.TestScript, name string) *player {
	p := ts.Value("cast").(cast)[name]
	if p == nil {
		ts.Fatalf("%s was not started", name)
	}
	return p
}

func startServer(ts *testscript.TestScript, args []string) {
	p := start(ts, "server", append([]string{"server", "-host", "127.0.0.1", "-p", ts.Getenv("PORT")}, args...)...)
	ctx, cancel := waiting()
	defer cancel()
	if !p.Stderr.Until(ctx, play.Listening) {
		ts.Fatalf("the server does not listen:\n%s", strings.Join(p.Stderr.Lines(), "\n"))
	}
}

func startClient(ts *testscript.TestScript, args []string) {
	need(ts, args, 1)
	start(ts, args[0], append([]string{"client", "-n", args[0], "-p", ts.Getenv("PORT")}, args[1:]...)...)
}

func starts(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	startProgram(ts, args[0], args[1], args[2:]...)
}

func runs(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	start(ts, args[0], args[1:]...)
}

// listed gives an argument, or the lines of the file that it names.
func listed(ts *testscript.TestScript, arg string) []string {
	file, ok := strings.CutPrefix(arg, "@")
	if !ok {
		return []string{arg}
	}
	return strings.Split(strings.TrimSuffix(ts.ReadFile(file), "\n"), "\n")
}

func types(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	for _, line := range listed(ts, strings.Join(args[1:], " ")) {
		check(ts, at(ts, args[0]).Send(line))
	}
}

func pours(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	p, lines := at(ts, args[0]), listed(ts, "@"+args[1])
	p.left.Store(int64(len(lines)))
	p.pouring.Go(func() { // ends at the latest with the process
		for _, line := range lines {
			if p.Send(line) != nil {
				return
			}
			p.left.Add(-1)
		}
	})
}

func poured(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1)
	p := at(ts, args[0])
	if !neg {
		p.pouring.Wait()
	}
	if left := p.left.Load(); neg != (left > 0) {
		ts.Fatalf("%d lines are left", left)
	}
}

func closes(ts *testscript.TestScript, args []string) {
	need(ts, args, 1)
	check(ts, at(ts, args[0]).CloseInput())
}

func signals(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	signal := unix.SignalNum("SIG" + args[1])
	if signal == 0 {
		ts.Fatalf("unknown signal %s", args[1])
	}
	p := at(ts, args[0]).Process()
	if signal == unix.SIGSTOP {
		check(ts, p.Stop())
		return
	}
	check(ts, p.Signal(signal))
}

func ends(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	ctx, cancel := waiting()
	defer cancel()
	p := at(ts, args[0])
	code, err := p.Process().Exit(ctx)
	check(ts, err)
	if strconv.Itoa(code) != args[1] {
		ts.Fatalf("exit code %d\n%s\n%s", code, strings.Join(p.Screen().Lines(), "\n"), strings.Join(p.Stderr.Lines(), "\n"))
	}
}

func logs(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 2)
	ctx, cancel := waiting()
	defer cancel()
	p := at(ts, args[0])
	has := func(lines []string) bool { return strings.Contains(strings.Join(lines, "\n"), args[1]) }
	if neg && has(p.Stderr.Lines()) || !neg && !p.Stderr.Until(ctx, has) {
		ts.Fatalf("the log is:\n%s", strings.Join(p.Stderr.Lines(), "\n"))
	}
}
