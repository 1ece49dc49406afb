package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/concord-registry/concord/storage"
)

// defaultLockTimeout is long enough for a predecessor that is on its way out.
const defaultLockTimeout = 2 * time.Second

// defaultCacheBytes bounds the decoded contents in memory.
const defaultCacheBytes = 32 << 20

// Open opens the store in a file, which it makes when there is none. The file is locked against other processes; it must
// lie on a local file system. A file that is damaged, is not ours, or was written by a newer program is refused with an
// error that says so and what to do.
func Open(path string, opt Options) (*Store, error) {
	if opt.LockTimeout == 0 {
		opt.LockTimeout = defaultLockTimeout
	}
	if opt.CacheBytes == 0 {
		opt.CacheBytes = defaultCacheBytes
	}
	if err := createFile(path); err != nil {
		return nil, fmt.Errorf("create data file %s: %w", path, err)
	}
	if err := waitForLock(path, opt.LockTimeout); err != nil { // before the check, which would wait for it much longer
		return nil, err
	}
	if err := checkBefore(path); err != nil {
		return nil, err
	}
	setRunning(path) // now, so that a start which the file makes crash is followed by a longer check
	db, err := openFile(path, fileOptions(opt.LockTimeout))
	if err != nil {
		return nil, err
	}
	pinHeads(db)
	s := newStore(path, db, opt.CacheBytes)
	if opt.ReadOnly != "" {
		s.readOnly.Store(&opt.ReadOnly)
	}
	if err := s.begin(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	removeLeftovers(path)
	s.workers.Add(2)
	go s.run()
	go s.scrub()
	return s, nil
}

// begin makes what is in the file durable, because a predecessor that was killed may have written without syncing, and
// checks that the file is one this program can read.
func (s *Store) begin() error {
	if err := s.db.Sync(); err != nil {
		return fmt.Errorf("sync data file %s: %w; check the disk", s.path, err)
	}
	return s.View(func(v storage.View) error {
		snapshot := v.(*snapshot)
		s.durable.Store(int64(snapshot.tx.ID()))
		return s.recognise(snapshot)
	})
}

// waitForLock returns once no other process has the file open, or the error that says so after the time.
func waitForLock(path string, timeout time.Duration) error {
	for deadline := time.Now().Add(timeout); ; time.Sleep(min(timeout, 10*time.Millisecond)) {
		used, err := InUse(path)
		switch {
		case err != nil:
			return fmt.Errorf("open data file %s: %w", path, err)
		case !used:
			return nil
		case !time.Now().Before(deadline):
			return heldError(path)
		}
	}
}

// heldError is what is said of a data file that another process has open.
func heldError(path string) error {
	return fmt.Errorf("another process has %s open; stop it, or name another file with --data", path)
}

// fileOptions are those of bbolt. The free list is synced: that costs a page per commit, and saves a walk over all pages
// at every start. The file is mapped far beyond its size, because growing a mapping makes every reader wait for every
// other.
func fileOptions(lockTimeout time.Duration) *bbolt.Options {
	return &bbolt.Options{Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapSize()}
}

func mapSize() int {
	switch {
	case runtime.GOOS == "windows":
		return 0 // there a mapping makes the file grow to its size
	case strconv.IntSize == 32:
		return 1 << 30
	}
	size := int64(64 << 30)
	return int(size)
}

// openFile opens a bbolt file. bbolt panics or faults on some damaged files, and then leaves
// the file open, with its lock.
func openFile(path string, opt *bbolt.Options) (db *bbolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var file *os.File
	opt.OpenFile = func(name string, flag int, mode os.FileMode) (opened *os.File, err error) {
		file, err = os.OpenFile(name, flag, mode)
		return file, err
	}
	defer func() {
		if cause := recover(); cause != nil {
			abandon(file)
			err = fmt.Errorf("%w: %s cannot be opened (%v); %s", storage.ErrCorrupt, path, cause, restoreAdvice)
		}
	}()
	db, err = bbolt.Open(path, 0o600, opt)
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bbolterrors.ErrTimeout):
		return nil, heldError(path)
	case errors.Is(err, bbolterrors.ErrInvalid), errors.Is(err, bbolterrors.ErrChecksum), errors.Is(err, bbolterrors.ErrVersionMismatch),
		isShort(path):
		if !hasMagic(path) {
			if isShort(path) {
				err = errors.New("it is too short") // whatever bbolt tripped over
			}
			return nil, fmt.Errorf("%s is not a data file (%w); name another file with --data, or restore a backup if it once was one", path, err)
		}
		return nil, fmt.Errorf("%w: the head of %s is destroyed (%v); %s", storage.ErrCorrupt, path, err, restoreAdvice)
	}
	return nil, fmt.Errorf("open data file %s: %w", path, err)
}

// isShort reports whether a file has no room for the two heads of a bbolt file, for which bbolt has no error of its own.
func isShort(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() < int64(2*os.Getpagesize())
}

// hasMagic reports whether one of the two heads of a bbolt file is marked as such. A file with neither was named by mistake:
// damage that leaves no trace of what a file was is not told apart from that.
func hasMagic(path string) bool {
	const magic, offset = 0xED0CDAED, 16 // of bbolt's meta, behind the header of its page
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	marked := func(page int64) bool {
		var head [4]byte
		_, err := file.ReadAt(head[:], page+offset)
		return err == nil && binary.NativeEndian.Uint32(head[:]) == magic
	}
	if marked(0) {
		return true
	}
	for size := int64(1 << 10); size <= 1<<16; size <<= 1 { // where the second head stands depends on the size of pages
		if marked(size) {
			return true
		}
	}
	return false
}

// createFile makes an empty store unless the file is there. It is written under another name first, so that a crash at
// any moment leaves either no file or a whole one.
func createFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("it is a directory; name a file in it")
	case err == nil && info.Size() > 0:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	dir := filepath.Dir(path)
	draft, err := os.CreateTemp(dir, filepath.Base(path)+".new-*")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make the directory %s first, or name another file (%w)", dir, fs.ErrNotExist)
	}
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	if err := draft.Close(); err != nil {
		return err
	}
	if err := writeEmpty(draft.Name()); err != nil {
		return err
	}
	if err := publish(draft.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// writeEmpty writes and syncs a store without any record.
func writeEmpty(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	return errors.Join(db.Update(initialise), settleHeads(db), db.Sync(), db.Close())
}

// publish gives a file its name. A file of that name that another process has made meanwhile stays, unless it is empty.
func publish(draft, path string) error {
	err := os.Link(draft, path)
	if err == nil {
		return nil
	}
	if info, statErr := os.Stat(path); statErr == nil && info.Size() > 0 {
		return nil
	}
	return os.Rename(draft, path)
}

// syncDir makes names in a directory durable, where the system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// removeLeftovers removes the drafts of starts that were cut short. The caller holds the lock of the file itself.
func removeLeftovers(path string) {
	drafts, _ := filepath.Glob(path + ".new-*")
	for _, draft := range drafts {
		// One that cannot be removed does no harm.
		_ = os.Remove(draft)
	}
}

// release closes the file. After a failure the mark stays, so that the next start checks the file.
func (s *Store) release() error {
	if !s.failed.Load() {
		_ = os.Remove(runningMark(s.path))
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close data file %s: %w", s.path, err)
	}
	return nil
}
