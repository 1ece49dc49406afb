package bolt

import (
	"io"

	"go.etcd.io/bbolt"

	"github.com/concord-registry/concord/storage"
)

// Image is a data file with the state of one moment, to be written somewhere.
type Image interface {
	// Size is how many bytes WriteTo writes.
	Size() int64
	// Format is the version of its layout.
	Format() int
	io.WriterTo
}

// Snapshot runs f on the state of one moment: its View, and a data file that holds it. Writers go on meanwhile, but the
// pages of the state are kept as long as f runs, so f must be no slower than a local disk: it must not write to a socket.
func (s *Store) Snapshot(f func(v storage.View, image Image) error) error {
	return s.View(func(v storage.View) error {
		snapshot := v.(*snapshot)
		format, err := snapshot.format()
		if err != nil {
			return err
		}
		return f(v, image{snapshot.tx, format})
	})
}

// image is the file that a transaction of bbolt sees.
type image struct {
	*bbolt.Tx
	format int
}

func (i image) Format() int { return i.format }
