//go:build !race

package server

const (
	Crowd       = 2000 // clients that the scale test has
	raceEnabled = false
)
