package main

import (
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"udpchat/cmd/internal/play"
)

// TestMain makes the test binary the program itself when it is called udpchat. It is in $PATH under that name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"udpchat": main})
}

// program finds the program, for tests that start it.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("udpchat")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// programCommand is the program with its state in a folder of its own.
func programCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	cmd.Env = play.Environ(t.TempDir())
	return cmd
}
