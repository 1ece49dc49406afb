package bolt

import (
	"encoding/binary"

	"github.com/concord-registry/concord/storage"
)

// bucket names a kind of entries of the data file, which lie in a flat bucket of bbolt. Flat, because a bucket per subject would
// leave most of its page empty. Kinds that are written together may share one (layout.go).
type bucket int

// The kinds. Every integer in a key is big-endian, so that byte order is numeric order; every string in a key ends with
// a zero byte, which no subject contains. "subject" below is a context and a name. Those of which there are few come first:
// bbolt copies a small bucket into its own memory, where damage does more harm, so that a check of limited time reads them first.
const (
	metaBucket     bucket = iota // name -> value (see meta.go)
	contextBucket                // context -> highest id, whether it has a CONTEXT record
	configBucket                 // qualified subject -> JSON
	modeBucket                   // qualified subject -> mode, unknown members
	subjectBucket                // subject -> summary
	rowBucket                    // subject, version -> id, flags, time
	idBucket                     // context, id -> number of its content, content key
	ownerBucket                  // context, id, name, version -> nothing: the versions that have an id
	contentBucket                // number -> content; numbers only grow, so pages fill up and stay full
	keyBucket                    // format 1: context, sum of the content key, id -> nothing
	guidBucket                   // format 1: guid, context, id -> nothing
	indexBucket                  // guid, sum of the content key, context, id -> nothing
	referrerBucket               // subject, version, context, id -> nothing: the ids that refer to a version
	bucketCount
)

var bucketNames = [bucketCount]string{
	"meta", "context", "config", "mode", "subject", "row", "id", "owner", "content", "key", "guid", "index", "referrer",
}

func (b bucket) String() string { return bucketNames[b] }

func appendString(key []byte, s string) []byte {
	return append(append(key, s...), 0)
}

func appendNumber(key []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(key, uint32(n))
}

// appendSubject appends the context and the name of a qualified subject; the name is not terminated.
func appendSubject(key []byte, subject string) []byte {
	context, name := storage.SplitSubject(subject)
	return append(appendString(key, context), name...)
}

func appendRow(key []byte, subject string, version int) []byte {
	return appendNumber(append(appendSubject(key, subject), 0), version)
}

func appendID(key []byte, context string, id int) []byte {
	return appendNumber(appendString(key, context), id)
}

func appendOwner(key []byte, context string, id int, name string, version int) []byte {
	return appendNumber(appendString(appendID(key, context, id), name), version)
}

func appendSequence(key []byte, n uint64) []byte {
	return binary.BigEndian.AppendUint64(key, n)
}

// trailingNumber returns the number that a key ends with.
func trailingNumber(key []byte) (int, bool) {
	if len(key) < 4 {
		return 0, false
	}
	return int(binary.BigEndian.Uint32(key[len(key)-4:])), true
}
