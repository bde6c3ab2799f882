//go:build !race

package server_test

// crowd is how many clients the scale test has.
const crowd = 2000
