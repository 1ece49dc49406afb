// Package stored reads the schemas of a registry as the engine wants them: parsed, with everything they refer to.
package stored

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Reader reads versions, each once. It is safe for concurrent use.
type Reader struct {
	engine *engine.Engine
	client *client.Client

	mu       sync.Mutex
	versions map[client.SubjectVersion]*client.Version
}

// NewReader returns a reader over a registry.
func NewReader(e *engine.Engine, c *client.Client) *Reader {
	return &Reader{engine: e, client: c, versions: map[client.SubjectVersion]*client.Version{}}
}

// Version reads a version of a subject, deleted or not; 0 or less means the latest live one.
func (r *Reader) Version(ctx context.Context, subject string, number int) (*client.Version, error) {
	key := client.SubjectVersion{Subject: subject, Version: max(number, 0)}
	r.mu.Lock()
	known := r.versions[key]
	r.mu.Unlock()
	if known != nil {
		return known, nil
	}
	name := client.Latest
	if key.Version > 0 {
		name = strconv.Itoa(key.Version)
	}
	version, err := r.client.Version(ctx, subject, name, key.Version > 0)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.versions[key] = version
	r.mu.Unlock()
	return version, nil
}

// Parse parses a version with everything it refers to.
func (r *Reader) Parse(ctx context.Context, version *client.Version) (formats.Schema, error) {
	src := formats.Source{Text: version.Schema, References: version.References}
	var err error
	if src.Resolved, err = r.Resolve(ctx, version.Subject, version.References); err != nil {
		return nil, err
	}
	return r.engine.Parse(ctx, version.Type, src, formats.Options{})
}

// Resolve reads what references lead to, dependencies first. Unqualified subjects are those of the owner's context.
func (r *Reader) Resolve(ctx context.Context, owner string, references []formats.Reference) ([]formats.Resolved, error) {
	var resolved []formats.Resolved
	seen := map[string]bool{}
	for _, ref := range references {
		var err error
		if resolved, err = r.collect(ctx, owner, ref, resolved, seen); err != nil {
			return nil, err
		}
	}
	return resolved, nil
}

// maxReferences bounds what one schema may lead to.
const maxReferences = 1000

// collect appends the text of a reference after those it depends on; the first of a name counts.
func (r *Reader) collect(ctx context.Context, owner string, ref formats.Reference, into []formats.Resolved, seen map[string]bool) ([]formats.Resolved, error) {
	if seen[ref.Name] {
		return into, nil
	}
	seen[ref.Name] = true
	if len(seen) > maxReferences {
		return nil, fmt.Errorf("it refers to more than %d schemas", maxReferences)
	}
	context, _ := storage.SplitSubject(owner)
	ref.Subject = storage.ReferredSubject(context, ref.Subject)
	version, err := r.Version(ctx, ref.Subject, ref.Version)
	if err != nil {
		return nil, fmt.Errorf("reference %q: %w", ref.Name, err)
	}
	for _, next := range version.References {
		if into, err = r.collect(ctx, ref.Subject, next, into, seen); err != nil {
			return nil, err
		}
	}
	ref.Version = version.Version
	return append(into, formats.Resolved{Reference: ref, Type: version.Type, Text: version.Schema, References: version.References}), nil
}
