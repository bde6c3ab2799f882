//go:build !linux && !darwin

package main

// bootID is what the system calls its present run: here it has no name.
func bootID() string { return "" }
