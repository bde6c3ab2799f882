package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// mostGarbage is how many bytes may lie about before they are collected, where a quarter of what is in use is less.
	mostGarbage = 8 << 20
	// someGarbage is how many bytes may lie about in a quiet moment of a small server.
	someGarbage = 1 << 20
	// garbageLook is how often it is looked what is in use.
	garbageLook = 500 * time.Millisecond
)

// collectSoon keeps a server with many clients small. The runtime by itself waits until there is as much garbage as there is in use, which
// with 100,000 clients is 200 MiB, and where next to nothing is done that is never. So in a quiet moment what is garbage is collected, and the
// system gets it back; rest does the same for other memory. GOGC in the environment says otherwise.
func collectSoon(ctx context.Context, rest func()) {
	if os.Getenv("GOGC") != "" {
		return
	}
	heap := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	percent, last, rested := 100, uint64(0), uint64(0)
	for ticker := time.NewTicker(garbageLook); ; {
		select {
		case <-ctx.Done():
			ticker.Stop()
			return
		case <-ticker.C:
		}
		metrics.Read(heap)
		live, allocated := heap[0].Value.Uint64(), heap[1].Value.Uint64()
		if next := garbagePercent(live); next != percent {
			percent = next
			debug.SetGCPercent(percent)
		}
		if quiet(live, allocated-last, allocated-rested) {
			runtime.GC() // what lies in pools goes with the second one
			debug.FreeOSMemory()
			rest()
			rested = allocated
		}
		last = allocated
	}
}

// quiet tells whether it is time to tidy up: little was allocated since the last look, and since it was tidy enough: some, where it costs
// next to nothing, and a quarter of what is in use beyond that, which is when it would be collected at the latest where much is.
func quiet(live, sinceLook, sinceTidy uint64) bool {
	const little = 2 * mostGarbage
	enough := min(live/4, someGarbage)
	if live > little {
		enough += (live - little) / 4
	}
	return sinceLook < live/16 && sinceTidy > enough
}

// garbagePercent is how much of what is in use may be garbage.
func garbagePercent(live uint64) int {
	if live <= mostGarbage {
		return 100
	}
	return int(max(25, 100*mostGarbage/live))
}
