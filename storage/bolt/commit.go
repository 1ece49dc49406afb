package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/concord-registry/concord/storage"
)

// Bounds of a group commit. They keep one transaction's dirty pages, and the time a request may have to wait for its
// predecessors, small.
const (
	maxGroup      = 256     // requests
	maxGroupBytes = 1 << 20 // of record values
	queueLength   = 1024    // requests that wait before Update itself waits
)

// request is one Update on its way through the committer.
type request struct {
	ctx    context.Context
	decide storage.Decide
	done   chan struct{} // closed when result and err are final

	result any
	err    error
	failed bool // its outcome is err whatever else is committed
}

// Update implements storage.Store. A decide that panics is an error of its caller alone.
func (s *Store) Update(ctx context.Context, decide storage.Decide) (any, error) {
	r := &request{ctx: ctx, decide: decide, done: make(chan struct{})}
	if err := s.enqueue(r); err != nil {
		return nil, err
	}
	select {
	case <-r.done:
		return r.result, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Store) enqueue(r *request) error {
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.closed {
		return storage.ErrClosed
	}
	if err := s.writable(); err != nil {
		return err
	}
	select {
	case s.queue <- r:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

func (s *Store) writable() error {
	if reason := s.readOnly.Load(); reason != nil {
		return fmt.Errorf("%w: %s", storage.ErrReadOnly, *reason)
	}
	return nil
}

// run commits what is queued until the queue is closed. There is no timer: whoever comes alone is committed at once, and
// those who come while a commit is on its way make up the next group.
func (s *Store) run() {
	defer s.workers.Done()
	debug.SetPanicOnFault(true)
	for first := range s.queue {
		s.commitGroup(s.collect(first))
	}
}

// collect takes what else is waiting.
func (s *Store) collect(first *request) []*request {
	group := []*request{first}
	for len(group) < maxGroup {
		select {
		case r, ok := <-s.queue:
			if !ok {
				return group
			}
			group = append(group, r)
		default:
			return group
		}
	}
	return group
}

// commitGroup brings every request of a group to its end.
func (s *Store) commitGroup(group []*request) {
	for len(group) > 0 {
		done, err := s.attempt(group)
		for _, r := range group[:done] {
			if err != nil {
				r.result, r.err = nil, err
			}
			close(r.done)
		}
		group = group[done:]
	}
}

// attempt runs requests in one transaction and returns how many of them are finished; err is what became of all of these.
// Their outcomes, errors too, are told only after the commit, because each rests on what its predecessors wrote.
func (s *Store) attempt(group []*request) (done int, err error) {
	if err := s.writable(); err != nil {
		return len(group), err
	}
	for {
		t, err := s.newTransaction()
		if err != nil {
			return len(group), s.fail("it cannot start a transaction", err)
		}
		done, retry := t.runGroup(group)
		if retry {
			if err := rollback(t.tx); err != nil {
				return len(group), s.fail("it cannot roll back", err)
			}
			continue
		}
		return done, s.finish(t)
	}
}

// runGroup runs requests until the group is large enough. When one of them fails after it has changed something, that one
// is marked as failed, and the others are to be tried again in a transaction without it.
func (t *transaction) runGroup(group []*request) (done int, retry bool) {
	size := 0
	for i, r := range group {
		if r.failed {
			continue
		}
		if r.err = r.ctx.Err(); r.err != nil {
			r.failed = true
			continue
		}
		changes := t.changes
		n, err := t.runRequest(r)
		if err != nil {
			r.result, r.err, r.failed = nil, err, true
			if t.changes != changes {
				return 0, true
			}
		}
		if size += n; size > maxGroupBytes {
			return i + 1, false
		}
	}
	return len(group), false
}

// runRequest decides and applies; it returns the size of the records.
func (t *transaction) runRequest(r *request) (size int, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("deciding a write panicked: %v\n%s", cause, debug.Stack())
		}
	}()
	defer t.guard(&err)
	records, result, err := r.decide(t)
	if err != nil {
		return 0, err
	}
	for _, record := range records {
		if err := t.apply(record); err != nil {
			return 0, err
		}
		size += len(record.Value)
	}
	r.result = result
	return size, nil
}

// finish commits a transaction, or gives it up when nothing was written.
func (s *Store) finish(t *transaction) error {
	if t.changes == 0 {
		if err := rollback(t.tx); err != nil {
			return s.fail("it cannot roll back", err)
		}
		return nil
	}
	began := time.Now()
	err := s.commitTx(t.tx, t.keys)
	s.spent.Add(int64(time.Since(began)))
	if err != nil {
		s.failures.Add(1)
	}
	switch {
	case err == nil:
		s.committed.Add(1)
		s.applied.Add(uint64(t.applied))
		s.skipped.Add(t.skipped)
		return nil
	case isFull(err):
		return fmt.Errorf("%w: %s: %v; nothing was written, and writes succeed again as soon as there is space", storage.ErrFull, s.path, err)
	default:
		return s.fail("the disk failed", err)
	}
}

// commitTx commits what changes the records of some keys, and turns a panic of bbolt over a damaged tree into an error. There
// is no revision before the watcher was told: what is made of what it keeps must not pass for an answer of the new state.
func (s *Store) commitTx(tx *bbolt.Tx, keys []storage.Key) (err error) {
	s.revision.Add(1)
	defer s.revision.Add(1)
	s.syncing.Lock()
	defer s.syncing.Unlock()
	defer func() {
		if cause := recover(); cause != nil {
			_ = rollback(tx)
			err = fmt.Errorf("%w: %v", storage.ErrCorrupt, cause)
		}
	}()
	id := tx.ID()
	s.hold(tx)
	if err := s.commit(tx); err != nil {
		if isFull(err) {
			s.letGo() // nothing new can be seen, and there will be other commits
		}
		return err
	}
	s.durable.Store(int64(id))
	s.letGo()
	if told := s.watcher.Load(); told != nil {
		(*told)(keys)
	}
	return nil
}

// isFull reports whether a commit failed for want of space before anything of it could be seen. bbolt has then rolled
// back, and the file is as it was. A sync that fails for want of space is another matter: what it was to make durable can
// be seen already.
func isFull(err error) bool {
	if errors.Is(err, bbolterrors.ErrMaxSizeReached) {
		return true
	}
	var write *fs.PathError
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.As(err, &write) && errors.Is(write, full) {
			return true
		}
		// bbolt hands on the text only when it cannot make the file larger, which it does before it writes.
		if strings.HasPrefix(err.Error(), "file resize error") && strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

// fail makes the store read-only for good. After a failed sync nobody knows what the disk holds, and asking it again
// would make a lost write look like a stored one; so no write is tried before a restart has read the file afresh.
func (s *Store) fail(what string, cause error) error {
	reason := fmt.Sprintf("%s while writing %s (%v); whether the last writes are stored is unknown: check the disk, then restart", what, s.path, cause)
	s.failed.Store(true)
	s.readOnly.CompareAndSwap(nil, &reason)
	return s.writable()
}
