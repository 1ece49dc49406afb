package bolt

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/concord-registry/concord/storage"
)

// snapshot reads sealed values from one bbolt transaction. It implements storage.View (view.go) and is what the writer's
// transaction is built on. It is used by one goroutine at a time.
//
// get and scan are the only code that reads the tree, so that a damaged tree, on which bbolt panics or faults, can be told
// from a bug elsewhere: inside is set while they run.
type snapshot struct {
	tx          *bbolt.Tx
	path        string
	layout      *layout
	cache       *contentCache
	registrants *registrants
	buckets     [bucketCount]*bbolt.Bucket
	key         []byte // scratch space for the key that is being looked for
	inside      bool
	space       [96]byte // what key starts with in a View, so that short keys cost no allocation
}

// bucket returns the handle of the bucket that a kind of entries lies in, opened on first use.
func (s *snapshot) bucket(b bucket) *bbolt.Bucket {
	if s.buckets[b] == nil {
		s.buckets[b] = s.tx.Bucket([]byte(bucketNames[s.layout.tree[b]]))
	}
	return s.buckets[b]
}

// get returns the body stored under a key; nil when there is none. It is valid until the transaction ends or changes.
func (s *snapshot) get(b bucket, key []byte) ([]byte, error) {
	s.inside = true
	handle := s.bucket(b)
	if handle == nil {
		s.inside = false
		return nil, s.corrupt(b, nil, "the bucket is missing")
	}
	var body []byte
	var err error
	if value := handle.Get(key); value != nil {
		body, err = s.open(b, key, value)
	}
	s.inside = false
	return body, err
}

// open returns the body of an entry. It belongs to reading the tree: by the lengths that a damaged page gives, a key or a
// value may lie outside of the file.
func (s *snapshot) open(b bucket, key, value []byte) ([]byte, error) {
	body, ok := unseal(b, key, value)
	if !ok {
		return nil, s.corrupt(b, key, "its checksum does not match")
	}
	return body, nil
}

// maxPassed is how many versions of one subject are passed over one by one.
const maxPassed = 16

// scan calls f for the entries of a kind from the key from on, as long as they start with prefix and f returns true. Those of
// another kind that lie between them are found to be whole first; of very many, those of the first.
func (s *snapshot) scan(b bucket, prefix, from []byte, f func(key, body []byte) (bool, error)) error {
	s.inside = true
	handle := s.bucket(b)
	if handle == nil {
		s.inside = false
		return s.corrupt(b, nil, "the bucket is missing")
	}
	cursor := handle.Cursor()
	passed := 0
	key, value := cursor.Seek(from)
	for key != nil && bytes.HasPrefix(key, prefix) {
		kind := s.layout.kindOf(s.layout.tree[b], key)
		body, err := s.open(kind, key, value)
		s.inside = false
		if err != nil {
			return err
		}
		if kind == b {
			passed = 0
			if more, err := f(key, body); err != nil || !more {
				return err
			}
		} else {
			passed++
		}
		s.inside = true
		if kind == rowBucket && passed > maxPassed {
			key, value = cursor.Seek(behindRows(key))
		} else {
			key, value = cursor.Next()
		}
	}
	s.inside = false
	return nil
}

// corrupt says which stored value is damaged.
func (s *snapshot) corrupt(b bucket, key []byte, why string) error {
	if key == nil {
		return fmt.Errorf("%w: %s, bucket %s: %s; %s", storage.ErrCorrupt, s.path, b, why, restoreAdvice)
	}
	const longest = 300 // of what is printed; a key of a damaged page may be a whole file
	return fmt.Errorf("%w: %s, bucket %s, key %q: %s; %s", storage.ErrCorrupt, s.path, b, key[:min(len(key), longest)], why, restoreAdvice)
}

// restoreAdvice is what to do about a damaged file.
const restoreAdvice = "stop the server and put a backup in the file's place (concord restore)"

// guard turns a panic of the tree into an error of the snapshot; other panics are the caller's own and go on.
func (s *snapshot) guard(err *error) {
	if !s.inside {
		return
	}
	if cause := recover(); cause != nil {
		s.inside = false
		*err = fmt.Errorf("%w: %s: its tree cannot be followed (%v); %s", storage.ErrCorrupt, s.path, cause, restoreAdvice)
	}
}
