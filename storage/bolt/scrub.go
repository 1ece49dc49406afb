package bolt

import (
	"bytes"
	"errors"
	"time"

	"github.com/concord-registry/concord/storage"
)

// The scrub reads a thousand entries a second, which is about a hundredth of a core and a full round over a million
// schemas in two hours or three.
const (
	scrubEntries = 250 // per View
	scrubPause   = 250 * time.Millisecond
)

// scrub verifies the whole file, slowly and again and again, so that damage is known before somebody needs what it has
// hit. It ends when the store is closed. What it finds stands in the Status.
func (s *Store) scrub() {
	defer s.workers.Done()
	ticker := time.NewTicker(scrubPause)
	defer ticker.Stop()
	place := scrubPlace{}
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
			s.scrubStep(&place)
		}
	}
}

// scrubPlace is where the scrub has got to.
type scrubPlace struct {
	tree int    // its place among those of the layout
	key  []byte // the last one that was verified; nil at the beginning of a tree
}

// scrubStep verifies the next entries. Damage does not stop it: the entries behind may be whole.
func (s *Store) scrubStep(place *scrubPlace) {
	err := s.View(func(v storage.View) error {
		snapshot := v.(*snapshot)
		seen := 0
		next := place.tree + 1
		err := snapshot.scanFrom(s.layout.trees[place.tree], place.key, func(b bucket, key, _, body []byte, err error) bool {
			if bytes.Equal(key, place.key) {
				return true
			}
			if seen++; seen > scrubEntries {
				next = place.tree
				return false
			}
			place.key = append(place.key[:0], key...)
			if err == nil {
				err = snapshot.verifyEntry(b, key, body)
			}
			s.noteDamage(err)
			return true
		})
		if next != place.tree {
			*place = scrubPlace{tree: next % len(s.layout.trees)}
		}
		return err
	})
	if err != nil { // View has noted it
		*place = scrubPlace{tree: (place.tree + 1) % len(s.layout.trees)}
	}
}

// noteDamage remembers the first damage found.
func (s *Store) noteDamage(err error) {
	if err != nil && errors.Is(err, storage.ErrCorrupt) {
		text := err.Error()
		s.damage.CompareAndSwap(nil, &text)
	}
}
