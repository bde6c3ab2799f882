//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// execute runs the program and gives its exit code.
func execute(ts *testscript.TestScript, args []string) int {
	err := ts.Exec("udpchat", args...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	check(ts, err)
	return 0
}

func exits(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	if code := execute(ts, args[1:]); strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d\n%s\n%s", code, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// interrupts is the server that says nothing: what a command has sent it says that the command runs, and listens to signals.
func interrupts(ts *testscript.TestScript, args []string) {
	need(ts, args, 3)
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	check(ts, err)
	defer func() { check(ts, silent.Close()) }()
	port := strconv.Itoa(silent.LocalAddr().(*net.UDPAddr).Port)
	start(ts, "interrupted", append([]string{args[2], "-p", port, "-retries", "100"}, args[3:]...)...)
	check(ts, silent.SetReadDeadline(time.Now().Add(patience)))
	_, err = silent.Read(make([]byte, 2048))
	check(ts, err)
	signals(ts, []string{"interrupted", args[0]})
	ends(ts, []string{"interrupted", args[1]})
}

func refuses(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	code := execute(ts, args[2:])
	if got := strings.TrimSuffix(ts.ReadFile("stderr"), "\n"); got != args[1] || strconv.Itoa(code) != args[0] || ts.ReadFile("stdout") != "" {
		ts.Fatalf("exit code %d, it says\n%s\n%s", code, got, ts.ReadFile("stdout"))
	}
}

func numbered(ts *testscript.TestScript, args []string) {
	need(ts, args, 3)
	n, err := strconv.Atoi(args[0])
	check(ts, err)
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, args[1]+"\n", i+1)
	}
	check(ts, os.WriteFile(ts.MkAbs(args[2]), []byte(b.String()), 0o600))
}

func letters(ts *testscript.TestScript, args []string) {
	need(ts, args, 3)
	n, err := strconv.Atoi(args[0])
	check(ts, err)
	check(ts, os.WriteFile(ts.MkAbs(args[2]), []byte(args[1]+strings.Repeat("a", n)+"\n"), 0o600))
}

func alters(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	check(ts, err)
	at := bytes.Index(b, []byte(args[1]))
	if at < 0 {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	b[at] ^= 1
	check(ts, os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

func oneliner(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	text, err := os.ReadFile(filepath.Join(ts.Getenv("DOCS"), "scripting.md"))
	check(ts, err)
	_, block, _ := strings.Cut(string(text), "## Ten one-liners")
	lines := strings.Split(strings.TrimSpace(strings.Split(block, "```")[1]), "\n")
	n, err := strconv.Atoi(args[1])
	check(ts, err)
	if len(lines) != 10 {
		ts.Fatalf("there are %d one-liners", len(lines))
	}
	with := []string{"PATH=" + ts.MkAbs("bin") + string(os.PathListSeparator) + ts.Getenv("PATH"), "UDPCHAT_NAME=ops", "UDPCHAT_PORT=" + ts.Getenv("PORT")}
	startProgram(ts, args[0], "env", slices.Concat(with, args[2:], []string{"sh", "-c", lines[n-1]})...)
}
