package lineedit

// keysState is what waiting for the keyboard came to.
type keysState int

const (
	keysReady   keysState = iota // a Read will return something
	keysSilent                   // nothing came in the time allowed
	keysStopped                  // the keyboard was closed
)
