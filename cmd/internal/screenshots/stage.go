package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"udpchat/cmd/internal/play"
)

// stage is a server, clients with pipes, and one in a terminal.
type stage struct {
	*play.Stage
	ctx    context.Context
	socket string // of tmux
	width  int
}

func newStage(ctx context.Context, binary, dir string) *stage {
	return &stage{Stage: &play.Stage{Binary: binary, Dir: dir}, ctx: ctx, socket: filepath.Join(dir, "tmux")}
}

func (s *stage) close() {
	_, _ = s.tmux("kill-server") // there may be none
	s.Close()
}

// come starts clients with pipes, and waits until they are welcome.
func (s *stage) come(names ...string) error {
	for _, name := range names {
		if err := s.StartClient(name); err != nil {
			return err
		}
		if !s.Desk(name).Screen().Until(s.ctx, func(lines []string) bool { return slices.Contains(lines, "SERVER: [Welcome, you are registered.]") }) {
			return fmt.Errorf("%s is not welcome: %q", name, s.Lines(name))
		}
	}
	return nil
}

// leave ends a client as its user does.
func (s *stage) leave(name string) error {
	if err := s.says(name, "quit"); err != nil {
		return err
	}
	_, err := s.Desk(name).Process().Exit(s.ctx)
	return err
}

func (s *stage) says(name, line string) error { return s.Desk(name).(*play.Pipes).Send(line) }

// open starts alice's full screen. The terminal that she has within tmux passes on every colour.
func (s *stage) open(width, height int) error {
	cmd := s.Client("alice")
	args := append([]string{"-f", "/dev/null", "new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height),
		"env", "-u", "TMUX", "TERM=xterm-256color", "COLORTERM=truecolor", "HOME=" + s.Dir}, cmd.Args...)
	_, err := s.tmux(append(args, "-tui")...)
	if err != nil {
		return err
	}
	s.width = width
	_, err = s.tmux("set", "-g", "status", "off")
	return err
}

func (s *stage) resize(width, height int) error {
	s.width = width
	_, err := s.tmux("resize-window", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height))
	return err
}

func (s *stage) tmux(args ...string) (string, error) {
	out, err := exec.CommandContext(s.ctx, "tmux", append([]string{"-S", s.socket, "-u"}, args...)...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return string(out), err
}

func (s *stage) press(keys ...string) error {
	_, err := s.tmux(append([]string{"send-keys"}, keys...)...)
	return err
}

// types types a text.
func (s *stage) types(text string) error {
	_, err := s.tmux("send-keys", "-l", text)
	return err
}

// shows waits until the texts are on the screen.
func (s *stage) shows(texts ...string) error {
	for {
		screen, err := s.tmux("capture-pane", "-p")
		if err != nil {
			return err
		}
		missing := slices.IndexFunc(texts, func(t string) bool { return !strings.Contains(screen, t) })
		if missing < 0 {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-s.ctx.Done():
			return fmt.Errorf("%q is not on the screen:\n%s", texts[missing], screen)
		}
	}
}

// picture is what the terminal shows now.
func (s *stage) picture(title string) (string, error) {
	screen, err := s.tmux("capture-pane", "-p", "-e", "-N")
	if err != nil {
		return "", err
	}
	rows, err := parse(screen)
	if err != nil {
		return "", err
	}
	return draw(rows, s.width, title), nil
}
