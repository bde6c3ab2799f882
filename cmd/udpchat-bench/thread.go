package main

import (
	"os"
	"runtime"
)

// oneThread does for this process what udpchat's client does for itself.
func oneThread() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
}
