//go:build !linux && !darwin && !freebsd

package bolt

// diskFree returns 0: unknown on this system.
func diskFree(string) int64 { return 0 }
