package gate

import (
	"context"
	"fmt"
	"slices"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/cmd/concord/stored"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// RegistryBase compares with what is registered: the versions that the subject's level asks for.
type RegistryBase struct {
	client *client.Client
	reader *stored.Reader
	level  func(*project.File) compat.Level
}

// NewRegistryBase returns a base over a registry. level tells the level that a file asks for, which wins over the registry's
// own; it may be empty, and the function nil.
func NewRegistryBase(e *engine.Engine, c *client.Client, level func(*project.File) compat.Level) *RegistryBase {
	return &RegistryBase{client: c, reader: stored.NewReader(e, c), level: level}
}

// Name implements Base.
func (b *RegistryBase) Name() string { return b.client.Name() }

// Missing implements Base: a registry holds the subjects of many projects, so none of them is missing here.
func (b *RegistryBase) Missing(*project.Tree) []*project.File { return nil }

// History implements Base.
func (b *RegistryBase) History(ctx context.Context, f *project.File) (History, error) {
	versions, err := b.client.Versions(ctx, f.Subject, false)
	if client.IsMissing(err) {
		return History{}, nil
	}
	if err != nil {
		return History{}, err
	}
	history, err := b.config(ctx, f.Subject)
	if err != nil {
		return History{}, err
	}
	slices.Sort(versions)
	slices.Reverse(versions)
	if b.level != nil && b.level(f) != "" {
		history.Level = b.level(f)
	}
	for _, number := range versions {
		version, err := b.reader.Version(ctx, f.Subject, number)
		if err != nil {
			return History{}, fmt.Errorf("version %d of %s: %w", number, f.Subject, err)
		}
		schema, err := b.reader.Parse(ctx, version)
		if err != nil {
			return History{}, fmt.Errorf("version %d of %s: %w", number, f.Subject, err)
		}
		history.Versions = append(history.Versions, compat.Version{Number: number, Schema: schema})
		if !history.Level.Transitive() {
			break
		}
	}
	return history, nil
}

// config reads the rules that the registry applies to a subject.
func (b *RegistryBase) config(ctx context.Context, subject string) (History, error) {
	config, err := b.client.Config(ctx, subject, true)
	if err != nil {
		return History{}, err
	}
	level, ok := compat.ParseLevel(config.Level)
	if !ok {
		return History{}, fmt.Errorf("the registry has the compatibility level %q, which this program does not know", config.Level)
	}
	policy, _ := compat.ParsePolicy(config.VerdictPolicy)
	return History{Level: level, Policy: policy, Lenient: config.Policy == "LENIENT"}, nil
}

// Stored implements Base.
func (b *RegistryBase) Stored(ctx context.Context, ref formats.Reference) ([]formats.Resolved, error) {
	resolved, err := b.reader.Resolve(ctx, "", []formats.Reference{ref})
	if client.IsMissing(err) {
		return nil, &formats.ParseError{Message: err.Error()}
	}
	return resolved, err
}
