package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

func TestASmallServerHasRoomForGarbageAndALargeOneTheRuntimesRule(t *testing.T) {
	for live, want := range map[uint64]int{0: 800, 1 << 20: 800, 16 << 20: 400, 32 << 20: 200, 64 << 20: 100, 1 << 40: 100} {
		if got := garbagePercent(live); got != want {
			t.Errorf("with %d bytes in use: %d %%, want %d", live, got, want)
		}
	}
}

func TestTheRoomForGarbageFollowsWhatIsInUse(t *testing.T) {
	t.Setenv("GOGC", "")
	stop := roomForGarbage()
	defer stop()
	percent := func() int {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
		// debug.SetGCPercent would tell it, too, but could undo what is being set.
		inForce := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		metrics.Read(inForce)
		return int(inForce[0].Value.Uint64())
	}
	until := func(what string, so func(int) bool) {
		for deadline := time.Now().Add(patience); !so(percent()); {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d %%", what, percent())
			}
		}
	}
	until("a small heap has more room", func(p int) bool { return p > 150 })
	large := make([]byte, 256<<20)
	until("a large one has the runtime's own", func(p int) bool { return p == 100 })
	runtime.KeepAlive(large)
	large = nil
	until("a small one again has more", func(p int) bool { return p > 150 })
	stop()
	if p := debug.SetGCPercent(100); p != 100 {
		t.Errorf("%d %% when it is stopped", p)
	}
}
