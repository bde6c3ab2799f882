//go:build unix

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"udpchat/cmd/internal/play"
)

// together runs a test's cases, a few at a time, in one test: they wait much more than they work.
func together(t *testing.T, cases int, run func(i int)) {
	t.Helper()
	const most = 6
	turns := make(chan struct{}, most)
	var all sync.WaitGroup
	for i := range cases {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			run(i)
		})
	}
	all.Wait()
}

// The server is killed and started again between two steps of the first transcript, for every two of them: the screens are the
// same but for tables of those who came back.
func TestKillServerBetweenSteps(t *testing.T) {
	t.Parallel()
	killServer(t, func(s *play.Stage, kill func(int, play.Step) error) { s.Before = kill })
}

// The same in the middle of each step: what was typed is on its way.
func TestKillServerWithinSteps(t *testing.T) {
	t.Parallel()
	killServer(t, func(s *play.Stage, kill func(int, play.Step) error) { s.During = kill })
}

// unmissed is so long that no direct message of the transcript misses its time on a busy machine, and not so long that what the dead
// server did not hear is tried again too late.
const unmissed = "3s"

func killServer(t *testing.T, hook func(*play.Stage, func(int, play.Step) error)) {
	t.Helper()
	script := play.Transcripts()[0]
	path, dirs := program(t), t.TempDir()
	together(t, len(script.Steps)-1, func(i int) {
		step := i + 1
		stage := &play.Stage{Binary: path, Dir: fmt.Sprintf("%s/%d", dirs, step), Noise: true, Open: paced(openPipes, unmissed)}
		defer stage.Close()
		hook(stage, func(i int, _ play.Step) error {
			if i != step {
				return nil
			}
			stage.KillServer()
			return stage.StartServer(t.Context())
		})
		if err := stage.Play(t.Context(), script); err != nil {
			var screens strings.Builder
			stage.Screens(&screens, t.Name())
			t.Errorf("killed at step %d, %v: %v\n%s", step, script.Steps[step], err, screens.String())
		}
	})
}

// The recipient is killed and started again, at once or late, before or after it was written to: nothing is lost, nothing is
// shown twice. A line that may have been on the screen before bears a mark.
func TestKillRecipient(t *testing.T) {
	t.Parallel()
	path, dirs := program(t), t.TempDir()
	together(t, 12, func(i int) {
		stage := &play.Stage{Binary: path, Dir: fmt.Sprintf("%s/%d", dirs, i)}
		defer stage.Close()
		if err := killRecipient(t.Context(), stage, i/3, i%3); err != nil {
			var screens strings.Builder
			stage.Screens(&screens, fmt.Sprintf("case %d", i))
			t.Errorf("killed at message %d, way %d: %v\n%s", i/3, i%3, err, screens.String())
		}
	})
}

func killRecipient(ctx context.Context, stage *play.Stage, at, way int) error {
	const texts = 4
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	if err := stage.StartServer(ctx); err != nil {
		return err
	}
	for _, name := range []string{"x", "y"} {
		if err := stage.StartClient(name); err != nil {
			return err
		}
		if !has(ctx, stage, name, "SERVER: [Welcome, you are registered.]", 1) {
			return fmt.Errorf("%s is not welcome", name)
		}
	}
	if !hasPrefix(ctx, stage, "x", "y @ ") {
		return fmt.Errorf("x does not see y")
	}
	for i := range texts {
		if i == at && way != 2 {
			stage.Desk("y").Process().Kill()
			if way == 0 { // back before the message; else after it was typed
				if err := stage.StartClient("y"); err != nil {
					return err
				}
			}
		}
		if err := stage.Desk("x").Type(fmt.Sprintf("send y text %d", i)); err != nil {
			return err
		}
		if i == at && way != 0 { // killed while the message is on its way, or was dead before it
			stage.Desk("y").Process().Kill()
			if err := stage.StartClient("y"); err != nil {
				return err
			}
		}
	}
	if !has(ctx, stage, "x", received("y"), texts) {
		return fmt.Errorf("not every message was acknowledged")
	}
	if err := stage.Desk("y").(*play.Pipes).CloseInput(); err != nil { // it prints what it has before it leaves
		return err
	}
	if _, err := stage.Desk("y").Process().Exit(ctx); err != nil {
		return err
	}
	return onceEach(stage.Lines("y"), texts)
}

// A client is killed when it has just come: the words of the server's key are seen at least once, and its next start is like any
// other.
func TestKillAtFirstUse(t *testing.T) {
	t.Parallel()
	path, dirs := program(t), t.TempDir()
	together(t, 5, func(i int) {
		stage := &play.Stage{Binary: path, Dir: fmt.Sprintf("%s/%d", dirs, i)}
		defer stage.Close()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := stage.StartServer(ctx); err != nil {
			t.Error(err)
			return
		}
		for range 2 {
			if err := stage.StartClient("x"); err != nil {
				t.Error(err)
				return
			}
			stage.Desk("x").Screen().Until(ctx, func(lines []string) bool { return len(lines) >= i })
			stage.Desk("x").Process().Kill()
		}
		if err := stage.StartClient("x"); err != nil || !has(ctx, stage, "x", "SERVER: [Welcome, you are registered.]", 1) {
			t.Errorf("killed after %d lines: it is not welcome, %v", i, err)
		}
		if all := strings.Join(stage.Lines("x"), "\n"); !strings.Contains(all, "[Server key on first use: ") {
			t.Errorf("killed after %d lines:\n%s", i, all)
		}
	})
}

// onceEach wants every text once. A further, marked line is allowed, and so is a marked one alone.
func onceEach(lines []string, texts int) error {
	for i := range texts {
		plain, marked := 0, 0
		for _, line := range lines {
			text, again := strings.CutPrefix(play.Timeless(line), "↻ ")
			text = strings.Replace(strings.Replace(text, "(late) ", "", 1), "TIMESTAMP ", "", 1)
			switch {
			case text != fmt.Sprintf("x: text %d", i):
			case again:
				marked++
			default:
				plain++
			}
		}
		if plain > 1 || plain+marked == 0 {
			return fmt.Errorf("text %d was shown %d times, and %d times with a mark", i, plain, marked)
		}
	}
	return nil
}

func has(ctx context.Context, stage *play.Stage, who, line string, times int) bool {
	return stage.Desk(who).Screen().Until(ctx, func(lines []string) bool {
		n := 0
		for _, l := range lines {
			if l == line {
				n++
			}
		}
		return n >= times
	})
}

func hasPrefix(ctx context.Context, stage *play.Stage, who, prefix string) bool {
	return stage.Desk(who).Screen().Until(ctx, func(lines []string) bool {
		for _, l := range lines {
			if strings.HasPrefix(l, prefix) {
				return true
			}
		}
		return false
	})
}
