//go:build unix

package cputest

import (
	"syscall"
	"time"
)

// worked is the processor time that this process has taken so far.
func worked() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err) // it cannot fail for this process
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
