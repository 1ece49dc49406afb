package bolt

import (
	"io"

	"github.com/concord-registry/concord/storage"
)

// Image is a data file with the state of one moment, to be written somewhere.
type Image interface {
	// Size is how many bytes WriteTo writes.
	Size() int64
	io.WriterTo
}

// Snapshot runs f on the state of one moment: its View, and a data file that holds it. Writers go on meanwhile, but the
// pages of the state are kept as long as f runs, so f must be no slower than a local disk: it must not write to a socket.
func (s *Store) Snapshot(f func(v storage.View, image Image) error) error {
	return s.View(func(v storage.View) error {
		return f(v, v.(*snapshot).tx)
	})
}
