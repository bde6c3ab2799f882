package lineedit

import (
	"io"
	"strings"

	"golang.org/x/term"

	"udpchat/cmd/internal/jobcontrol"
)

// handle applies events to the row and repaints it once for all of them. It
// reports whether to go on reading.
func (e *Editor) handle(events []event, last bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	var above strings.Builder
	for _, ev := range events {
		if ev.key == keySuspend && jobcontrol.Supported {
			e.suspend(above.String())
			above.Reset()
			continue
		}
		e.apply(ev, &above)
	}
	if e.closed {
		return false
	}
	if len(events) > 0 {
		e.paint(above.String(), "")
	}
	if last {
		e.ended = true
		e.wake()
	}
	return !last
}

// apply does what one key says. What has to appear above the row is added to
// above. The caller holds mu.
func (e *Editor) apply(ev event, above *strings.Builder) {
	if e.search != nil && e.searching(ev) {
		return
	}
	switch ev.key {
	case keyText, keyPaste:
		e.buf.insert(ev.text)
	case keySearch:
		e.search = &search{draft: e.buf.text(), from: e.past}
	case keyEnter:
		e.enter(above)
	case keyInterrupt:
		e.interrupt()
	case keyEOFOrDelete:
		e.eofOrDelete()
	case keyUp:
		e.recall(e.past.up(e.buf.text()))
	case keyDown:
		e.recall(e.past.down())
	case keyClear:
		e.clear(above)
	case keyTab:
		e.complete(above)
	default:
		e.buf.apply(ev.key)
	}
}

// enter hands the line to ReadLine and leaves it, whole, in the scrollback.
// The queue has no bound: what was typed must not be lost, and nobody types
// faster than memory grows.
func (e *Editor) enter(above *strings.Builder) {
	line := e.buf.text()
	above.WriteString(visible(e.prompt) + visible(line) + "\r\n")
	e.buf.set("")
	e.past.add(line)
	e.entered = append(e.entered, entry{line: line})
	e.wake()
}

// interrupt empties the row. If the program lives on, Ctrl-Y brings the text
// back.
func (e *Editor) interrupt() {
	e.buf.killAll()
	e.past.leave()
	e.interrupted = true
	e.wake()
}

// eofOrDelete is Ctrl-D, which means the end only where there is nothing to
// delete. It takes its turn after the lines that were typed before it.
func (e *Editor) eofOrDelete() {
	if !e.buf.empty() {
		e.buf.delete()
		return
	}
	e.entered = append(e.entered, entry{err: io.EOF})
	e.wake()
}

// recall shows a line of the history, if there is one.
func (e *Editor) recall(line string, ok bool) {
	if ok {
		e.buf.set(line)
	}
}

// clear empties the screen; what stood there moves into the scrollback. The
// row is drawn once now, since lines entered in the same read must go too.
func (e *Editor) clear(above *strings.Builder) {
	width, height := e.size()
	e.paint(above.String(), "")
	above.Reset()
	_, _ = e.out.WriteString(e.screen.cleared(e.row(width), width, height))
}

// wake tells ReadLine that there is news. One token is enough: ReadLine looks
// at everything before it waits again.
func (e *Editor) wake() {
	select {
	case e.more <- struct{}{}:
	default:
	}
}

// resized redraws the row if the width has changed.
func (e *Editor) resized() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if width, _ := e.size(); !e.closed && width != e.width {
		e.paint("", "")
	}
}

// paint draws the row anew, with above (see screen.frame) before it and after
// behind it, in one write. The width is asked for each time: the terminal may
// have changed before its signal came. While another program has it there is
// no row. The caller holds mu.
func (e *Editor) paint(above, after string) {
	if e.away {
		return
	}
	e.width, _ = e.size()
	_, _ = e.out.WriteString(e.screen.frame(above, e.row(e.width), e.width) + after)
}

// row lays out the present text.
func (e *Editor) row(width int) row {
	prompt := e.cells
	if e.search != nil {
		prompt = cellsOf(e.search.prompt())
	}
	return view(prompt, &e.buf, width)
}

// size asks the terminal; one that does not know, such as a serial line, is
// taken for the classic one.
func (e *Editor) size() (width, height int) {
	width, height, err := term.GetSize(e.outFd)
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// apply does the keys that need nothing but the text.
func (b *buffer) apply(k key) {
	switch k {
	case keyBackspace:
		b.backspace()
	case keyDelete:
		b.delete()
	case keyLeft:
		b.move(-1)
	case keyRight:
		b.move(1)
	case keyHome:
		b.home()
	case keyEnd:
		b.end()
	case keyLeftWord:
		b.leftWord()
	case keyRightWord:
		b.rightWord()
	case keyKillWord:
		b.killWord()
	case keyKillToStart:
		b.killToStart()
	case keyKillToEnd:
		b.killToEnd()
	case keyYank:
		b.yank()
	}
}
