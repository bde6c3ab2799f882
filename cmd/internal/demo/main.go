// Command demo shows what udpchat does, with real processes on this machine and a database that is removed afterwards:
//
//	demo BINARY
//
// In a terminal it leaves you at the prompt as x, with two others, y and z, who answer. Without one it plays the three
// transcripts, prints every screen, and exits 1 when a line is missing or out of place.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/term"

	"udpchat/cmd/internal/play"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: demo BINARY")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

func run(binary string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())) {
		return inFolder(func(dir string) error { return chat(ctx, &play.Stage{Binary: binary, Dir: dir}) })
	}
	return transcripts(ctx, binary)
}

// transcripts plays them one after the other, all of them in any case.
func transcripts(ctx context.Context, binary string) error {
	var failed []error
	for _, script := range play.Transcripts() {
		err := inFolder(func(dir string) error {
			stage := &play.Stage{Binary: binary, Dir: dir}
			defer stage.Close()
			err := stage.Play(ctx, script)
			stage.Screens(os.Stdout, script.Title)
			return err
		})
		switch {
		case err != nil:
			fmt.Printf("\n%s: FAILED: %v\n", script.Title, err)
			failed = append(failed, err)
		default:
			fmt.Printf("\n%s: every line is in its place.\n", script.Title)
		}
	}
	return errors.Join(failed...)
}

// inFolder gives f a folder that is removed afterwards.
func inFolder(f func(dir string) error) (err error) {
	dir, err := os.MkdirTemp("", "udpchat-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return f(dir)
}
