package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/concord-registry/concord/storage"
)

// verifyEntry checks one entry beyond its seal: it decodes, and what it implies elsewhere in the file is there. Together
// with the totals (tally) that proves that no entry is missing: each fact is told by at least two buckets.
func (s *snapshot) verifyEntry(b bucket, key, body []byte) error {
	switch b {
	case contextBucket:
		_, ok := decodeContext(body)
		return s.require(b, key, ok, "it cannot be decoded")
	case subjectBucket:
		return s.verifySubject(key, body)
	case rowBucket:
		return s.verifyRow(key, body)
	case idBucket:
		return s.verifyID(key, body)
	case ownerBucket:
		return s.verifyOwner(key)
	case contentBucket:
		_, err := decodeContent(body)
		return s.require(b, key, err == nil, "it cannot be decoded")
	case keyBucket:
		context, rest, _ := bytes.Cut(key, []byte{0})
		return s.verifyIndex(b, key, string(context), rest[min(len(rest), len(storage.ContentKey{}.Sum)):])
	case guidBucket, indexBucket:
		_, from := s.layout.guidEntries()
		return s.verifyContextID(b, key, min(len(key), from))
	case referrerBucket:
		_, _, rest, ok := splitRow(key)
		if !ok {
			return s.malformed(b, key)
		}
		return s.verifyContextID(b, key, len(key)-len(rest))
	case configBucket:
		return s.require(b, key, json.Valid(body), "it cannot be decoded")
	case modeBucket:
		_, err := s.decodeMode(key, body)
		return err
	}
	return nil
}

func (s *snapshot) require(b bucket, key []byte, ok bool, why string) error {
	if ok {
		return nil
	}
	return s.corrupt(b, slices.Clone(key), why)
}

// splitRow reads the context, name and version that a key starts with.
func splitRow(key []byte) (subject string, version int, rest []byte, ok bool) {
	context, rest, ok := bytes.Cut(key, []byte{0})
	if !ok {
		return "", 0, nil, false
	}
	name, rest, ok := bytes.Cut(rest, []byte{0})
	if !ok || len(rest) < 4 {
		return "", 0, nil, false
	}
	return storage.QualifySubject(string(context), string(name)), int(binary.BigEndian.Uint32(rest)), rest[4:], true
}

// verifySubject compares a summary with the versions.
func (s *snapshot) verifySubject(key, body []byte) error {
	context, name, ok := bytes.Cut(key, []byte{0})
	stored, decoded := decodeSummary(body)
	if !ok || !decoded {
		return s.malformed(subjectBucket, key)
	}
	rows, err := s.Rows(storage.QualifySubject(string(context), string(name)))
	if err != nil {
		return err
	}
	found := storage.Subject{Revision: stored.Revision}
	for _, row := range rows {
		found.Highest = row.Version
		if row.Deleted {
			found.Deleted++
		} else {
			found.Live++
			found.Latest = row.Version
		}
	}
	return s.require(subjectBucket, key, found == stored, "it does not sum up the versions")
}

func (s *snapshot) verifyRow(key, body []byte) error {
	subject, version, rest, ok := splitRow(key)
	row, decoded := decodeRow(body)
	if !ok || len(rest) > 0 || !decoded {
		return s.malformed(rowBucket, key)
	}
	context, name := storage.SplitSubject(subject)
	id, err := s.idValue(context, row.id)
	if err != nil {
		return err
	}
	if err := s.require(rowBucket, key, id != nil, "its id is missing"); err != nil {
		return err
	}
	if err := s.requireEntry(rowBucket, key, subjectBucket, appendSubject(nil, subject)); err != nil {
		return err
	}
	return s.requireEntry(rowBucket, key, ownerBucket, appendOwner(nil, context, row.id, name, version))
}

// requireEntry reports an entry as damaged when one that it implies is missing.
func (s *snapshot) requireEntry(b bucket, key []byte, other bucket, implied []byte) error {
	body, err := s.get(other, implied)
	if err != nil {
		return err
	}
	return s.require(b, key, body != nil, fmt.Sprintf("its entry in bucket %s is missing", other))
}

// verifyID reads the content from the file, not from the cache, and compares it with its key and its indexes.
func (s *snapshot) verifyID(key, body []byte) error {
	context, id, ok := splitContextID(key)
	value, decoded := decodeID(body)
	if !ok || !decoded {
		return s.malformed(idBucket, key)
	}
	number := appendSequence(nil, value.number)
	stored, err := s.get(contentBucket, number)
	if err != nil {
		return err
	}
	content, err := decodeContent(stored)
	if err != nil {
		return s.corrupt(contentBucket, number, err.Error())
	}
	contentKey := storage.KeyOf(content)
	if err := s.require(idBucket, key, contentKey.Sum == value.sum && contentKey.GUID.String() == content.GUID, "its content is another one"); err != nil {
		return err
	}
	err = s.layout.forEachIndex(context, id, contentKey, content.References, func(b bucket, implied []byte) error {
		return s.requireEntry(idBucket, key, b, implied)
	})
	if err != nil {
		return err
	}
	owned, err := s.owned(context, id)
	if err != nil {
		return err
	}
	return s.require(idBucket, key, owned, "no version has it")
}

func (s *snapshot) verifyOwner(key []byte) error {
	name, rest, ok := bytes.Cut(key, []byte{0})
	if !ok || len(rest) < 9 {
		return s.malformed(ownerBucket, key)
	}
	id, version := int(binary.BigEndian.Uint32(rest)), int(binary.BigEndian.Uint32(rest[len(rest)-4:]))
	row, err := s.Row(storage.QualifySubject(string(name), string(rest[4:len(rest)-5])), version)
	if err != nil {
		return err
	}
	return s.require(ownerBucket, key, row != nil && row.ID == id, "the version it names is missing or has another id")
}

// verifyContextID checks the context and id that a key ends with, from a position on.
func (s *snapshot) verifyContextID(b bucket, key []byte, from int) error {
	context, rest, _ := bytes.Cut(key[from:], []byte{0})
	return s.verifyIndex(b, key, string(context), rest)
}

func (s *snapshot) verifyIndex(b bucket, key []byte, context string, number []byte) error {
	if len(number) != 4 {
		return s.malformed(b, key)
	}
	id, err := s.idValue(context, int(binary.BigEndian.Uint32(number)))
	if err != nil {
		return err
	}
	return s.require(b, key, id != nil, "the id it names is missing")
}

// tally counts the entries of a whole file, to be compared with the totals that are stored.
type tally struct {
	entries       [bucketCount]int
	live, deleted [typeCount]int
}

func (t *tally) add(b bucket, body []byte) {
	t.entries[b]++
	if b != rowBucket {
		return
	}
	if row, ok := decodeRow(body); ok && row.deleted {
		t.deleted[row.code]++
	} else if ok {
		t.live[row.code]++
	}
}

// verify checks every entry and the totals, and calls report for each fault. It ends early, with ctx's error, when ctx
// does.
func (s *snapshot) verify(ctx context.Context, report func(error)) error {
	var found tally
	for _, tree := range s.layout.trees {
		err := s.scanFrom(tree, nil, func(b bucket, key, _, body []byte, err error) bool {
			if err == nil {
				found.add(b, body)
				err = s.verifyEntry(b, key, body)
			}
			if err != nil {
				report(err)
			}
			return ctx.Err() == nil
		})
		if err != nil {
			report(err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	stored, err := s.counts()
	if err != nil {
		report(err)
		return nil
	}
	subjects := stored.subjects + stored.deletedSubjects
	whole := subjects == found.entries[subjectBucket] && stored.live == found.live && stored.deleted == found.deleted &&
		found.entries[rowBucket] == found.entries[ownerBucket]
	for _, b := range s.layout.kinds {
		if b == idBucket || b == contentBucket || b == keyBucket || b == guidBucket || b == indexBucket {
			whole = whole && found.entries[b] == stored.schemas
		}
	}
	if !whole {
		report(s.corrupt(metaBucket, []byte(countsKey), fmt.Sprintf("the file holds %+v, and not the totals %+v", found, stored)))
	}
	return nil
}

// scanFrom is scan over all kinds in a tree, from a key on, that hands on entries with a broken seal too: their error, and a
// copy of the beginning of their key. value is what is stored, seal included.
func (s *snapshot) scanFrom(tree bucket, from []byte, f func(b bucket, key, value, body []byte, err error) bool) error {
	s.inside = true
	handle := s.bucket(tree)
	if handle == nil {
		s.inside = false
		return s.corrupt(tree, nil, "the bucket is missing")
	}
	cursor := handle.Cursor()
	for key, value := cursor.Seek(from); key != nil; key, value = cursor.Next() {
		b := s.layout.kindOf(tree, key)
		body, err := s.open(b, key, value)
		if err != nil {
			key = slices.Clone(key[:min(len(key), maxKey)])
		}
		s.inside = false
		if !f(b, key, value, body, err) {
			return nil
		}
		s.inside = true
	}
	s.inside = false
	return nil
}
