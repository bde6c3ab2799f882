package lineedit

import (
	"golang.org/x/term"

	"udpchat/cmd/internal/jobcontrol"
)

// suspend gives the terminal back as Close does, has the program stopped, and
// takes the terminal again when the user brings the program to the foreground.
// above was entered before. The caller holds mu, which is free meanwhile.
func (e *Editor) suspend(above string) {
	e.paint(above, pasteOff+"\r"+eraseToEnd)
	if e.restore() != nil {
		return // the terminal is gone: reading tells so
	}
	e.away = true
	e.mu.Unlock()
	back := jobcontrol.Stop(int(e.in.Fd()), e.stop)
	e.mu.Lock()
	if back && !e.closed {
		e.away = false
		e.reclaim()
	}
}

// continued takes the terminal anew: whoever stopped the program did not ask
// it, and what ran meanwhile may have changed the modes.
func (e *Editor) continued() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed && !e.away && jobcontrol.Has(int(e.in.Fd())) {
		e.reclaim()
	}
}

// reclaim draws the row where the cursor is now. An error says that the
// terminal is gone: reading tells so.
func (e *Editor) reclaim() {
	_, _ = term.MakeRaw(int(e.in.Fd()))
	e.screen = screen{}
	e.paint("", pasteOn)
}
