//go:build unix

package main

import (
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
