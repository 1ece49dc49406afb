package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
)

// Make writes a backup of a store to a new file, and reads it back as a restore would. Either the whole backup stands
// under its name, synced, or nothing does.
func Make(ctx context.Context, s Source, path, program string) (*Info, error) {
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(draft.Name())
	info, err := Write(ctx, draft, s, program)
	if err == nil {
		err = draft.Sync()
	}
	if err := errors.Join(err, draft.Close()); err != nil {
		return nil, outOfSpace(fmt.Errorf("write backup %s: %w", path, err))
	}
	if _, err := Verify(ctx, draft.Name()); err != nil {
		return nil, fmt.Errorf("the backup does not read back: %w", err)
	}
	return info, publish(draft.Name(), path)
}

// Verify reads a backup from end to end: its sum, and the data file in it, which is extracted beside it for the purpose.
// ErrDamaged, or storage.ErrCorrupt when the backup is whole and what was backed up is not.
func Verify(ctx context.Context, path string) (*Info, error) {
	draft, info, err := extractBeside(ctx, path, path)
	if draft != "" {
		defer os.Remove(draft)
	}
	return info, err
}

// extractBeside extracts and checks the data file of a backup into a new file, of which it returns the name, in the
// directory of another.
func extractBeside(ctx context.Context, path, other string) (draft string, info *Info, err error) {
	backup, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer backup.Close()
	stat, err := backup.Stat()
	if err != nil {
		return "", nil, err
	}
	if !stat.Mode().IsRegular() {
		return "", nil, fmt.Errorf("%s is not a file", path)
	}
	data, err := os.CreateTemp(filepath.Dir(other), filepath.Base(other)+".new-*")
	if err != nil {
		return "", nil, err
	}
	info, err = Extract(ctx, backup, stat.Size(), data)
	if err == nil {
		err = data.Sync()
	}
	if err := errors.Join(err, data.Close()); err != nil {
		return data.Name(), nil, outOfSpace(fmt.Errorf("backup %s: %w", path, err))
	}
	if err := bolt.CheckApart(ctx, data.Name()); err != nil {
		return data.Name(), nil, fmt.Errorf("the data file in backup %s: %w", path, err)
	}
	return data.Name(), info, nil
}

// ErrExists: a restore would replace a data file, and was not told to.
var ErrExists = errors.New("there is a data file already")

// Restored tells what a restore did.
type Restored struct {
	*Info
	Replaced string // where the data file that was there is now; empty when there was none
}

// Restore puts the data file of a backup in its place. It refuses a damaged backup, a data file that is in use, and, unless
// it is told to overwrite, any data file that is there; that one is kept under another name. A crash at any moment leaves
// a whole data file, the old or the new one, or none and the old one under its other name.
func Restore(ctx context.Context, path, data string, overwrite bool) (*Restored, error) {
	_, err := os.Lstat(data)
	exists := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if exists && !overwrite {
		return nil, fmt.Errorf("%w: %s", ErrExists, data)
	}
	used, err := bolt.InUse(data)
	if err != nil {
		return nil, err
	}
	if used {
		return nil, fmt.Errorf("another process has %s open; stop it first", data)
	}
	draft, info, err := extractBeside(ctx, path, data)
	if draft != "" {
		defer os.Remove(draft)
	}
	if err != nil {
		return nil, err
	}
	result := &Restored{Info: info}
	if exists {
		if result.Replaced, err = setAside(data); err != nil {
			return nil, err
		}
	}
	return result, publish(draft, data)
}

// setAside gives a data file another name, beside its own where the file system has links, and returns it. No file has that
// name before.
func setAside(data string) (string, error) {
	wanted := fmt.Sprintf("%s.replaced-%s", data, time.Now().UTC().Format(stamp))
	for name, n := wanted, 2; ; name, n = fmt.Sprintf("%s-%d", wanted, n), n+1 {
		if _, err := os.Lstat(name); err == nil {
			continue
		}
		err := os.Link(data, name)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			err = os.Rename(data, name)
		}
		return name, err
	}
}

// stamp is how times are written in names; they sort as text.
const stamp = "20060102T150405Z"

// publish gives a synced file its name, durably.
func publish(draft, path string) error {
	if err := os.Rename(draft, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil // there are systems that cannot sync a directory
	}
	return errors.Join(err, dir.Close())
}

// outOfSpace names a full disk as such.
func outOfSpace(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %w", storage.ErrFull, err)
	}
	return err
}
