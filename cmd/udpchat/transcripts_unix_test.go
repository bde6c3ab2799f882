//go:build unix

package main

import (
	"strings"
	"testing"

	"udpchat/cmd/internal/play"
)

// The sessions that the program was made after, in terminals: every line is in its place, and the prompt and what is typed
// stand as they should before every Enter.
func TestTranscriptsInTerminals(t *testing.T) {
	for _, script := range play.Transcripts() {
		t.Run(script.Title, func(t *testing.T) {
			t.Parallel()
			if err := newStage(t, openDesk).Play(t.Context(), script); err != nil {
				t.Error(err)
			}
		})
	}
}

// A play that goes another way than its script fails, and names the step, the screen and the line.
func TestPlayThatGoesWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		steps []play.Step
		want  string
	}{
		"another line": {
			[]play.Step{play.Types("x", "peers ?").Shows("x", "Usage: send NAME TEXT")},
			`a play, when x types "peers ?": screen of x: out of place: "Usage: peers" (awaited: "Usage: send NAME TEXT")`,
		},
		"a line too many": {
			[]play.Step{play.Types("x", "help").Shows("x", "send NAME TEXT     send TEXT to NAME"), play.Interrupts("x")},
			`a play, when x presses Ctrl-C: screen of x: out of place: "send_all TEXT      send TEXT to the channel" (awaited: "[Exiting]")`,
		},
		"a line too few": {
			[]play.Step{play.Types("x", "quit").Shows("x", "[You are Offline. Bye.]", "See you.")},
			`a play, when x types "quit": screen of x: missing: "See you."`,
		},
		"another exit code": {
			[]play.Step{play.Types("x", "quit").Shows("x", "[You are Offline. Bye.]"), play.Ends("x", 1)},
			`a play, when x ends by itself with exit code 1: x ended with exit code 0, not 1`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stage := &play.Stage{Binary: program(t), Dir: t.TempDir()}
			defer stage.Close()
			first := play.Transcripts()[0].Steps[:2] // the server and x
			err := stage.Play(t.Context(), play.Script{Title: "a play", Steps: append(first[:2:2], tt.steps...)})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
