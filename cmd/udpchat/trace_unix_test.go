//go:build unix

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// At a terminal the trace is above the prompt, and what is being typed stays.
func TestTraceAbovePrompt(t *testing.T) {
	t.Parallel()
	r := newRoom(t, "y")
	r.again(func(cmd *exec.Cmd) { cmd.Args = append(cmd.Args, "-trace") })
	r.must(r.x.press("send y something private\rhalf a line"))
	r.finds("x", func(line string) bool {
		return strings.Contains(line, "→ y ") && strings.Contains(line, "  text seq ")
	})
	r.finds("x", func(line string) bool {
		return strings.Contains(line, "← y ") && strings.Contains(line, "  ack seq ") && strings.Contains(line, "round trip")
	})
	r.shows("x", "[Message received by y.]")
	r.must(r.x.sees(">>> half a line", ""))
	for _, line := range r.x.screen.Lines() {
		if strings.Contains(line, "private") && !strings.HasPrefix(line, ">>> ") {
			t.Errorf("the text is on the screen: %s", line)
		}
	}
}
