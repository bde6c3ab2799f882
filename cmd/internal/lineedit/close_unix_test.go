//go:build unix

package lineedit

import (
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"
)

func TestCloseGivesTheTerminalBack(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = master.Close(), tty.Close() }()
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	e, err := Open(tty, tty, ">>> ")
	if err != nil {
		t.Fatal(err)
	}
	if raw, _ := term.GetState(int(tty.Fd())); *raw == *before {
		t.Error("the terminal is not in raw mode")
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if after, _ := term.GetState(int(tty.Fd())); *after != *before {
		t.Error("the terminal is not as it was")
	}
	if _, err := e.ReadLine(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("ReadLine after Close: %v", err)
	}
	// Whoever reads the terminal next gets the input, not a forgotten reader.
	if _, err := io.WriteString(master, "for the shell\n"); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 80)
	if n, err := tty.Read(buf); err != nil || string(buf[:n]) != "for the shell\n" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
}

func TestCloseLeavesAFreshLine(t *testing.T) {
	d := sit(t, 40)
	d.keys("unsent")
	d.row(">>> unsent @10")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d.Println("bye\nbye")
	d.until("the last words", func() bool { return slices.Equal(d.screen.text(), []string{"bye", "bye"}) })
	if d.screen.pasteMode || d.screen.col != 0 {
		t.Errorf("bracketed paste is %v, cursor in column %d", d.screen.pasteMode, d.screen.col)
	}
}

func TestTheTerminalGoesAway(t *testing.T) {
	d := sit(t, 40)
	d.keys("last\r")
	d.until("the entered line", func() bool { return d.screen.text()[0] == ">>> last" })
	// The hang-up comes once the blocked read of the other side has returned,
	// which this output brings about.
	_ = d.master.Close()
	d.Println("is anybody there?")
	d.line("last", nil)
	d.line("", io.EOF)
	d.Println("into the void")
}

func TestOpenWantsATerminal(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := Open(file, file, ""); err == nil {
		t.Error("a file was taken for a terminal")
	}
}
