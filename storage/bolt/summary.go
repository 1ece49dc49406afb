package bolt

import (
	"slices"

	"github.com/concord-registry/concord/storage"
)

// summarise brings a subject's summary and the totals up to date after one of its versions went from old to row; nil
// stands for a version that is not there. The row bucket has the new state already.
func (t *transaction) summarise(subject string, version int, old, row *rowValue, revision uint64) error {
	summary, err := t.Subject(subject)
	if err != nil {
		return err
	}
	totals, err := t.counts()
	if err != nil {
		return err
	}
	if summary == nil {
		summary = &storage.Subject{Name: subject}
	}
	totals.addSubject(summary, -1)
	summary.Revision = revision
	totals.addVersion(summary, old, -1)
	totals.addVersion(summary, row, 1)
	if err := t.findEnds(summary, version, row); err != nil {
		return err
	}
	totals.addSubject(summary, 1)
	if err := t.putCounts(&totals); err != nil {
		return err
	}
	if summary.Live+summary.Deleted == 0 {
		return t.delete(subjectBucket, appendSubject(nil, subject))
	}
	return t.putSummary(summary)
}

// addSubject counts a subject n times, by what its versions are.
func (c *counts) addSubject(s *storage.Subject, n int) {
	switch {
	case s.Live > 0:
		c.subjects += n
	case s.Deleted > 0:
		c.deletedSubjects += n
	}
}

// addVersion counts a version n times.
func (c *counts) addVersion(s *storage.Subject, row *rowValue, n int) {
	switch {
	case row == nil:
	case row.deleted:
		s.Deleted += n
		c.deleted[row.code] += n
	default:
		s.Live += n
		c.live[row.code] += n
	}
}

// findEnds sets the highest and the latest version of a summary whose counts are right already.
func (t *transaction) findEnds(s *storage.Subject, version int, row *rowValue) error {
	if row != nil && version >= s.Highest {
		s.Highest = version
	}
	if row != nil && !row.deleted && version >= s.Latest {
		s.Latest = version
	}
	gone := row == nil && version == s.Highest
	hidden := (row == nil || row.deleted) && version == s.Latest
	if !gone && !hidden {
		return nil
	}
	return t.searchEnds(s)
}

// searchEnds finds the highest and the latest version of a subject, looking further and further back. It goes forward
// from a guess instead of backward from the end, because bbolt's Prev stops at a page that the same transaction emptied.
func (t *transaction) searchEnds(s *storage.Subject) error {
	top := s.Highest
	prefix := append(appendSubject(nil, s.Name), 0)
	s.Highest, s.Latest = 0, 0
	for back := int64(64); ; back *= 8 {
		from := int(max(1, int64(top)-back))
		err := t.scan(rowBucket, prefix, appendNumber(slices.Clone(prefix), from), func(key, body []byte) (bool, error) {
			value, ok := decodeRow(body)
			if !ok {
				return false, t.malformed(rowBucket, key)
			}
			s.Highest, _ = trailingNumber(key)
			if !value.deleted {
				s.Latest = s.Highest
			}
			return true, nil
		})
		if err != nil || from == 1 || s.Highest > 0 && (s.Latest > 0 || s.Live == 0) {
			return err
		}
	}
}
