package main

import (
	"os"
	"strings"
)

// bootID is what the system calls its present run; "" when it does not say.
func bootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if id := strings.TrimSpace(string(b)); err == nil && len(id) == bootSize {
		return id
	}
	return ""
}
