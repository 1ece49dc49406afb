// Package cputest bounds the work of tests. A clock on the wall also measures the other programs of a busy machine; the
// processor time of a process does not.
package cputest

import (
	"testing"
	"time"
)

// Within runs f, and fails the test when this process takes more processor time for it than limit, on all processors together.
// The race detector makes work some ten times slower, and gets that much more. It returns the time that was taken. Tests that
// run in parallel are measured together.
func Within(t testing.TB, limit time.Duration, f func()) time.Duration {
	t.Helper()
	end := Limit(t, limit)
	f()
	took := end()
	t.Logf("%v of a processor, at most %v", took.Round(time.Millisecond), limit*slower)
	return took
}

// Limit is Within for what is done until end is called. It logs nothing, for targets of the fuzzer.
func Limit(t testing.TB, limit time.Duration) (end func() time.Duration) {
	limit *= slower
	before := worked()
	return func() time.Duration {
		t.Helper()
		took := worked() - before
		if took > limit {
			t.Errorf("it took %v of a processor, more than %v", took, limit)
		}
		return took
	}
}
