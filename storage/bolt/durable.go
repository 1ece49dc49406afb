package bolt

import (
	"go.etcd.io/bbolt"
)

// bbolt shows a commit as soon as it is written, a moment before it is synced. What is shown in that moment could be taken
// back by a power cut, so Views get the state before it: the committer holds a read transaction of that state, which they
// share. When the sync fails it is held for good, so that nobody is shown what may not be stored.

// state is a read transaction that Views share. Reading from one in several goroutines is safe: bbolt counts cursors with
// atomic operations and keeps nothing else in it.
type state struct {
	tx    *bbolt.Tx
	users int // the committer is one of them
}

// hold makes the state before a commit available. A transaction that makes the file outgrow its mapping waits for every
// reader, this one too, and must do without; Views then wait for it.
func (s *Store) hold(next *bbolt.Tx) {
	const spare = 256 << 20 // for what the transaction adds
	if 2*next.Size()+spare > int64(mapSize()) {
		return
	}
	tx, err := s.db.Begin(false)
	if err != nil {
		return // Views wait
	}
	s.sharing.Lock()
	defer s.sharing.Unlock()
	s.before = &state{tx, 1}
}

// letGo ends what hold began.
func (s *Store) letGo() {
	s.sharing.Lock()
	before := s.before
	s.before = nil
	s.sharing.Unlock()
	if before != nil {
		s.leave(before)
	}
}

// enter returns a read transaction of a durable state, and what ends it.
func (s *Store) enter() (tx *bbolt.Tx, leave func(), err error) {
	tx, err = s.db.Begin(false)
	if err != nil {
		return nil, nil, s.closedError(err)
	}
	// A rollback of a read transaction only gives up the snapshot.
	leave = func() { _ = tx.Rollback() }
	if int64(tx.ID()) <= s.durable.Load() {
		return tx, leave, nil
	}
	s.sharing.Lock()
	before := s.before
	if before != nil {
		before.users++
	}
	s.sharing.Unlock()
	if before != nil {
		leave()
		return before.tx, func() { s.leave(before) }, nil
	}
	s.syncing.RLock() // the sync has ended meanwhile, or nothing is held
	//lint:ignore SA2001 waiting is all that is wanted
	s.syncing.RUnlock()
	return tx, leave, nil
}

// leave gives up a shared state; the last one to do so ends its transaction.
func (s *Store) leave(shared *state) {
	s.sharing.Lock()
	shared.users--
	last := shared.users == 0
	s.sharing.Unlock()
	if last {
		_ = shared.tx.Rollback()
	}
}
