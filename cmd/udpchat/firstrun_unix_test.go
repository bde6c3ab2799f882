//go:build unix

package main

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"udpchat/cmd/internal/play"
)

// asked is a client without a flag in a terminal, and the port of a server that it may find.
func asked(t *testing.T, s *play.Stage) *desk {
	t.Helper()
	cmd := s.Client("nobody")
	plain := exec.Command(cmd.Path, "client")
	plain.Env = cmd.Env
	at, err := openDesk(plain)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(at.Process().Kill)
	return at.(*desk)
}

// Who starts a client without a flag is asked for a name and a server; the second time Enter is enough for the name, and the server is known.
func TestFirstRunAsks(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := newStage(t, openDesk)
	if err := s.StartServer(ctx); err != nil {
		t.Fatal(err)
	}
	args := s.Client("x").Args
	port := args[slices.Index(args, "-p")+1]
	x := asked(t, s)
	for _, step := range []struct{ row, answer, said string }{
		{"Your name: ", "no name", `"no name" `},
		{"Your name: ", "Zoë", "Your name: Zoë"},
		{"The server's address, or an invite [127.0.0.1]: ", "localhost:0", `"0" behind the colon is not a port`},
		{"The server's address, or an invite [127.0.0.1]: ", "no..host", `host "no..host" is not known`},
		{"The server's address, or an invite [127.0.0.1]: ", "0.0.0.0", "0.0.0.0 is no machine's address"},
		{"The server's address, or an invite [127.0.0.1]: ", "udpchat://localhost", "has no # and key: an invite is "},
		{"The server's address, or an invite [127.0.0.1]: ", "localhost:" + port, "Server IP->127.0.0.1"},
	} {
		if err := x.sees(step.row, ""); err != nil {
			t.Fatal(err)
		}
		if err := x.press(step.answer + "\r"); err != nil {
			t.Fatal(err)
		}
		said := func(lines []string) bool { return strings.Contains(strings.Join(lines, "\n"), step.said) }
		if !x.Screen().Until(ctx, said) {
			t.Fatalf("after %q the screen is %q", step.answer, x.Screen().Lines())
		}
	}
	welcome := func(x *desk) {
		t.Helper()
		if !x.Screen().Until(ctx, func(lines []string) bool { return slices.Contains(lines, "SERVER: [Welcome, you are registered.]") }) {
			t.Fatalf("the screen is %q", x.Screen().Lines())
		}
		if err := x.press("quit\r"); err != nil {
			t.Fatal(err)
		}
		if code, err := x.process.Exit(ctx); err != nil || code != exitOK {
			t.Fatalf("exit code %d, %v", code, err)
		}
	}
	welcome(x)
	x = asked(t, s)
	if err := x.sees("Your name [Zoë]: ", ""); err != nil {
		t.Fatal(err)
	}
	if err := x.press("\r"); err != nil {
		t.Fatal(err)
	}
	welcome(x)
}

func TestFirstRunWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	x := asked(t, newStage(t, openDesk))
	if err := x.sees("Your name: ", ""); err != nil {
		t.Fatal(err)
	}
	if err := x.press("\x04"); err != nil {
		t.Fatal(err)
	}
	if code, err := x.process.Exit(ctx); err != nil || code != exitUsage {
		t.Errorf("exit code %d, %v", code, err)
	}
	if all := strings.Join(x.Screen().Lines(), "\n"); !strings.Contains(all, "udpchat client: no answer: give a name with -n NAME") {
		t.Errorf("the screen is %q", all)
	}
}
