// Package lineedit reads lines from a terminal while other goroutines print
// to it: a prompt for a chat.
//
//	bob: are you there?        printed above by Println, at any time
//	>>> yes, two minu_         one row: prompt, text, cursor
//
// The row never wraps, it scrolls sideways, so that long input and narrow
// terminals need no care; an entered line is then printed in full. Text is
// cut into grapheme clusters: one Backspace takes one character as the user
// sees it. A pasted block is one line that holds \n, and waits for Enter. Up
// and Down reach the lines before, and Ctrl-R searches them; Tab completes,
// when it is told how.
//
// It is not a full screen, knows nothing of chat, and does not sanitise what
// it is told to print: escape sequences given to Println reach the terminal.
// While an Editor is open nothing else may write to the terminal.
//
// The pieces are pure and are put together in this order: bytes, decoder
// (decoder.go), buffer and history, view, screen, bytes. The Editor
// is the shell around them: one mutex, one goroutine that reads and one that
// waits for changes of size. Both end in Close.
package lineedit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"udpchat/cmd/internal/jobcontrol"
)

// ErrInterrupt says that the user pressed Ctrl-C.
var ErrInterrupt = errors.New("interrupted")

// Editor is the prompt row of a terminal. Its methods are safe from any
// goroutine. They wait for the terminal when that takes no output.
type Editor struct {
	in, out *os.File
	outFd   int
	restore func() error // ends raw mode
	keys    *keyboard

	more    chan struct{} // holds a token when there is news for ReadLine
	stop    chan struct{} // closed by Close
	reader  chan struct{} // closed when the reading goroutine has ended
	watcher chan struct{} // the same for those that wait for sizes and signals

	mu          sync.Mutex // guards what follows and every write
	prompt      string
	cells       []cell // the prompt as drawn
	buf         buffer
	past        history
	search      *search // under way; nil: none
	completer   Completer
	screen      screen
	width       int     // of the terminal at the last frame
	entered     []entry // not yet taken by ReadLine
	interrupted bool
	ended       bool // no more input will come
	away        bool // the program is stopped, or runs in the background
	closed      bool
}

// entry is what one call of ReadLine returns.
type entry struct {
	line string
	err  error
}

// Open puts the terminal into raw mode, draws the prompt and starts reading.
// in and out must be terminals; they stay open after Close.
func Open(in, out *os.File, prompt string) (*Editor, error) {
	e := &Editor{
		in: in, out: out, outFd: int(out.Fd()),
		more: make(chan struct{}, 1), stop: make(chan struct{}),
		reader: make(chan struct{}), watcher: make(chan struct{}),
		prompt: prompt, cells: cellsOf(prompt),
	}
	if _, _, err := term.GetSize(e.outFd); err != nil {
		return nil, fmt.Errorf("read terminal size: %w", err)
	}
	if err := e.prepare(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.paint(pasteOn, "")
	e.mu.Unlock()

	// Close waits for both.
	go e.read()
	go func() {
		defer close(e.watcher)
		var signals sync.WaitGroup
		signals.Go(func() { jobcontrol.Continued(e.stop, e.continued) })
		watchSize(e.stop, e.resized)
		signals.Wait()
	}()
	return e, nil
}

// prepare changes the modes of the terminal and notes how to change them back.
func (e *Editor) prepare() error {
	undoOutput, err := prepareOutput(e.outFd)
	if err != nil {
		return fmt.Errorf("prepare terminal output: %w", err)
	}
	fd := int(e.in.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return errors.Join(fmt.Errorf("enter raw mode: %w", err), undoOutput())
	}
	e.restore = func() error { return errors.Join(term.Restore(fd, state), undoOutput()) }
	if e.keys, err = newKeyboard(fd); err != nil {
		return errors.Join(fmt.Errorf("open keyboard: %w", err), e.restore())
	}
	return nil
}

// ReadLine returns the next entered line; lines typed ahead wait for it. It
// returns ErrInterrupt for Ctrl-C, which overtakes lines that wait, io.EOF
// for Ctrl-D on an empty row and when the input has ended, or ctx's error.
// Only the end of the input is final. There may be one caller at a time.
func (e *Editor) ReadLine(ctx context.Context) (string, error) {
	for {
		if next, ok := e.take(); ok {
			return next.line, next.err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-e.stop: // take knows what was still entered
		case <-e.more:
		}
	}
}

// take fetches what ReadLine is to return, if there is anything.
func (e *Editor) take() (entry, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.interrupted:
		e.interrupted = false
		return entry{err: ErrInterrupt}, true
	case len(e.entered) > 0:
		next := e.entered[0]
		e.entered[0] = entry{} // the array lives on; the text need not
		e.entered = e.entered[1:]
		return next, true
	case e.ended || e.closed:
		return entry{err: io.EOF}, true
	}
	return entry{}, false
}

// Println prints text, of one line or several, above the prompt. What the
// user has typed stays as it is. After Close it writes plainly, and where
// another program has the terminal.
func (e *Editor) Println(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.away {
		// A terminal that went away takes the words with it, here and in paint.
		_, _ = e.out.WriteString(text + "\n")
		return
	}
	// In raw mode the terminal adds no CR of its own.
	text = strings.ReplaceAll(text, "\r\n", "\n")
	e.paint(strings.ReplaceAll(text, "\n", "\r\n")+"\r\n", "")
}

// SetPrompt changes the prompt.
func (e *Editor) SetPrompt(prompt string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.prompt == prompt {
		return
	}
	e.prompt, e.cells = prompt, cellsOf(prompt)
	if !e.closed {
		e.paint("", "")
	}
}

// Close gives the terminal back as it was, the cursor below the row. Calls
// after the first do nothing.
func (e *Editor) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.paint("", pasteOff+"\r\x1b[K") // no prompt without an answer is left behind
	e.closed = true
	e.mu.Unlock()

	close(e.stop)
	<-e.watcher
	e.keys.close(e.reader)
	if e.away {
		return nil // somebody else has it, as it was
	}
	if err := e.restore(); err != nil {
		return fmt.Errorf("restore terminal: %w", err)
	}
	return nil
}
