package play

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
)

// Desk is a client that runs, and whoever sits in front of it.
type Desk interface {
	Screen() *Screen
	Process() *Process
	// Type types a line and presses Enter.
	Type(line string) error
	// Interrupt presses Ctrl-C.
	Interrupt() error
}

// Pipes is a desk without a terminal.
type Pipes struct {
	process *Process
	screen  Screen
	in      io.WriteCloser
	Stderr  Screen

	typing sync.Mutex
}

// OpenPipes starts a command with pipes for its input and output.
func OpenPipes(cmd *exec.Cmd) (*Pipes, error) {
	p := &Pipes{}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	p.in, cmd.Stdout, cmd.Stderr = in, &p.screen, &p.Stderr
	p.process, err = Launch(cmd, func() { p.screen.End(); p.Stderr.End() })
	return p, err
}

// Screen is standard output, with what is typed after a prompt, as it would stand in a terminal.
func (p *Pipes) Screen() *Screen { return &p.screen }

// Process is the client.
func (p *Pipes) Process() *Process { return p.process }

// Type writes a line to the client.
func (p *Pipes) Type(line string) error {
	p.screen.Append(Prompt + line)
	return p.Send(line)
}

// Send is Type without a trace on the screen.
func (p *Pipes) Send(line string) error {
	p.typing.Lock()
	defer p.typing.Unlock()
	_, err := io.WriteString(p.in, line+"\n")
	return err
}

// CloseInput ends the client's input.
func (p *Pipes) CloseInput() error { return p.in.Close() }

// Interrupt sends what Ctrl-C sends.
func (p *Pipes) Interrupt() error { return p.process.Signal(os.Interrupt) }
