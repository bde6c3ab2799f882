package main

import "golang.org/x/sys/unix"

// bootID is what the system calls its present run; "" when it does not say.
func bootID() string {
	if id, err := unix.Sysctl("kern.bootsessionuuid"); err == nil && len(id) == bootSize {
		return id
	}
	return ""
}
