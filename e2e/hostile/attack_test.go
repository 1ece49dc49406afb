//go:build e2e && linux

package hostile

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	maxTime   = 2 * time.Second
	maxMemory = 256 << 20
	maxAnswer = 16 << 20 // a schema may have as many differences as it has parts, and the reference lists them all
)

// verdict is what an attack must be answered with.
type verdict int

const (
	refused  verdict = iota // a 4xx
	answered                // anything but a 5xx: the input is legal, and only the work it could cause is not
)

// registration is the body of one.
func registration(t *testing.T, schemaType, schema string, references ...map[string]any) io.Reader {
	t.Helper()
	body, err := json.Marshal(map[string]any{"schemaType": schemaType, "schema": schema, "references": references})
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReader(string(body))
}

// timed and excused count the answers that were to come within maxTime, and those that came later and were let pass.
var timed, excused atomic.Int64

// requireInTime demands an answer within maxTime. On a slow machine that is as much longer as the machine is slower. Where other
// programs want more processors than there are the clock on the wall measures those; then it is enough when the server itself
// has worked no longer than that, and without the time for which it waited for a processor the answer came in time. What comes
// later than maxTime is counted as excused: the end of the run says how many were.
func requireInTime(t *testing.T, took time.Duration, e effort) {
	t.Helper()
	timed.Add(1)
	if took <= maxTime {
		return
	}
	limit := time.Duration(float64(maxTime) * slowness())
	if e.worked > limit || took-e.waited > limit && !overloaded(t) {
		t.Errorf("answered after %v (%v of work, %v without a processor), not within %v", took, e.worked, e.waited, limit)
		return
	}
	excused.Add(1)
	t.Logf("EXCUSED: answered after %v, of which the server worked %v and waited %v for a processor; the limit on this machine is %v", took, e.worked, e.waited, limit)
}

// usualPace is the processor time that pace takes on the machine for which maxTime is meant: a common server of 2023, otherwise idle.
const usualPace = 180 * time.Millisecond

// pace is the processor time that this process needs for a piece of work like those of the server.
func pace() time.Duration {
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			panic(err) // it cannot fail for this process
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	text := []byte(`{` + list(20_000, func(i int) string { return fmt.Sprintf(`"p%d":{"type":"string","maxLength":%d}`, i, i) }) + `}`)
	before := used()
	for range 3 {
		var value map[string]map[string]any
		if err := json.Unmarshal(text, &value); err != nil {
			panic(err)
		}
		if _, err := json.Marshal(value); err != nil {
			panic(err)
		}
	}
	return used() - before
}

// slowness is how many times slower this machine is than the usual one, at its slowest just now; never less than 1. Programs
// that share a processor's caches and units make each other slower.
func slowness() float64 {
	return max(usualPace, pace(), pace(), pace()).Seconds() / usualPace.Seconds()
}

// attack sends a request and checks the promises.
func (s *server) attack(t *testing.T, path string, body io.Reader, want verdict) {
	t.Helper()
	before, _ := s.memory(t)
	s.resetPeak(t)
	began := s.effort(t)
	status, answer, took := s.do(t, http.MethodPost, path, body)
	_, peak := s.memory(t)
	spent := s.effort(t).since(began)
	t.Logf("%d after %v (%v of work) and %d MiB more: %.160s", status, took.Round(time.Millisecond), spent.worked, (peak-before)>>20, answer)
	if status >= 500 || want == refused && status < 400 {
		t.Errorf("answered with %d", status)
	}
	requireInTime(t, took, spent)
	if peak-before > maxMemory {
		t.Errorf("took %d MiB more memory, at most %d are allowed", (peak-before)>>20, maxMemory>>20)
	}
	if len(answer) > maxAnswer {
		t.Errorf("the answer has %d bytes", len(answer))
	}
	if status < 400 {
		return
	}
	var e struct {
		Code    int    `json:"error_code"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal([]byte(answer), &e); err != nil || e.Code == 0 || e.Message == "" {
		t.Errorf("not an error of the API (%v): %.300s", err, answer)
	}
}
