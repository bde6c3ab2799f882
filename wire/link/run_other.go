//go:build !linux

package link

// runInfo is nothing: here the system moves one datagram at a time.
type runInfo struct{}
