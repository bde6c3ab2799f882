//go:build unix

package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"

	"udpchat/cmd/internal/play"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"demo": main})
}

// In a terminal one is x, the others answer, and nothing is left behind.
func TestDemoInTerminal(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir, temp := t.TempDir(), t.TempDir()
	binary := filepath.Join(dir, "udpchat")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "udpchat/cmd/udpchat").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	demo, err := exec.LookPath("demo")
	if err != nil {
		t.Fatal(err)
	}
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(demo, binary)
	cmd.Env = append(play.Environ(dir), "TMPDIR="+temp, "NO_COLOR=1") // what is looked for stands in one piece
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	var screen play.Screen
	read := make(chan struct{})
	p, err := play.Launch(cmd, func() { <-read; _ = master.Close(); screen.End() })
	_ = tty.Close() // the demonstration has its own
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	go func() { // ends with the demonstration
		defer close(read)
		_, _ = io.Copy(&screen, master)
	}()
	for _, step := range []struct{ sees, types string }{
		{"z @ 127.0.0.1:", "send y hello\r"},
		{"y: you said: hello", "send z  two\r"},
		{"z: you said:  two", "quit\r"},
		{"[You are Offline. Bye.]", ""},
	} {
		if !screen.Until(ctx, func(lines []string) bool { return strings.Contains(strings.Join(lines, "\n"), step.sees) }) {
			t.Fatalf("%q is missing in\n%q", step.sees, screen.Lines())
		}
		if _, err := io.WriteString(master, step.types); err != nil {
			t.Fatal(err)
		}
	}
	if code, err := p.Exit(ctx); err != nil || code != 0 {
		t.Errorf("exit code %d, %v", code, err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
