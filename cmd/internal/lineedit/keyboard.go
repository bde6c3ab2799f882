package lineedit

import "time"

// escapeWait is how long an ESC waits for the rest of a sequence. A terminal
// sends a sequence in one piece; only a slow line pulls it apart, and a person
// needs longer than this to press another key after Escape.
const escapeWait = 100 * time.Millisecond

// keysState is what waiting for the keyboard came to.
type keysState int

const (
	keysReady   keysState = iota // a Read will return something
	keysSilent                   // nothing came in the time allowed
	keysStopped                  // the keyboard was closed
)

// read is the reading goroutine. Silence is measured by the wait itself: a
// timer would be one more goroutine to take the decoder away from this one.
func (e *Editor) read() {
	defer close(e.reader)
	var d decoder
	buf := make([]byte, 1<<14)
	for {
		wait := time.Duration(-1)
		if d.waiting() {
			wait = escapeWait
		}
		switch e.keys.wait(wait) {
		case keysStopped:
			return
		case keysSilent:
			d.expire()
			continue
		}
		n, err := e.in.Read(buf)
		if !e.handle(d.feed(buf[:n]), err != nil) {
			return
		}
	}
}
