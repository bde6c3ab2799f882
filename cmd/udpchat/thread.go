package main

import (
	"os"
	"runtime"
)

// oneThread has a client run on one thread at a time. What it does for a message goes through three goroutines, one after the other, and each that
// is woken on another thread costs 5 to 10 µs and a core, which the other programs of the machine can use better; on one thread it costs 0.2.
// GOMAXPROCS in the environment says otherwise.
func oneThread() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
}
