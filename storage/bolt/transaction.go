package bolt

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/concord-registry/concord/storage"
)

// Limits of one record. bbolt's own are 32,768 bytes for a key and 2 GB for a value.
const (
	maxKey   = 30_000
	maxValue = 64 << 20
)

// transaction is the writer's snapshot: what it reads includes what it has written. Only apply writes to it.
type transaction struct {
	snapshot
	changes int           // puts and deletions so far
	applied int           // records applied so far
	skipped uint64        // of these, records of unknown key types
	keys    []storage.Key // of what was applied, for who watches
}

// put seals a value and stores it. The body is appended by the caller to what begin returned.
func (t *transaction) put(b bucket, key, value []byte) error {
	t.changes++
	t.inside = true
	err := t.bucket(b).Put(key, seal(b, key, value))
	t.inside = false
	return err
}

// mark stores a key that needs no value.
func (t *transaction) mark(b bucket, key []byte) error { return t.put(b, key, begin(0)) }

func (t *transaction) delete(b bucket, key []byte) error {
	t.changes++
	t.inside = true
	err := t.bucket(b).Delete(key)
	t.inside = false
	return err
}

// sequence returns the next number of a content. It is stored with the bucket, and never falls.
func (t *transaction) sequence() (uint64, error) {
	t.inside = true
	content := t.bucket(contentBucket)
	// Numbers only grow, so that a page that was left is never inserted into. Ids mostly grow; versions may follow behind them.
	// bbolt does not store this.
	content.FillPercent, t.bucket(idBucket).FillPercent = 1, 0.9
	number, err := content.NextSequence()
	t.inside = false
	return number, err
}

// nextRevision counts a record.
func (t *transaction) nextRevision() (uint64, error) {
	revision, err := t.Revision()
	if err != nil {
		return 0, err
	}
	revision++
	t.applied++
	return revision, t.put(metaBucket, []byte(revisionKey), binary.BigEndian.AppendUint64(begin(8), revision))
}

func (t *transaction) putCounts(c *counts) error {
	return t.put(metaBucket, []byte(countsKey), c.append(begin(64)))
}

func (t *transaction) putRow(subject string, version int, r *rowValue) error {
	return t.put(rowBucket, appendRow(nil, subject, version), r.append(begin(32+len(r.extra))))
}

func (t *transaction) putContext(context string, v contextValue) error {
	return t.put(contextBucket, appendString(nil, context), v.append(begin(8)))
}

func (t *transaction) putSummary(s *storage.Subject) error {
	return t.put(subjectBucket, appendSubject(nil, s.Name), appendSummary(begin(32), s))
}

// newTransaction starts to write. bbolt lets one transaction at a time do so.
func (s *Store) newTransaction() (t *transaction, err error) {
	tx, err := s.db.Begin(true)
	if err != nil {
		return nil, err
	}
	return &transaction{snapshot: s.snapshot(tx)}, nil
}

// rollback abandons what was written. It never panics.
func rollback(tx *bbolt.Tx) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("rollback: %v", cause)
		}
	}()
	return tx.Rollback()
}
