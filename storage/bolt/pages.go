package bolt

import (
	"fmt"

	"github.com/concord-registry/concord/storage"
)

// verifyPages makes sure that every page which says that it goes on for some pages lies within the file with all of them.
// bbolt believes that number: its own check, and the commit that gives up the page, count the pages one by one, and a
// flipped bit makes them billions. The free list must have been read.
func (s *snapshot) verifyPages() error {
	s.inside = true
	id, behind, err := s.overlongPage()
	s.inside = false
	if err != nil || id == 0 {
		return err
	}
	return fmt.Errorf("%w: %s, page %d: it says that %d more pages belong to it, and the file does not have them; %s",
		storage.ErrCorrupt, s.path, id, behind, restoreAdvice)
}

// overlongPage returns the first page that does not lie within the file, and how many it says are behind it; 0 when all do.
func (s *snapshot) overlongPage() (id, behind int, err error) {
	const heads = 2 // they are one page each, whatever they say
	for id = heads; ; id += 1 + behind {
		page, err := s.tx.Page(id)
		if err != nil || page == nil { // behind the last page
			return 0, 0, err
		}
		if behind = page.OverflowCount; page.Type == "free" {
			behind = 0
		}
		if last, err := s.tx.Page(id + behind); err != nil || last == nil {
			return id, behind, err
		}
	}
}
