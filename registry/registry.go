// Package registry is the domain: subjects, versions, ids, references, config, mode and contexts, and every decision about
// them. It knows neither HTTP nor the data file.
//
// Subjects are passed qualified, as clients write them (":.ctx:name", ":.:name" or plain); every method normalises.
// Versions are passed as clients write them ("latest", "-1", "3"). Each method names the codes of the errors it may
// return besides faults of the store.
package registry

import (
	"context"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Store is what the registry needs of a store.
type Store interface {
	View(f func(storage.View) error) error
	Update(ctx context.Context, decide storage.Decide) (any, error)
	Status() storage.Status
}

// Options are the server's settings that decisions depend on.
type Options struct {
	Level         compat.Level  // default level; empty means BACKWARD
	Policy        compat.Policy // default policy; empty means reference
	ModeImmutable bool          // refuse every change of mode
	MaxReferences int           // resolved references of one schema; 0 means 1000
	CacheBytes    int           // parsed schemas kept, and what is known of others; 0 means 112 MiB
}

// Registry answers and decides. It is safe for concurrent use.
type Registry struct {
	store  Store
	engine *engine.Engine
	opt    Options
	locks  locks

	parsed     *parsedSchemas
	identities *cache[parseKey, formats.Identity]
}

// New returns a registry over store.
func New(store Store, engine *engine.Engine, opt Options) *Registry {
	if opt.Level == "" {
		opt.Level = compat.Backward
	}
	if opt.Policy == "" {
		opt.Policy = compat.PolicyReference
	}
	if opt.MaxReferences == 0 {
		opt.MaxReferences = 1000
	}
	if opt.CacheBytes == 0 {
		opt.CacheBytes = 112 << 20
	}
	// An identity takes a fiftieth of what a parsed schema does.
	forIdentities := opt.CacheBytes / 8
	return &Registry{store: store, engine: engine, opt: opt,
		parsed:     newParsedSchemas(opt.CacheBytes - forIdentities),
		identities: newCache[parseKey, formats.Identity](forIdentities)}
}

// Status describes the store.
func (r *Registry) Status() storage.Status { return r.store.Status() }

// Revision identifies the state that reads see now: as long as it is the same, so are their answers. It is not known
// while something is being written, nor over a store that does not tell.
func (r *Registry) Revision() (revision uint64, known bool) {
	store, tells := r.store.(interface{ Revision() (uint64, bool) })
	if !tells {
		return 0, false
	}
	return store.Revision()
}
