package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"udpchat/cmd/internal/play"
)

const greeting = `A server and two others, y and z, run on this machine. You are x. Try:

  send y hello             y answers
  send_all hello, both     to the channel
  dereg x                  go offline, and come back with: reg x
  help                     all commands; quit ends the demonstration

`

// chat leaves the user at the prompt, with two who answer, until x leaves.
func chat(ctx context.Context, stage *play.Stage) error {
	var answering sync.WaitGroup
	defer answering.Wait()
	defer stage.Close()
	if err := stage.StartServer(ctx); err != nil {
		return err
	}
	for _, name := range []string{"y", "z"} {
		if err := stage.StartClient(name); err != nil {
			return err
		}
		desk := stage.Desk(name)
		if !desk.Screen().Until(ctx, func(lines []string) bool { return slices.Contains(lines, "[Client table updated.]") }) {
			return fmt.Errorf("%s could not register: %s", name, strings.Join(desk.Screen().Lines(), "; "))
		}
		answering.Go(func() { answer(ctx, desk) })
	}
	fmt.Print(greeting)
	x := stage.Client("x")
	x.Stdin, x.Stdout, x.Stderr = os.Stdin, os.Stdout, os.Stderr
	process, err := play.Launch(x, nil)
	if err != nil {
		return err
	}
	defer process.Kill()
	defer context.AfterFunc(ctx, func() {
		_ = process.Signal(syscall.SIGTERM) // it gives the terminal back as it was; else it is killed
		time.AfterFunc(5*time.Second, process.Kill)
	})()
	code, err := process.Exit(context.WithoutCancel(ctx))
	if err == nil && code != 0 && code != 130 { // 130: Ctrl-C
		err = fmt.Errorf("x ended with exit code %d", code)
	}
	return err
}

// answer answers each direct message of x until the client ends.
func answer(ctx context.Context, desk play.Desk) {
	seen := 0
	for {
		var fresh []string
		desk.Screen().Until(ctx, func(lines []string) bool {
			fresh = append([]string(nil), lines[seen:]...)
			return len(fresh) > 0
		})
		if len(fresh) == 0 {
			return
		}
		seen += len(fresh)
		for _, line := range fresh {
			if text, ok := strings.CutPrefix(line, "x: "); ok {
				if err := desk.Type("send x you said: " + text); err != nil {
					return
				}
			}
		}
	}
}
