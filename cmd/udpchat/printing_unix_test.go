//go:build unix

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"udpchat/cmd/internal/play"
)

// readings counts how often each text of x was read, without the mark of a repetition and with it.
func readings(t *testing.T, lines []string) (plain, marked map[string]int) {
	t.Helper()
	plain, marked = map[string]int{}, map[string]int{}
	for _, line := range lines {
		text, again := strings.CutPrefix(play.Timeless(line), "↻ ")
		text = strings.Replace(strings.Replace(text, "(late) ", "", 1), "TIMESTAMP ", "", 1)
		if text, ok := strings.CutPrefix(text, "x: "); ok && again {
			marked[text]++
		} else if ok {
			plain[text]++
		}
	}
	return plain, marked
}

// correspond has x write to y, who is away at first and then comes, again and again: leave ends each of its runs, when it has printed some
// lines. It gives what y printed in all of them.
func correspond(t *testing.T, texts int, leave func(ctx context.Context, y *play.Pipes) error) []string {
	t.Helper()
	stage := newStage(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(stage.StartServer(ctx))
	must(stage.StartClient("y"))
	must(stage.StartClient("x"))
	if !hasPrefix(ctx, stage, "x", "y @ ") {
		t.Fatal("x does not see y")
	}
	stage.Desk("y").Process().Kill()
	for i := range texts {
		must(stage.Desk("x").(*play.Pipes).Send(fmt.Sprintf("send y text %d", i)))
	}
	all := func(lines []string) bool {
		plain, marked := readings(t, lines)
		for i := range texts {
			if text := fmt.Sprintf("text %d", i); plain[text]+marked[text] == 0 {
				return false
			}
		}
		return true
	}
	for ctx.Err() == nil && !all(stage.Lines("y")) {
		must(stage.StartClient("y"))
		must(leave(ctx, stage.Desk("y").(*play.Pipes)))
	}
	return stage.Lines("y")
}

// printsSome waits until a client has printed a number of messages, or all that there are.
func printsSome(ctx context.Context, y *play.Pipes, n int) {
	y.Screen().Until(ctx, func(lines []string) bool {
		got := 0
		for _, line := range lines {
			if strings.HasSuffix(line, " text 1999") { // it may be the last one
				return true
			}
			if strings.Contains(line, "x: ") {
				got++
			}
		}
		return got >= n
	})
}

// A line comes a second time only after its reader was killed between printing it and noting so, which is one line at most, and it
// bears the mark. What was received and not printed bears none, however the reader ended.
func TestALineIsShownAgain(t *testing.T) {
	t.Parallel()
	const texts = 2000
	if bootID() == "" {
		t.Skip("this system does not name its runs")
	}
	t.Run("killed", func(t *testing.T) {
		t.Parallel()
		kills := 0
		random := rand.New(rand.NewPCG(1, 2))
		lines := correspond(t, texts, func(ctx context.Context, y *play.Pipes) error {
			printsSome(ctx, y, 1+random.IntN(200))
			y.Process().Kill()
			kills++
			return nil
		})
		plain, marked := readings(t, lines)
		repeated := 0
		for i := range texts {
			text := fmt.Sprintf("text %d", i)
			if plain[text] > 1 || plain[text]+marked[text] == 0 {
				t.Errorf("%s was shown %d times, and %d times with a mark", text, plain[text], marked[text])
			}
			repeated += marked[text]
		}
		t.Logf("%d texts, %d kills, %d marks", texts, kills, repeated)
		if repeated > kills {
			t.Errorf("%d lines bear the mark after %d kills", repeated, kills)
		}
		if kills < 2 {
			t.Errorf("%d kills show nothing", kills)
		}
	})
	for name, leave := range map[string]func(y *play.Pipes) error{
		"the end of its input": (*play.Pipes).CloseInput,
		"a signal":             func(y *play.Pipes) error { return y.Process().Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			lines := correspond(t, texts, func(ctx context.Context, y *play.Pipes) error {
				printsSome(ctx, y, 20)
				runs++
				if err := leave(y); err != nil {
					return err
				}
				_, err := y.Process().Exit(ctx)
				return err
			})
			plain, marked := readings(t, lines)
			for i := range texts {
				if text := fmt.Sprintf("text %d", i); plain[text] != 1 || marked[text] != 0 {
					t.Errorf("%s was shown %d times, and %d times with a mark", text, plain[text], marked[text])
				}
			}
			t.Logf("%d texts, %d runs", texts, runs)
		})
	}
}
