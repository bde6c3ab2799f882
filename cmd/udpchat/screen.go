package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"udpchat/cmd/internal/lineedit"
	"udpchat/peer"
)

const prompt = ">>> "

// screen is the face of a chat: a terminal with a prompt, or, for scripts, plain lines.
type screen interface {
	// read gives what the user wants next; its error is io.EOF at the end of the input, lineedit.ErrInterrupt for Ctrl-C.
	read(ctx context.Context) typed
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
func (env *environment) openScreen() (screen, error) {
	if !term.IsTerminal(int(env.stdin.Fd())) || !term.IsTerminal(int(env.stdout.Fd())) || env.lookup("TERM") == "dumb" {
		return &piped{in: bufio.NewReader(env.stdin), out: env.stdout}, nil
	}
	e, err := lineedit.Open(env.stdin, env.stdout, prompt)
	if err != nil {
		return nil, fmt.Errorf("open terminal: %w", err)
	}
	return &prompted{e}, nil
}

// prompted is a screen with a line editor.
type prompted struct{ editor *lineedit.Editor }

func (p *prompted) read(ctx context.Context) typed {
	line, err := p.editor.ReadLine(ctx)
	return typed{line: line, err: err}
}

func (p *prompted) begin(*session) {}

func (p *prompted) tell(_ peer.Notice, lines []string) error {
	for _, line := range lines {
		p.editor.Println(line)
	}
	return nil
}

func (p *prompted) println(line string) error {
	p.editor.Println(line)
	return nil
}

func (p *prompted) logWriter(stderr *os.File) io.Writer {
	if !term.IsTerminal(int(stderr.Fd())) {
		return stderr
	}
	return logLines{p.editor}
}

func (p *prompted) interactive() bool { return true }

func (p *prompted) close() { _ = p.editor.Close() } // the terminal is gone, then

// logLines prints log lines above the prompt.
type logLines struct{ editor *lineedit.Editor }

func (l logLines) Write(b []byte) (int, error) {
	l.editor.Println(strings.TrimRight(string(b), "\n"))
	return len(b), nil
}

// piped is a screen without a terminal: no prompt and no escape sequence, ever.
type piped struct {
	in *bufio.Reader

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

func (p *piped) begin(*session) {}

func (p *piped) tell(_ peer.Notice, lines []string) error {
	for _, line := range lines {
		if err := p.println(line); err != nil {
			return err
		}
	}
	return nil
}

func (p *piped) println(line string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := io.WriteString(p.out, line+"\n")
	return err
}

func (p *piped) logWriter(stderr *os.File) io.Writer { return stderr }

func (p *piped) interactive() bool { return false }

func (p *piped) close() {}
