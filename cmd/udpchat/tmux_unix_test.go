//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tmux is a terminal of the real kind, with a program in it: tmux tells when something was drawn, and what the screen looks like.
// It is owned by the test that opened it.
type tmux struct {
	t   *testing.T
	ctx context.Context
	in  io.Writer
	out *bufio.Scanner
}

// openTmux runs a shell command in a terminal of 80 columns and 24 rows. Its last line says the exit code.
func openTmux(ctx context.Context, t *testing.T, environ []string, command string) *tmux {
	t.Helper()
	path, err := exec.LookPath("tmux")
	if err != nil {
		t.Skip("tmux is not installed")
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	socket := filepath.Join(t.TempDir(), "tmux")
	cmd := exec.CommandContext(ctx, path, "-u", "-S", socket, "-f", "/dev/null", "-C", "new-session", "-x", "80", "-y", "24",
		command+"; echo ended with $?; exec cat")
	cmd.Env = append(environ, "TERM=xterm-256color", "LC_ALL=C.UTF-8")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		kill := exec.Command(path, "-S", socket, "kill-server")
		_ = kill.Run() // it may have ended
		cancel()
		_ = cmd.Wait() // it was killed
	})
	m := &tmux{t: t, ctx: ctx, in: in, out: bufio.NewScanner(out)}
	m.out.Buffer(nil, 1<<20)
	if _, err := m.answer(); err != nil {
		t.Fatal(err)
	}
	return m
}

// line gives what tmux says next.
func (m *tmux) line() (string, error) {
	if !m.out.Scan() {
		return "", errors.Join(errors.New("tmux has ended"), m.out.Err(), m.ctx.Err())
	}
	return m.out.Text(), nil
}

// answer gives the answer to a command; what tmux tells by itself meanwhile goes by.
func (m *tmux) answer() (lines []string, err error) {
	begun := false
	for {
		line, err := m.line()
		switch {
		case err != nil:
			return nil, err
		case strings.HasPrefix(line, "%begin "):
			begun = true
		case strings.HasPrefix(line, "%end "):
			return lines, nil
		case strings.HasPrefix(line, "%error "):
			return nil, fmt.Errorf("tmux: %q", lines)
		case begun:
			lines = append(lines, line)
		}
	}
}

func (m *tmux) does(command string) []string {
	m.t.Helper()
	if _, err := io.WriteString(m.in, command+"\n"); err != nil {
		m.t.Fatal(err)
	}
	lines, err := m.answer()
	if err != nil {
		m.t.Fatalf("%s: %v", command, err)
	}
	return lines
}

// press presses keys, as tmux calls them; types types a text.
func (m *tmux) press(keys string) { m.t.Helper(); m.does("send-keys " + keys) }
func (m *tmux) types(text string) { m.t.Helper(); m.does("send-keys -l '" + text + "'") }

func (m *tmux) resize(width, height int) {
	m.t.Helper()
	m.does(fmt.Sprintf("refresh-client -C %dx%d", width, height))
}

// screen is what the terminal shows, without blanks at the ends of rows.
func (m *tmux) screen() []string {
	m.t.Helper()
	rows := m.does("capture-pane -p")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return rows
}

// sees waits until the screen is as it should be, and gives it.
func (m *tmux) sees(what string, is func(rows []string) bool) []string {
	m.t.Helper()
	for {
		rows := m.screen()
		if is(rows) {
			return rows
		}
		for drawn := false; !drawn; {
			line, err := m.line()
			if err != nil {
				m.t.Fatalf("%s is not on the screen: %v\n%s", what, err, strings.Join(rows, "\n"))
			}
			drawn = strings.HasPrefix(line, "%output ") || strings.HasPrefix(line, "%layout-change ")
		}
	}
}

// shows waits until all these texts are on the screen, each in one row.
func (m *tmux) shows(texts ...string) []string {
	m.t.Helper()
	return m.sees(fmt.Sprintf("%q", texts), func(rows []string) bool {
		all := strings.Join(rows, "\n")
		for _, text := range texts {
			if !strings.Contains(all, text) {
				return false
			}
		}
		return true
	})
}

// quoted is a command line for a shell.
func quoted(cmd *exec.Cmd) string {
	var b strings.Builder
	for _, a := range cmd.Args {
		fmt.Fprintf(&b, "'%s' ", a)
	}
	return b.String()
}
