//go:build unix

package lineedit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// patience bounds every wait; it is reached only when a test fails.
const patience = 30 * time.Second

const height = 10 // of the terminal in all tests here

// desk is an editor on a pseudo-terminal and the person in front of it.
type desk struct {
	*Editor
	t      *testing.T
	master *os.File
	tty    *os.File
	screen *terminal
	output chan string
}

func sit(t *testing.T, width int) *desk {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, master: master, tty: tty, screen: newTerminal(t, width, height), output: make(chan string)}
	d.setSize(width)
	go d.listen()
	t.Cleanup(func() {
		if d.Editor != nil {
			_ = d.Close()
		}
		_ = tty.Close()
		_ = master.Close()
		for range d.output { // ends when listen has ended
		}
	})
	if d.Editor, err = Open(tty, tty, ">>> "); err != nil {
		t.Fatal(err)
	}
	d.row(">>>  @4")
	return d
}

// listen collects output without ever making the editor wait for the test.
func (d *desk) listen() {
	defer close(d.output)
	chunks := make(chan string)
	go func() {
		defer close(chunks)
		buf := make([]byte, 1<<16)
		for {
			n, err := d.master.Read(buf)
			if n > 0 {
				chunks <- string(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	var held strings.Builder
	for {
		out := d.output
		if held.Len() == 0 {
			out = nil
		}
		select {
		case s, ok := <-chunks:
			if !ok {
				return
			}
			held.WriteString(s)
		case out <- held.String():
			held.Reset()
		}
	}
}

func (d *desk) setSize(width int) {
	d.t.Helper()
	if err := pty.Setsize(d.tty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		d.t.Fatal(err)
	}
}

// keys types on the keyboard.
func (d *desk) keys(s string) {
	d.t.Helper()
	if _, err := io.WriteString(d.master, s); err != nil {
		d.t.Fatal(err)
	}
}

// until feeds output to the screen until it is as wanted.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.After(patience)
	for !ok() {
		select {
		case s := <-d.output:
			d.screen.write(s)
		case <-deadline:
			d.t.Fatalf("waited for %s; the screen is\n%s\nrow %q", what,
				strings.Join(d.screen.text(), "\n"), d.screen.current())
		}
	}
}

// row waits for the row of the cursor.
func (d *desk) row(want string) {
	d.t.Helper()
	// Blanks at the end of the row cannot be told from none.
	content, column, _ := strings.Cut(want, " @")
	want = strings.TrimRight(content, " ") + " @" + column
	d.until(fmt.Sprintf("the row %q", want), func() bool { return d.screen.current() == want })
}

// line reads a line and compares it.
func (d *desk) line(want string, wantErr error) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), patience)
	defer cancel()
	got, err := d.ReadLine(ctx)
	if got != want || !errors.Is(err, wantErr) {
		d.t.Fatalf("read %.80q, %v; want %.80q, %v", got, err, want, wantErr)
	}
}
