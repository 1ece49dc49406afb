//go:build e2e && linux

package hostile

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
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

// requireInTime demands an answer within maxTime. On a machine where other programs want more processors than there are the
// clock on the wall measures those; then it is enough when the server itself has worked no longer than that, and the answer
// is counted as excused: the end of the run says how many were.
func requireInTime(t *testing.T, took, worked time.Duration) {
	t.Helper()
	timed.Add(1)
	switch {
	case took <= maxTime:
	case worked > maxTime || !overloaded(t):
		t.Errorf("answered after %v (%v of work), not within %v", took, worked, maxTime)
	default:
		excused.Add(1)
		t.Logf("EXCUSED: answered after %v, of which the server worked %v; the machine is overloaded", took, worked)
	}
}

// attack sends a request and checks the promises.
func (s *server) attack(t *testing.T, path string, body io.Reader, want verdict) {
	t.Helper()
	before, _ := s.memory(t)
	s.resetPeak(t)
	worked := s.worked(t)
	status, answer, took := s.do(t, http.MethodPost, path, body)
	_, peak := s.memory(t)
	worked = s.worked(t) - worked
	t.Logf("%d after %v (%v of work) and %d MiB more: %.160s", status, took.Round(time.Millisecond), worked, (peak-before)>>20, answer)
	if status >= 500 || want == refused && status < 400 {
		t.Errorf("answered with %d", status)
	}
	requireInTime(t, took, worked)
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
