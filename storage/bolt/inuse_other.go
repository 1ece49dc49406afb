//go:build !unix

package bolt

import "os"

// InUse reports whether another process has a data file open. Where that cannot be asked it says no; such systems do not
// let a file be replaced that is open.
func InUse(string) (bool, error) { return false, nil }

// abandon closes a file that was left open.
func abandon(f *os.File) { _ = f.Close() }
