package bolt

import (
	"bytes"
	"slices"

	"github.com/google/uuid"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// layout is what the format of a file decides: which kinds of entries it has, and which of them lie in the same tree, a bucket
// of bbolt. A file keeps its layout until it is compacted.
//
// A commit copies and writes every page that it changes and the pages above it. What a registration costs depends on how many
// trees it changes more than on how many entries it makes, and the more so the higher they are. Since format 2 the versions
// of a subject lie behind its summary, those that have an id lie behind the id, and one index of hashes answers what took two.
type layout struct {
	kinds []bucket
	trees []bucket            // each is called after the first kind in it
	tree  [bucketCount]bucket // by kind
}

var layouts = [...]*layout{
	1: newLayout([]bucket{indexBucket}, nil),
	2: newLayout([]bucket{keyBucket, guidBucket}, map[bucket]bucket{rowBucket: subjectBucket, ownerBucket: idBucket}),
}

// newLayout makes the layout with every kind but some, and those of inside in the tree of another.
func newLayout(without []bucket, inside map[bucket]bucket) *layout {
	l := &layout{}
	for b := range bucketCount {
		if slices.Contains(without, b) {
			continue
		}
		l.kinds = append(l.kinds, b)
		tree, ok := inside[b]
		if !ok {
			tree = b
			l.trees = append(l.trees, b)
		}
		l.tree[b] = tree
	}
	return l
}

// has reports whether a kind of entries is there.
func (l *layout) has(b bucket) bool { return slices.Contains(l.kinds, b) }

// kindOf tells of what kind an entry of a tree is.
func (l *layout) kindOf(tree bucket, key []byte) bucket {
	switch {
	case tree == subjectBucket && l.tree[rowBucket] == tree:
		if _, name, _ := bytes.Cut(key, []byte{0}); bytes.IndexByte(name, 0) >= 0 {
			return rowBucket
		}
	case tree == idBucket && l.tree[ownerBucket] == tree:
		if _, id, _ := bytes.Cut(key, []byte{0}); len(id) != 4 {
			return ownerBucket
		}
	}
	return tree
}

// behindRows returns a key that is behind those of all versions of the subject of one, and before the next subject.
func behindRows(row []byte) []byte { return append(slices.Clone(row[:max(len(row)-5, 0)]), 1) }

// keyEntries returns where the ids with a content key in a context are: the keys there start with a prefix and end with the
// id.
func (l *layout) keyEntries(space []byte, context string, key storage.ContentKey) (b bucket, prefix []byte) {
	if l.has(indexBucket) {
		return indexBucket, appendString(append(append(space, key.GUID[:]...), key.Sum[:]...), context)
	}
	return keyBucket, append(appendString(space, context), key.Sum[:]...)
}

// guidEntries returns where the contexts and ids with a guid are: the keys there start with the guid and have the context and
// the id from a position on.
func (l *layout) guidEntries() (b bucket, contextID int) {
	if l.has(indexBucket) {
		return indexBucket, len(storage.ContentKey{}.GUID) + len(storage.ContentKey{}.Sum)
	}
	return guidBucket, len(uuid.UUID{})
}

// forEachIndex calls f for the entries by which a content is found: its key, its guid, and what it refers to.
func (l *layout) forEachIndex(context string, id int, key storage.ContentKey, references []formats.Reference, f func(b bucket, key []byte) error) error {
	b, prefix := l.keyEntries(nil, context, key)
	if err := f(b, appendNumber(prefix, id)); err != nil {
		return err
	}
	if l.has(guidBucket) {
		if err := f(guidBucket, appendID(key.GUID[:], context, id)); err != nil {
			return err
		}
	}
	for _, ref := range references {
		referred := appendRow(nil, storage.ReferredSubject(context, ref.Subject), ref.Version)
		if err := f(referrerBucket, appendID(referred, context, id)); err != nil {
			return err
		}
	}
	return nil
}
