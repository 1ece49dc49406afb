package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say which backups a Keeper makes.
type Options struct {
	Schedule  Schedule
	Keep      int    // how many scheduled backups are kept, the newest ones; at least 1
	Directory string // where they are; it is made when it is not there
	Spool     string // the directory of the files that Spool makes
	Program   string // version of this program
	Logger    *slog.Logger
}

// Keeper makes the backups of a server. It is safe for concurrent use.
type Keeper struct {
	source Source
	opt    Options
	spools chan struct{} // one for each spooled file there may be

	mu     sync.Mutex
	status Status
}

// Status tells of the backups in the directory.
type Status struct {
	Last      time.Time // when the newest one was made; zero when there is none
	Size      int64     // its bytes
	Kept      int       // how many there are
	Succeeded int       // since the start
	Failed    int       // since the start
}

// maxSpools bounds the disk space that downloads take.
const maxSpools = 2

// spoolPrefix starts the names of files that are sent and forgotten.
const spoolPrefix = ".concord-spool-"

// retry is the pause after a backup that failed.
const retry = 5 * time.Minute

// NewKeeper returns a keeper. It does nothing before Run or Spool.
func NewKeeper(s Source, opt Options) *Keeper {
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	opt.Keep = max(opt.Keep, 1)
	k := &Keeper{source: s, opt: opt, spools: make(chan struct{}, maxSpools)}
	sweep(filepath.Join(opt.Spool, spoolPrefix+"*"))
	if !opt.Schedule.IsZero() {
		k.look()
	}
	return k
}

// Status tells of the scheduled backups.
func (k *Keeper) Status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.status
}

// Run makes backups as the schedule says, until ctx ends. A backup that fails is logged and tried again.
func (k *Keeper) Run(ctx context.Context) {
	if k.opt.Schedule.IsZero() {
		return
	}
	wait := k.pause(nil)
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		err := k.Backup(ctx)
		if ctx.Err() != nil {
			return
		}
		if wait = k.pause(err); err != nil {
			k.opt.Logger.Error("backup", "err", err, "again after", wait.Round(time.Second))
		}
	}
}

// pause is how long it is to the next backup, when the one before ended with err. One that could not be made is tried again soon;
// where only older ones could not be removed, the next is made when it is due: each try makes one more.
func (k *Keeper) pause(err error) time.Duration {
	due := time.Until(k.opt.Schedule.Next(k.Status().Last, time.Now()))
	if err != nil {
		return max(due, retry)
	}
	return due
}

const (
	prefix = "concord-"
	suffix = ".backup"
)

// Backup makes one backup in the directory, and then removes the oldest ones beyond those that are kept.
func (k *Keeper) Backup(ctx context.Context) error {
	err := k.backup(ctx)
	k.mu.Lock()
	if err != nil {
		k.status.Failed++
	} else {
		k.status.Succeeded++
	}
	k.mu.Unlock()
	return err
}

func (k *Keeper) backup(ctx context.Context) error {
	if err := os.MkdirAll(k.opt.Directory, 0o700); err != nil {
		return err
	}
	sweep(filepath.Join(k.opt.Directory, prefix+"*"+suffix+".*"))
	start := time.Now()
	path := filepath.Join(k.opt.Directory, Name(start))
	info, err := Make(ctx, k.source, path, k.opt.Program)
	if err != nil {
		return err
	}
	k.look()
	k.opt.Logger.Info("backup", "file", path, "bytes", k.Status().Size, "subjects", info.Subjects, "versions", info.Versions,
		"seconds", time.Since(start).Round(time.Millisecond).Seconds())
	return k.retain()
}

// Name is the name of a backup that is made at a time.
func Name(t time.Time) string { return prefix + t.UTC().Format(stamp) + suffix }

// sweep removes what backups that were cut short have left.
func sweep(pattern string) {
	leftovers, _ := filepath.Glob(pattern)
	for _, name := range leftovers {
		_ = os.Remove(name) // one that cannot be removed only takes space
	}
}

// list returns the names of the backups in the directory, oldest first. Only names that this package gives count.
func (k *Keeper) list() []string {
	entries, err := os.ReadDir(k.opt.Directory)
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range entries {
		if _, ok := timeOf(entry.Name()); ok && entry.Type().IsRegular() {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return names
}

func timeOf(name string) (time.Time, bool) {
	word, ok := strings.CutPrefix(name, prefix)
	word, whole := strings.CutSuffix(word, suffix)
	if !ok || !whole {
		return time.Time{}, false
	}
	t, err := time.Parse(stamp, word)
	return t, err == nil
}

// look finds the newest backup.
func (k *Keeper) look() {
	names := k.list()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.status.Last, k.status.Size, k.status.Kept = time.Time{}, 0, len(names)
	if len(names) == 0 {
		return
	}
	newest := names[len(names)-1]
	k.status.Last, _ = timeOf(newest)
	if info, err := os.Stat(filepath.Join(k.opt.Directory, newest)); err == nil {
		k.status.Size = info.Size()
	}
}

func (k *Keeper) retain() error {
	names := k.list()
	if len(names) <= k.opt.Keep {
		return nil
	}
	var errs []error
	for _, name := range names[:len(names)-k.opt.Keep] {
		errs = append(errs, removeIfThere(filepath.Join(k.opt.Directory, name)))
	}
	k.look()
	return errors.Join(errs...)
}

// ErrBusy: as many backups are being downloaded as may be.
var ErrBusy = errors.New("other backups are being made or downloaded; try again later")

// Spooled is a backup in a file without a name, which is gone when it is closed.
type Spooled struct {
	*os.File
	Size int64
	Name string // to offer it under
	done func()
}

// Close gives the space back.
func (s *Spooled) Close() error {
	defer s.done()
	return errors.Join(s.File.Close(), removeIfThere(s.File.Name()))
}

// Spool makes a backup that was read back in a temporary file, to be sent to someone who may be slow. ErrBusy.
func (k *Keeper) Spool(ctx context.Context) (_ *Spooled, err error) {
	select {
	case k.spools <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	done := sync.OnceFunc(func() { <-k.spools })
	defer func() {
		if err != nil {
			done()
		}
	}()
	f, err := os.CreateTemp(k.opt.Spool, spoolPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file for a backup: %w", err)
	}
	path := f.Name()
	defer os.Remove(path)
	if err := f.Close(); err != nil {
		return nil, err
	}
	if _, err := Make(ctx, k.source, path, k.opt.Program); err != nil {
		return nil, err
	}
	if f, err = os.Open(path); err != nil {
		return nil, err
	}
	stat, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Spooled{File: f, Size: stat.Size(), Name: Name(time.Now()), done: done}, nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
