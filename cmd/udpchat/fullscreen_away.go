package main

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"udpchat/cmd/internal/jobcontrol"
)

// released is how long Bubble Tea has to stop drawing, which it does beside ReleaseTerminal: what is begun before that it would stop too.
const released = 20 * time.Millisecond

// pasteOn has the terminal mark what is pasted. A shell ends that.
const pasteOn = "\x1b[?2004h"

// Suspend gives the terminal back and has the program stopped, where the system knows jobs. It takes the terminal again when the user brings the program
// to the foreground.
func (f *fullScreen) Suspend() {
	f.drawing.Lock()
	defer f.drawing.Unlock()
	select {
	case <-f.closing:
		return
	default:
	}
	if !jobcontrol.Supported || f.program.ReleaseTerminal() != nil {
		return // it is gone: reading tells so
	}
	time.Sleep(released)
	if f.away = !jobcontrol.Stop(int(f.in.Fd()), f.closing); !f.away {
		_ = f.program.RestoreTerminal()
	}
}

// continued takes the terminal anew: whoever stopped the program did not ask it, and what ran meanwhile may have changed the modes and drawn.
func (f *fullScreen) continued() {
	if !f.drawing.TryLock() {
		return // it was asked
	}
	defer f.drawing.Unlock()
	if fd := int(f.in.Fd()); jobcontrol.Has(fd) {
		_, _ = term.MakeRaw(fd)
		f.program.Send(tea.RawMsg{Msg: pasteOn})
		f.program.Send(tea.ClearScreen())
	}
}
