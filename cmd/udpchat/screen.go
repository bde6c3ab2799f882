package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"udpchat/peer"
	"udpchat/wire"
)

// screen is the face of a chat: a terminal with a prompt, or, for scripts, plain lines.
type screen interface {
	// read gives what the user wants next; its error is io.EOF at the end of the input, lineedit.ErrInterrupt for Ctrl-C.
	read(ctx context.Context) typed
	// where shows where the client and the server are.
	where(lines []string) error
	// begin says that a client runs: the first one, or one of another name.
	begin(s *session)
	// tell shows what happened; the lines are those that say it at the prompt.
	tell(n peer.Notice, lines []string) error
	// println shows a line that no client said.
	println(line string) error
	// logWriter is where log lines go that were meant for stderr: above the prompt, when both share a terminal.
	logWriter(stderr *os.File) io.Writer
	interactive() bool
	close()
}

// openScreen chooses by what standard input and output are.
func (env *environment) openScreen(s clientSettings) (screen, error) {
	if s.json {
		return newObjects(env.stdin, env.stdout), nil
	}
	if !env.onTerminal() {
		painter := newPainter(env, s.colour, term.IsTerminal(int(env.stdout.Fd())))
		return &piped{in: bufio.NewReader(env.stdin), out: env.stdout, painter: painter}, nil
	}
	if s.tui {
		return env.openFullScreen(s), nil
	}
	return newPrompted(env, s)
}

// onTerminal tells whether there is a terminal that can be drawn on.
func (env *environment) onTerminal() bool {
	return term.IsTerminal(int(env.stdin.Fd())) && term.IsTerminal(int(env.stdout.Fd())) && env.lookup("TERM") != "dumb"
}

// piped is a screen without a terminal: no prompt, and no escape sequence unless colours are asked for.
type piped struct {
	in      *bufio.Reader
	painter painter

	mu  sync.Mutex
	out io.Writer
}

// read gives a line of any length. ctx is not heeded: reading a pipe can't be interrupted; the program ends instead.
func (p *piped) read(context.Context) typed {
	line, err := p.in.ReadString('\n')
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		return typed{err: err}
	}
	return typed{line: strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")}
}

func (p *piped) where(lines []string) error { return p.tell(nil, lines) }

func (p *piped) begin(*session) {}

func (p *piped) tell(n peer.Notice, lines []string) error {
	for _, line := range p.painter.paint(n, lines) {
		if err := p.println(line); err != nil {
			return err
		}
	}
	return nil
}

func (p *piped) mark(line, name string, k wire.Key) string { return p.painter.mark(line, name, k) }

func (p *piped) println(line string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := io.WriteString(p.out, line+"\n")
	return err
}

func (p *piped) logWriter(stderr *os.File) io.Writer { return stderr }

func (p *piped) interactive() bool { return false }

func (p *piped) close() {}
