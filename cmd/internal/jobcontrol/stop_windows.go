package jobcontrol

// Supported tells whether Ctrl-Z means anything here.
const Supported = false

// Stop does nothing: the program goes on and has the terminal.
func Stop(int, <-chan struct{}) bool { return true }

// Has tells that the program has the terminal.
func Has(int) bool { return true }

// Continued waits until done is closed.
func Continued(done <-chan struct{}, _ func()) { <-done }
