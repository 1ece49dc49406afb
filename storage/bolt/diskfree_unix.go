//go:build linux || darwin || freebsd

package bolt

import "golang.org/x/sys/unix"

// diskFree returns the bytes that may still be written to the file system of a path; 0 when unknown.
func diskFree(path string) int64 {
	var fs unix.Statfs_t
	if unix.Statfs(path, &fs) != nil {
		return 0
	}
	return int64(fs.Bavail) * int64(fs.Bsize)
}
