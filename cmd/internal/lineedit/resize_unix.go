//go:build unix

package lineedit

import (
	"os"
	"os/signal"
	"syscall"
)

// watchSize calls changed whenever the terminal may have changed its size,
// until stop is closed.
func watchSize(stop <-chan struct{}, changed func()) {
	signals := make(chan os.Signal, 1) // one is enough: changed asks for the newest size
	signal.Notify(signals, syscall.SIGWINCH)
	defer signal.Stop(signals)
	for {
		select {
		case <-stop:
			return
		case <-signals:
			changed()
		}
	}
}
