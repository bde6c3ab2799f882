package lineedit

import (
	"time"

	"golang.org/x/sys/windows"
)

// keyboard waits for input in such a way that the wait can be ended: the
// console handle and an event are waited for together.
//
// The console is also "ready" for what yields no bytes, such as a key going
// up. Read then blocks until the next key, and there is no portable way to
// end it. A reader caught there at Close is left behind: it swallows one key,
// sees that the editor is closed and ends without touching the terminal.
type keyboard struct {
	console windows.Handle
	stop    windows.Handle
}

// leaveAfter is how long close waits for the reader.
const leaveAfter = 100 * time.Millisecond

func newKeyboard(fd int) (*keyboard, error) {
	stop, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return nil, err
	}
	return &keyboard{console: windows.Handle(fd), stop: stop}, nil
}

// wait blocks until there is input or the keyboard is closed, or for the
// given time if that is not negative.
func (k *keyboard) wait(limit time.Duration) keysState {
	timeout := uint32(windows.INFINITE)
	if limit >= 0 {
		timeout = uint32(limit.Milliseconds())
	}
	handles := []windows.Handle{k.stop, k.console}
	event, err := windows.WaitForMultipleObjects(handles, false, timeout)
	switch {
	case err != nil:
		return keysReady // the Read that follows tells what is wrong
	case event == windows.WAIT_OBJECT_0:
		return keysStopped
	case event == uint32(windows.WAIT_TIMEOUT):
		return keysSilent
	}
	return keysReady
}

// close ends the wait, and with it the reader unless that is caught in Read.
// The event is then left to the reader.
func (k *keyboard) close(reader <-chan struct{}) {
	_ = windows.SetEvent(k.stop)
	select {
	case <-reader:
		_ = windows.CloseHandle(k.stop)
	case <-time.After(leaveAfter):
	}
}

// prepareOutput makes the console obey escape sequences.
func prepareOutput(fd int) (undo func() error, err error) {
	console := windows.Handle(fd)
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return nil, err
	}
	wanted := mode | windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_WRAP_AT_EOL_OUTPUT |
		windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	if err := windows.SetConsoleMode(console, wanted); err != nil {
		return nil, err
	}
	return func() error { return windows.SetConsoleMode(console, mode) }, nil
}
