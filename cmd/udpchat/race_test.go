//go:build race

package main

// raced: the race detector looks at each access to memory.
const raced = true
