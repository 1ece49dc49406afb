// Package bolt implements storage.Store on one bbolt file.
//
// The file is a set of flat buckets (key.go) of sealed values (value.go). Reads run on bbolt's own snapshots (view.go).
// Writes are applied record by record (apply.go) in a transaction that many callers share (commit.go).
package bolt

import (
	"errors"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/concord-registry/concord/storage"
)

// Options are the settings of a store. The zero value is what a server wants.
type Options struct {
	LockTimeout time.Duration // how long to wait for another process to let go of the file; 0 means 2 s
	CacheBytes  int           // decoded contents kept in memory; 0 means 32 MiB
	ReadOnly    string        // not empty: accept no writes, and give this as the reason
}

// Store is a storage.Store in one file. Open makes one.
type Store struct {
	path        string
	db          *bbolt.DB
	cache       *contentCache
	registrants registrants
	// layout is that of the file; until it is known, that of this program.
	layout *layout

	queue   chan *request
	closing sync.RWMutex // held for reading while a request is being queued
	closed  bool
	stop    chan struct{} // closed with the store
	workers sync.WaitGroup

	syncing sync.RWMutex // held while a commit is being written and synced
	durable atomic.Int64 // the bbolt id of the last transaction that was synced
	sharing sync.Mutex
	before  *state // before the commit that is under way or has failed; nil otherwise

	readOnly  atomic.Pointer[string] // why; nil while writes are accepted
	failed    atomic.Bool            // the disk has failed
	damage    atomic.Pointer[string] // what the scrub has found
	revision  atomic.Uint64          // grows when a commit starts and when it ends: odd while one is under way
	committed atomic.Uint64
	failures  atomic.Uint64
	spent     atomic.Int64 // in commits, in nanoseconds
	applied   atomic.Uint64
	skipped   atomic.Uint64
	watcher   atomic.Pointer[func([]storage.Key)]

	// commit makes a transaction durable. Tests replace it to make the disk fail.
	commit func(*bbolt.Tx) error
}

var _ storage.Store = (*Store)(nil)

// newStore makes a store of an open file, without the goroutines that work for it.
func newStore(path string, db *bbolt.DB, cacheBytes int) *Store {
	return &Store{
		path: path, db: db, cache: newContentCache(cacheBytes), layout: layouts[Format],
		queue: make(chan *request, queueLength), stop: make(chan struct{}), commit: (*bbolt.Tx).Commit,
	}
}

// Revision identifies the state that every View sees now; it differs after every commit. It is not known while a commit
// is under way, because Views then may see either state. It costs next to nothing.
func (s *Store) Revision() (revision uint64, known bool) {
	revision = s.revision.Load()
	return revision, revision%2 == 0
}

// Watch makes the store tell f the keys of the records of every commit from now on, after the commit can be seen and before
// whoever asked for it is answered. f holds up the commits and must be quick; there is one at a time.
func (s *Store) Watch(f func(keys []storage.Key)) { s.watcher.Store(&f) }

// View implements storage.Store. A damaged tree, on which bbolt panics or faults, is ErrCorrupt. What f sees is durable, so
// that no power cut takes back what somebody has read.
func (s *Store) View(f func(storage.View) error) (err error) {
	tx, leave, err := s.enter()
	if err != nil {
		return err
	}
	defer leave()
	snapshot := s.snapshot(tx)
	snapshot.key = snapshot.space[:0]
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { s.noteDamage(err) }()
	defer snapshot.guard(&err)
	return f(&snapshot)
}

func (s *Store) snapshot(tx *bbolt.Tx) snapshot {
	return snapshot{tx: tx, path: s.path, layout: s.layout, cache: s.cache, registrants: &s.registrants}
}

// closedError turns bbolt's word for a closed file into ours.
func (s *Store) closedError(err error) error {
	if errors.Is(err, bbolterrors.ErrDatabaseNotOpen) {
		return storage.ErrClosed
	}
	return err
}

// Status implements storage.Store.
func (s *Store) Status() storage.Status {
	status := storage.Status{
		Path: s.path, DiskFree: diskFree(s.path),
		Committed: s.committed.Load(), Failed: s.failures.Load(), CommitTime: time.Duration(s.spent.Load()),
		Applied: s.applied.Load(), Skipped: s.skipped.Load(),
	}
	if info, err := os.Stat(s.path); err == nil {
		status.Size = info.Size()
	}
	stats := s.db.Stats()
	status.Free = int64(stats.FreePageN+stats.PendingPageN) * int64(s.db.Info().PageSize)
	if reason := s.readOnly.Load(); reason != nil {
		status.ReadOnly = *reason
	}
	if damage := s.damage.Load(); damage != nil {
		status.Damage = *damage
	}
	return status
}

// Close waits for the writes that are queued, then for the Views that are open, and gives up the file.
func (s *Store) Close() error {
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		return nil
	}
	s.closed = true
	close(s.queue)
	close(s.stop)
	s.closing.Unlock()
	s.workers.Wait()
	s.settle()
	s.letGo()
	return s.release()
}
