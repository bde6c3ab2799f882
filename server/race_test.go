//go:build race

package server_test

// crowd is how many clients the scale test has: the race detector makes everything ten times slower.
const crowd = 500
