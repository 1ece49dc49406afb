package cputest

import (
	"testing"
	"time"
)

// recorder notes whether a test would have failed.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

func TestWorkCountsAndWaitingDoesNot(t *testing.T) {
	const limit = 50 * time.Millisecond
	for name, test := range map[string]struct {
		f    func()
		much bool
	}{
		"work": {func() {
			for began := worked(); worked()-began <= limit*slower; {
			}
		}, true},
		"waiting": {func() { time.Sleep(2 * limit * slower) }, false},
	} {
		r := &recorder{TB: t}
		if took := Within(r, limit, test.f); r.failed != test.much {
			t.Errorf("%s: %v were taken, too much: %t", name, took, r.failed)
		}
	}
}
