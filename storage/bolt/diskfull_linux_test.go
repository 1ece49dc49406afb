package bolt

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/concord-registry/concord/storage"
)

// TestARealDiskThatIsFull fills a small file system of its own. It needs the right to mount one.
func TestARealDiskThatIsFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	s, err := Open(filepath.Join(dir, "concord.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeAndCheck(t, s) }()
	stored := 0
	add := func() error {
		var records []storage.Record
		for i := range 50 {
			records = append(records, version(fmt.Sprintf("s%d-%d", stored, i), 1, stored*50+i+1))
		}
		return apply(s, records...)
	}
	for err = add(); err == nil; err = add() {
		if stored++; stored > 1000 {
			t.Fatal("50,000 schemas fit in 4 MB")
		}
	}
	requireErr(t, err, storage.ErrFull)
	requireVersions(t, s, stored)
	for refused := 0; refused < 50; refused++ {
		// What a transaction of the scrub kept of the file is free when that ends, and then there is room for a little more.
		for err = add(); err == nil && stored <= 1000; err = add() {
			stored++
		}
		requireErr(t, err, storage.ErrFull)
	}
	requireVersions(t, s, stored)
	if free := s.Status().DiskFree; free > 1<<20 {
		t.Errorf("the status tells %d bytes of space on a full disk", free)
	}
	closeAndCheck(t, s)
	if s, err = Open(s.path, Options{}); err != nil {
		t.Fatalf("reopen on a full disk: %v", err)
	}
	requireVersions(t, s, stored)
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT, "size=16m"); err != nil {
		t.Fatal(err)
	}
	if err := add(); err != nil {
		t.Errorf("when there is space again: %v", err)
	}
	t.Logf("%d schemas stored, 51 writes refused, all of them read back", stored*50)
}

// requireVersions reads every schema of a number of updates, and looks for what the refused ones would have stored.
func requireVersions(t *testing.T, s *Store, updates int) {
	t.Helper()
	err := s.View(func(v storage.View) error {
		for id := 1; id <= updates*50; id++ {
			if c, err := v.Content(storage.DefaultContext, id); err != nil || c == nil {
				return fmt.Errorf("id %d: %v, %w", id, c, err)
			}
		}
		counts, err := v.Counts()
		if counts.Schemas != updates*50 {
			t.Errorf("%d schemas are stored, want %d", counts.Schemas, updates*50)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
