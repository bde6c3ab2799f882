// Package jobcontrol stops a program as its user does by Ctrl-Z, where the system knows jobs. The terminal's modes are the caller's: it gives them
// back before, and takes them again after.
package jobcontrol
