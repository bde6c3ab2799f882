package lineedit

import "time"

// sizePoll is how often the size is looked at; Windows sends no signal.
const sizePoll = 250 * time.Millisecond

// watchSize calls changed whenever the terminal may have changed its size,
// until stop is closed.
func watchSize(stop <-chan struct{}, changed func()) {
	ticker := time.NewTicker(sizePoll)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			changed()
		}
	}
}
