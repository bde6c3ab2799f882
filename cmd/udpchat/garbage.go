package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// mostGarbage is how many bytes may lie about before they are collected, where a quarter of what is in use is less.
	mostGarbage = 32 << 20
	// garbageLook is how often it is looked what is in use.
	garbageLook = 5 * time.Second
)

// collectSoon keeps a server with many clients small. The runtime by itself waits until there is as much garbage as there is in use, which
// with 100,000 clients is 200 MiB, and where next to nothing is done that is never. GOGC in the environment says otherwise.
func collectSoon(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	heap := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	percent, collected := 100, uint64(0)
	for ticker := time.NewTicker(garbageLook); ; {
		select {
		case <-ctx.Done():
			ticker.Stop()
			return
		case <-ticker.C:
		}
		metrics.Read(heap)
		live, all, cycles := heap[0].Value.Uint64(), heap[1].Value.Uint64(), heap[2].Value.Uint64()
		if next := garbagePercent(live); next != percent {
			percent = next
			debug.SetGCPercent(percent)
		}
		if cycles == collected && all > live+live/4 {
			debug.FreeOSMemory() // it was busy, and is not now
		}
		collected = cycles
	}
}

// garbagePercent is how much of what is in use may be garbage.
func garbagePercent(live uint64) int {
	if live <= mostGarbage {
		return 100
	}
	return int(max(25, 100*mostGarbage/live))
}
