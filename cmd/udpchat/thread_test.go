package main

import (
	"runtime"
	"testing"
)

func TestOneThread(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	t.Setenv("GOMAXPROCS", "2")
	if oneThread(); runtime.GOMAXPROCS(0) != 2 {
		t.Error("what the environment says does not count")
	}
	t.Setenv("GOMAXPROCS", "")
	if oneThread(); runtime.GOMAXPROCS(0) != 1 {
		t.Error("a client has several threads")
	}
}
