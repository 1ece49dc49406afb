package bolt

import (
	"encoding/binary"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// Format is the version of the layout that this program gives to new and compacted files. It reads and writes those of every
// older one.
const Format = 2

// The keys of the meta bucket.
const (
	formatKey   = "format"   // Format
	revisionKey = "revision" // number of records applied
	countsKey   = "counts"   // totals
)

// meta returns a value of the meta bucket, all of which are always there.
func (s *snapshot) meta(key string) ([]byte, error) {
	body, err := s.get(metaBucket, []byte(key))
	if err == nil && body == nil {
		err = s.corrupt(metaBucket, []byte(key), "it is missing")
	}
	return body, err
}

// initialise makes the buckets of an empty file.
func initialise(tx *bbolt.Tx) error {
	for _, tree := range layouts[Format].trees {
		if _, err := tx.CreateBucket([]byte(bucketNames[tree])); err != nil {
			return err
		}
	}
	for key, body := range map[string][]byte{
		formatKey:   binary.BigEndian.AppendUint32(nil, Format),
		revisionKey: make([]byte, 8),
		countsKey:   (&counts{}).append(nil),
	} {
		if err := putMeta(tx, key, body); err != nil {
			return err
		}
	}
	return nil
}

func putMeta(tx *bbolt.Tx, key string, body []byte) error {
	return tx.Bucket([]byte(bucketNames[metaBucket])).Put([]byte(key), seal(metaBucket, []byte(key), append(begin(len(body)), body...)))
}

// recognise finds the layout of the file. It refuses one that is not ours, is not whole, or was written by a newer program.
func (s *Store) recognise(snapshot *snapshot) error {
	format, err := snapshot.format()
	if err != nil {
		return err
	}
	s.layout = layouts[format]
	snapshot.layout = s.layout
	return snapshot.requireBuckets()
}

func (s *snapshot) format() (int, error) {
	s.inside = true
	meta := s.bucket(metaBucket)
	s.inside = false
	if meta == nil && s.hasOurs() {
		return 0, s.corrupt(metaBucket, nil, "the bucket is missing")
	}
	if meta == nil {
		return 0, fmt.Errorf("%s is a bbolt file of another program; name another file with --data", s.path)
	}
	body, err := s.meta(formatKey)
	if err != nil {
		return 0, err
	}
	d := decoder{rest: body}
	format := d.uint32()
	switch {
	case d.bad || format < 1:
		return 0, s.malformed(metaBucket, []byte(formatKey))
	case format > Format:
		return 0, fmt.Errorf("%s has data format %d, written by a newer Concord; this one reads formats up to %d: start a newer version, or restore a backup from before the upgrade", s.path, format, Format)
	}
	return format, nil
}

// hasOurs reports whether the file has any bucket whose name is one of ours.
func (s *snapshot) hasOurs() bool {
	s.inside = true
	ours := slices.ContainsFunc(bucketNames[:], func(name string) bool { return s.tx.Bucket([]byte(name)) != nil })
	s.inside = false
	return ours
}

func (s *snapshot) requireBuckets() error {
	for _, b := range s.layout.trees {
		s.inside = true
		handle := s.bucket(b)
		s.inside = false
		if handle == nil {
			return s.corrupt(b, nil, "the bucket is missing")
		}
	}
	return nil
}
