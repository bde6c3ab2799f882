//go:build race

package server

const (
	// Crowd is how many clients the scale test has: the race detector makes everything ten times slower.
	Crowd = 500
	// raceEnabled: it makes sync.Pool drop things at random too, so that allocations cannot be counted.
	raceEnabled = true
)
