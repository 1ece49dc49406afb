//go:build e2e && linux

package hostile

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestAListLargerThanMemoryIsSent asks for all schemas when these are far larger together than what an answer may cost.
func TestAListLargerThanMemoryIsSent(t *testing.T) {
	const schemas, size = 40, 3_900_000
	s := serve(t, "")
	for i := range schemas {
		schema := fmt.Sprintf(`{"title":"%d","description":"%s"}`, i, strings.Repeat("x", size))
		if status, answer, _ := s.do(t, "POST", fmt.Sprintf("/subjects/s%d/versions", i), registration(t, "JSON", schema)); status != http.StatusOK {
			t.Fatalf("%d %.200s", status, answer)
		}
	}
	s.resetPeak(t)
	before, _ := s.memory(t)
	resp, err := http.Get(s.URL + "/schemas")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	sent, err := io.Copy(io.Discard, resp.Body)
	if err != nil || sent < schemas*size {
		t.Errorf("%d bytes, %v", sent, err)
	}
	if _, peak := s.memory(t); peak-before > maxMemory {
		t.Errorf("the list of %d MB cost %d MiB of memory", sent/1_000_000, (peak-before)>>20)
	}
}
