package main

import "testing"

func TestGarbagePercent(t *testing.T) {
	for _, c := range []struct {
		name string
		live uint64
		want int
	}{
		{"nothing", 0, 100},
		{"a small server, as the runtime does it", 8 << 20, 100},
		{"8 MiB beside 16", 16 << 20, 50},
		{"a quarter", 32 << 20, 25},
		{"never less", 8 << 30, 25},
	} {
		if got := garbagePercent(c.live); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestQuiet(t *testing.T) {
	for _, c := range []struct {
		name                       string
		live, sinceLook, sinceTidy uint64
		want                       bool
	}{
		{"nothing was done", 16 << 20, 0, 0, false},
		{"after a storm", 16 << 20, 1000, 600 << 20, true},
		{"in a storm", 16 << 20, 30 << 20, 600 << 20, false},
		{"pings for a while", 160 << 20, 3 << 20, 41 << 20, true},
		{"pings since it was tidy", 160 << 20, 3 << 20, 37 << 20, false},
		{"what a storm left, in a server that is no longer small", 17 << 20, 1000, 2 << 20, true},
		{"messages one after another", 1 << 20, 5 << 20, 50 << 20, false},
	} {
		if got := quiet(c.live, c.sinceLook, c.sinceTidy); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
