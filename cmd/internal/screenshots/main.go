// Command screenshots takes the pictures of docs/: a server, real clients, one of them in a terminal of tmux with a full screen, a
// conversation, and what the terminal shows then as SVG. It needs tmux.
//
//	go run ./cmd/internal/screenshots bin/udpchat docs
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

// patience bounds all of it.
const patience = 2 * time.Minute

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: screenshots BINARY FOLDER")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := take(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func take(ctx context.Context, binary, folder string) (err error) {
	if _, err := exec.LookPath("tmux"); err != nil {
		return fmt.Errorf("it takes tmux: %w", err)
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "screenshots")
	if err != nil {
		return err
	}
	s := newStage(ctx, binary, dir)
	defer func() {
		s.close()
		_ = os.RemoveAll(dir) // it is below the system's folder for such
	}()
	for _, p := range pictures {
		if err := p.play(s); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		svg, err := s.picture(p.title)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := os.WriteFile(filepath.Join(folder, p.name+".svg"), []byte(svg), 0o644); err != nil {
			return err
		}
	}
	return nil
}
