package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// garbageRoom is how much garbage may gather before it is collected, in bytes, however little memory is in use. The
// runtime's own rule, as much as is in use, makes a small server under load collect several times a second, and marking
// what is in use each time costs a tenth of its answers.
const garbageRoom = 64 << 20

// maxGarbagePercent bounds how much more than what is in use that may be.
const maxGarbagePercent = 800

// garbageCollector gives the runtime that room. The runtime takes a share of what is in use for the room, so that the share
// is set anew after each collection: what one large request takes must not make the room eight times as large.
type garbageCollector struct {
	mu      sync.Mutex
	percent int // in force; 0 when the runtime's own rule is
	stopped bool
}

// collected is garbage from its first collection on, and has a finalizer that tells of each.
type collected struct {
	of *garbageCollector
	_  [48]byte // of a size that is often allocated, so that it is looked at soon
}

// roomForGarbage makes room until the returned function is called. Whoever sets GOGC decides by themselves.
func roomForGarbage() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	g := &garbageCollector{}
	g.adjust()
	runtime.SetFinalizer(&collected{of: g}, (*collected).again)
	return g.stop
}

func (c *collected) again() {
	if c.of.adjust() {
		runtime.SetFinalizer(c, (*collected).again)
	}
}

// adjust sets the share for what is in use now, and reports whether it is to be called after the next collection.
func (g *garbageCollector) adjust() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped {
		return false
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	// Setting it stops everything for a moment, so that it is set when it makes a difference.
	if percent := garbagePercent(live[0].Value.Uint64()); percent < g.percent*7/8 || percent > g.percent*9/8 {
		debug.SetGCPercent(percent)
		g.percent = percent
	}
	return true
}

func (g *garbageCollector) stop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = true
	debug.SetGCPercent(100)
}

// garbagePercent is the room in percent of the memory in use, never less than the runtime's own rule.
func garbagePercent(live uint64) int {
	return int(min(max(garbageRoom*100/max(live, 1), 100), maxGarbagePercent))
}
