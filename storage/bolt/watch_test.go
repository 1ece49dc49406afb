package bolt

import (
	"testing"

	"github.com/concord-registry/concord/storage"
)

// TestTheWatcherIsToldBeforeThereIsARevision: an answer that is kept for a revision may be made of what the watcher keeps.
func TestTheWatcherIsToldBeforeThereIsARevision(t *testing.T) {
	s := mustOpen(t, newPath(t))
	told := 0
	s.Watch(func(keys []storage.Key) {
		for _, key := range keys {
			told++
			if revision, known := s.Revision(); known {
				t.Errorf("revision %d is known before the watcher has heard of %s", revision, key.Subject)
			}
			err := s.View(func(v storage.View) error {
				row, err := v.Row(key.Subject, key.Version)
				if row == nil {
					t.Errorf("the watcher hears of %s and cannot see it", key.Subject)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	fill(t, s, "s", 6)
	if told != 6 {
		t.Errorf("told of %d records, want 6", told)
	}
	s.Watch(func([]storage.Key) {})
}
