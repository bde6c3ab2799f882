package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the release; a development build says so.
const version = "0.1.0"

// versionLine names the release, the commit when the binary knows it, and what it was built for.
func versionLine() string {
	commit := "unknown commit"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				commit = s.Value[:12]
			}
		}
	}
	return fmt.Sprintf("udpchat %s (%s, %s, %s/%s)", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
