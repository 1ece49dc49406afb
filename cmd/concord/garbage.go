package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// garbageRoom is how much garbage may gather before it is collected, in bytes, however little memory is in use. The
// runtime's own rule, as much as is in use, makes a small server under load collect several times a second, and marking
// what is in use each time costs a tenth of its answers.
const garbageRoom = 64 << 20

// maxGarbagePercent bounds how much more than what is in use that may be.
const maxGarbagePercent = 800

// roomForGarbage keeps that room until ctx ends. Whoever sets GOGC decides by themselves.
func roomForGarbage(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(maxGarbagePercent))
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	set := maxGarbagePercent
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		metrics.Read(live)
		// Setting it stops everything for a moment, so that it is set when it makes a difference.
		if percent := garbagePercent(live[0].Value.Uint64()); percent < set*3/4 || percent > set*5/4 {
			debug.SetGCPercent(percent)
			set = percent
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// garbagePercent is the room in percent of the memory in use, never less than the runtime's own rule.
func garbagePercent(live uint64) int {
	return int(min(max(garbageRoom*100/max(live, 1), 100), maxGarbagePercent))
}
