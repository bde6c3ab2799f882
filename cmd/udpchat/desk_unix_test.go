//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"udpchat/cmd/internal/play"
)

// patience bounds every wait; only a failing test reaches it.
const patience = 30 * time.Second

// desk is a client on a pseudo-terminal and the person in front of it. Its screen holds the lines above the prompt.
type desk struct {
	process *play.Process
	screen  play.Screen
	master  *os.File

	mu       sync.Mutex
	terminal terminal
	row      play.Screen // two lines: the row of the prompt left of the cursor, and right of it
}

func openDesk(cmd *exec.Cmd) (play.Desk, error) { return openDeskOf(cmd, 100, 30) }

func openDeskOf(cmd *exec.Cmd, width, height int) (play.Desk, error) {
	master, tty, err := pty.Open()
	if err != nil {
		return nil, err
	}
	d := &desk{master: master, terminal: terminal{width: width, height: height}}
	if err := pty.Setsize(tty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		return nil, err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	read := make(chan struct{})
	d.process, err = play.Launch(cmd, func() {
		<-read
		_ = master.Close() // nothing is written to it any more
		d.screen.End()
		d.row.End()
	})
	_ = tty.Close() // the client has its own
	if err != nil {
		_ = master.Close() // it was never used
		return nil, err
	}
	go func() { // ends with the client: then nobody has the other end open
		defer close(read)
		_, _ = io.Copy(d, master)
	}()
	return d, nil
}

// Write draws what the client writes.
func (d *desk) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.terminal.write(b)
	if d.terminal.unknown != "" {
		return 0, fmt.Errorf("unknown sequence %q", d.terminal.unknown)
	}
	d.screen.Show(d.terminal.above())
	before, after := d.terminal.current()
	d.row.Show([]string{before, after})
	return len(b), nil
}

func (d *desk) Screen() *play.Screen   { return &d.screen }
func (d *desk) Process() *play.Process { return d.process }

// Type types a line as one does, in pieces, and looks at the row before pressing Enter.
func (d *desk) Type(line string) error {
	half := len(line) / 2
	for _, s := range []struct{ keys, row string }{{"", ""}, {line[:half], line[:half]}, {line[half:], line}} {
		if err := d.press(s.keys); err != nil {
			return err
		}
		if err := d.sees(play.Prompt+s.row, ""); err != nil {
			return err
		}
	}
	return d.press("\r")
}

func (d *desk) Interrupt() error { return d.press("\x03") }

// press presses keys.
func (d *desk) press(keys string) error {
	_, err := io.WriteString(d.master, keys)
	return err
}

// sees waits until the row of the prompt is that, left and right of the cursor.
func (d *desk) sees(before, after string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if !d.row.Until(ctx, func(row []string) bool { return len(row) == 2 && row[0] == before && row[1] == after }) {
		return fmt.Errorf("the row is %q, not %q", d.row.Lines(), []string{before, after})
	}
	return nil
}

// resize gives the terminal another size. Rows that are wrapped stay as they are.
func (d *desk) resize(t *testing.T, width, height int) {
	t.Helper()
	d.mu.Lock()
	d.terminal.width = width
	d.mu.Unlock()
	if err := pty.Setsize(d.master, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		t.Fatal(err)
	}
}

// stage gives an empty stage on pseudo-terminals, which is cleared after the test.
func newStage(t *testing.T, open func(*exec.Cmd) (play.Desk, error)) *play.Stage {
	t.Helper()
	s := &play.Stage{Binary: program(t), Dir: t.TempDir(), Open: open}
	t.Cleanup(func() {
		s.Close()
		if t.Failed() {
			var all strings.Builder
			s.Screens(&all, t.Name())
			t.Log(all.String())
		}
	})
	return s
}
