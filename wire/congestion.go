package wire

import "time"

// The window of a Congestion, in messages (§7.4).
const (
	// FirstWindow is what goes without having been tried: what fits a receive buffer of Linux's default size three times.
	FirstWindow = 32
	// LeastWindow is left after any number of losses: one on its way, and one that shows that it was lost.
	LeastWindow = 2
	// MostWindow is half of MaxSparse, so that a recipient has room for all of it above a hole.
	MostWindow = MaxSparse / 2
)

// Congestion is how many messages may be unanswered on a way: RFC 5681, counted in messages. Each answer makes room for one more until
// something is lost; a loss halves it, and from then on it grows by one in a round trip. The zero value is ready.
type Congestion struct {
	window    int // 0: FirstWindow
	threshold int // below it each answer makes room; 0: nothing was lost yet
	credit    int // answers since the window grew
	halved    time.Time
}

// Window is how many may be unanswered.
func (c *Congestion) Window() int {
	if c.window == 0 {
		return FirstWindow
	}
	return c.window
}

// Acked notes n answers that came when inFlight were unanswered. The window of who does not use it does not grow (RFC 7661).
func (c *Congestion) Acked(n, inFlight int) {
	w := c.Window()
	if inFlight < w || w >= MostWindow {
		return
	}
	if c.threshold == 0 || w < c.threshold {
		c.window = min(w+n, MostWindow)
		return
	}
	if c.credit += n; c.credit >= w {
		c.credit -= w
		c.window = w + 1
	}
}

// Lost notes that something that had left at that time had to be sent again. What left before the window was halved was under way in the larger
// one, and belongs to the loss that halved it (RFC 9002 §7.3.2).
func (c *Congestion) Lost(now, left time.Time) {
	if !left.After(c.halved) {
		return
	}
	c.halved, c.credit = now, 0
	c.window = max(c.Window()/2, LeastWindow)
	c.threshold = c.window
}
