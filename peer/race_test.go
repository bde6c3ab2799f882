//go:build race

package peer

// raceEnabled: the race detector makes sync.Pool drop things at random, so that allocations cannot be counted.
const raceEnabled = true
