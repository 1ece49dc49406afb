package main

import (
	"time"

	"github.com/concord-registry/concord/cmd/concord/config"
	"github.com/concord-registry/concord/storage/bolt"
)

// lockTimeout is how long a process that is just ending may still hold the data file. One that goes on holding it is a
// mistake to report, not to wait for.
const lockTimeout = 100 * time.Millisecond

func openStore(cfg *config.Config) (*bolt.Store, error) {
	return bolt.Open(cfg.Server.Data, bolt.Options{LockTimeout: lockTimeout, CacheBytes: int(cfg.Limits.CachedSchema / 8)})
}
