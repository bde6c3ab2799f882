package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the other processes of a workload.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{receiveCommand, echoCommand, herdCommand, "-udpchat"}, os.Args[1]) {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no workload", nil, "give one workload; -h lists them"},
		{"two", []string{"w1", "w2"}, "give one workload; -h lists them"},
		{"one that is not there", []string{"w0"}, `there is no workload "w0"; -h lists them`},
		{"no work", []string{"-scale", "0", "w1"}, "flag -scale: 0 is not above 0 and at most 100"},
		{"no clients", []string{"-clients", "0", "scale"}, "flag -clients: 0 is not from 1 to 200,000"},
		{"a flag that is not there", []string{"-x"}, "flag provided but not defined: -x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := run(t.Context(), c.args, strings.NewReader(""), new(bytes.Buffer))
			if !errors.As(err, new(usageError)) || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestHelpListsTheWorkloads(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, strings.NewReader(""), &out); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	for _, w := range workloads() {
		if !strings.Contains(out.String(), "  "+w.name+" ") {
			t.Errorf("%s is missing in\n%s", w.name, &out)
		}
	}
}

// Each workload, at the smallest, reports the cases and numbers that docs/performance.md names, and leaves no file.
func TestWorkloads(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts servers")
	}
	binary := udpchat(t)
	for _, c := range []struct{ workload, first, key string }{
		{"w1", "1 in flight", "p50_us"},
		{"w2d", "1 pair x 64, history", "msg_s"},
		{"w5", "drain", "msg_s"},
		{"w7", "restart, 100 clients, 1000 messages", "restart_s"},
		{"scale", "scale 5", "logins_s"},
		{"limits", "UDP, 1 in flight, 2 processes", "p50_us"},
	} {
		t.Run(c.workload, func(t *testing.T) {
			dir := t.TempDir()
			var out bytes.Buffer
			if err := run(t.Context(), []string{"-udpchat", binary, "-dir", dir, "-scale", "0.001", "-clients", "5", c.workload}, strings.NewReader(""), &out); err != nil {
				t.Fatal(err)
			}
			var r result
			if err := json.NewDecoder(&out).Decode(&r); err != nil || r.Case != c.first || r.V[c.key] <= 0 {
				t.Errorf("%+v, %v; want %s with %s", r, err, c.first, c.key)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) > 0 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

// Who reads the figures may leave: the bench ends, and its servers with it.
func TestNobodyReads(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a server")
	}
	dir := t.TempDir()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-udpchat", udpchat(t), "-dir", dir, "-scale", "0.001", "w4")
	cmd.Stdout, cmd.Stderr = in, &said
	err = cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); !ended || !strings.Contains(said.String(), "broken pipe") {
		t.Errorf("%v: %s", err, &said)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// Ctrl-C ends a workload, whatever it waits for, and leaves no file.
func TestInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts servers")
	}
	binary := udpchat(t)
	for _, workload := range []string{"limits", "w1"} {
		t.Run(workload, func(t *testing.T) {
			dir := t.TempDir()
			ctx, interrupt := context.WithCancel(t.Context())
			defer time.AfterFunc(300*time.Millisecond, interrupt).Stop()
			ended := make(chan error, 1)
			go func() { // it is waited for, or has the rest of the test's time
				ended <- run(ctx, []string{"-udpchat", binary, "-dir", dir, "-scale", "100", workload}, strings.NewReader(""), new(bytes.Buffer))
			}()
			select {
			case err := <-ended:
				if err == nil {
					t.Error("it says that all was measured")
				}
			case <-time.After(patience / 2):
				t.Fatal("it goes on")
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

// udpchat builds the program.
func udpchat(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "udpchat")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "udpchat/cmd/udpchat").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

func TestLatencies(t *testing.T) {
	var l latencies
	for i := range 1000 {
		l = append(l, time.Duration(i+1)*time.Microsecond)
	}
	slices.Reverse(l)
	v := l.values()
	if v["p50_us"] != 500 || v["p99_us"] != 990 || v["p999_us"] != 999 {
		t.Errorf("%v", v)
	}
	if v := (latencies)(nil).values(); len(v) != 0 {
		t.Errorf("of nothing: %v", v)
	}
}
