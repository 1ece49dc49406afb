package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
	"github.com/concord-registry/concord/storage/storetest"
)

func TestStoreConforms(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Open {
		path := filepath.Join(t.TempDir(), "concord.db")
		return func(t testing.TB) storage.Store {
			s, err := bolt.Open(path, bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			return s
		}
	})
}
