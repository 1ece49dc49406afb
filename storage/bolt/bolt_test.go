package bolt

import (
	"testing"

	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/storetest"
)

func TestStoreConforms(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Open {
		path := newPath(t)
		return func(t testing.TB) storage.Store { return mustOpen(t, path) }
	})
}
