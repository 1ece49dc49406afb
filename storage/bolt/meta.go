package bolt

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// Format is the version of the layout that this program writes. It reads every older one.
const Format = 1

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
	for _, name := range bucketNames {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	meta := tx.Bucket([]byte(metaBucket.String()))
	for key, body := range map[string][]byte{
		formatKey:   binary.BigEndian.AppendUint32(nil, Format),
		revisionKey: make([]byte, 8),
		countsKey:   (&counts{}).append(nil),
	} {
		if err := meta.Put([]byte(key), seal(metaBucket, []byte(key), append(begin(len(body)), body...))); err != nil {
			return err
		}
	}
	return nil
}

// requireFormat refuses a file that is not ours, is not whole, or was written by a newer program.
func (s *snapshot) requireFormat() error {
	if err := s.requireBuckets(); err != nil {
		return err
	}
	body, err := s.meta(formatKey)
	if err != nil {
		return err
	}
	d := decoder{rest: body}
	switch format := d.uint32(); {
	case d.bad || format < 1:
		return s.malformed(metaBucket, []byte(formatKey))
	case format > Format:
		return fmt.Errorf("%s has data format %d, written by a newer Concord; this one reads formats up to %d: start a newer version, or restore a backup from before the upgrade", s.path, format, Format)
	}
	return nil
}

func (s *snapshot) requireBuckets() error {
	var missing []bucket
	for b := range bucketCount {
		s.inside = true
		if s.bucket(b) == nil {
			missing = append(missing, b)
		}
		s.inside = false
	}
	switch len(missing) {
	case 0:
		return nil
	case int(bucketCount):
		return fmt.Errorf("%s is a bbolt file of another program; name another file with --data", s.path)
	}
	return s.corrupt(missing[0], nil, "the bucket is missing")
}
