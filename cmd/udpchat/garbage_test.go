package main

import "testing"

func TestGarbagePercent(t *testing.T) {
	for _, c := range []struct {
		name string
		live uint64
		want int
	}{
		{"nothing", 0, 100},
		{"a small server, as the runtime does it", 32 << 20, 100},
		{"32 MiB beside 64", 64 << 20, 50},
		{"a quarter", 128 << 20, 25},
		{"never less", 8 << 30, 25},
	} {
		if got := garbagePercent(c.live); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
