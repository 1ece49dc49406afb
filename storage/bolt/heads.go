package bolt

import (
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// settleHeads makes both heads of a file tell of the same state. bbolt writes them in turn, and takes the older one when the
// checksum of the newer one does not match, because a crash may have cut its writing short. In a file that was closed
// properly that would be damage, and silently take back the last commit; so the last commit of all is one that changes
// nothing.
func settleHeads(db *bbolt.DB) error { return db.Update(func(*bbolt.Tx) error { return nil }) }

// settle is settleHeads for a store that is being closed, unless there is something wrong with it. When it cannot be done, for
// want of space for one, the file is as good as it was.
func (s *Store) settle() {
	if s.readOnly.Load() != nil || s.damage.Load() != nil {
		return
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	tx, err := s.db.Begin(true)
	if err == nil {
		err = s.commitTx(tx, nil)
	}
	if err != nil && !isFull(err) {
		s.failed.Store(true)
	}
}
