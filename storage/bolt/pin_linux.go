package bolt

import (
	"go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// pinHeads keeps the two heads of a file in memory. Whenever a transaction begins bbolt reads them from the mapping, with its
// locks held, so that a page which the system has dropped and the disk cannot give back would be the end of the process;
// anywhere else it is an error of the request. Where locking is not allowed the file works as well.
func pinHeads(db *bbolt.DB) {
	info := db.Info()
	_, _, _ = unix.Syscall(unix.SYS_MLOCK, info.Data, uintptr(2*info.PageSize), 0)
}
