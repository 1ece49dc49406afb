package httpapi

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// windowSlots seconds of requests are remembered, for the rate and the percentiles of the reference's dashboards.
const windowSlots = 30

// latencyClasses: four to each doubling of the microseconds, up to over an hour.
const latencyClasses = 128

// window counts the requests of the last 30 seconds by latency. A slot may lose or keep a few requests at the moment it
// is taken over for a new second; the figures are for dashboards.
type window struct {
	slots [windowSlots]struct {
		second  atomic.Int64
		classes [latencyClasses]atomic.Uint32
	}
}

func (w *window) add(at time.Time, latency time.Duration) {
	second := at.Unix()
	slot := &w.slots[second%windowSlots]
	if old := slot.second.Load(); old != second && slot.second.CompareAndSwap(old, second) {
		for i := range slot.classes {
			slot.classes[i].Store(0)
		}
	}
	slot.classes[latencyClass(latency)].Add(1)
}

// latencyClass puts a latency into a class whose bounds lie 25 % apart or less.
func latencyClass(latency time.Duration) int {
	us := uint64(max(latency.Microseconds(), 1))
	octave := bits.Len64(us) - 1
	quarter := 0
	if octave >= 2 {
		quarter = int(us>>(octave-2)) & 3
	}
	return min(octave*4+quarter, latencyClasses-1)
}

// classBound is the upper bound of a class, in milliseconds.
func classBound(class int) float64 {
	octave, quarter := class/4, class%4
	return float64(uint64(1)<<octave) * (1 + float64(quarter+1)/4) / 1000
}

// read returns the requests per second and the latencies below which 95 % and 99 % of them stayed, in milliseconds.
func (w *window) read(now time.Time) (rate, p95, p99 float64) {
	var classes [latencyClasses]uint64
	var total uint64
	for i := range w.slots {
		slot := &w.slots[i]
		if now.Unix()-slot.second.Load() >= windowSlots {
			continue
		}
		for class := range slot.classes {
			n := uint64(slot.classes[class].Load())
			classes[class] += n
			total += n
		}
	}
	if total == 0 {
		return 0, 0, 0
	}
	var seen uint64
	for class, n := range classes {
		before := float64(seen) / float64(total)
		seen += n
		after := float64(seen) / float64(total)
		if before < 0.95 && after >= 0.95 {
			p95 = classBound(class)
		}
		if before < 0.99 && after >= 0.99 {
			p99 = classBound(class)
		}
	}
	return float64(total) / windowSlots, p95, p99
}
