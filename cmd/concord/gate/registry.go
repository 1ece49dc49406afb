package gate

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// RegistryBase compares with what is registered: the versions that the subject's level asks for.
type RegistryBase struct {
	engine *engine.Engine
	client *client.Client
	level  compat.Level // asked for on the command line

	mu    sync.Mutex
	texts map[formats.Reference]*registered // by subject and version
}

// registered is a version as a registry answers it.
type registered struct {
	Subject    string              `json:"subject"`
	Version    int                 `json:"version"`
	Type       formats.Type        `json:"schemaType"`
	Schema     string              `json:"schema"`
	References []formats.Reference `json:"references"`
}

// NewRegistryBase returns a base over a registry. level, which may be empty, wins over the registry's own.
func NewRegistryBase(e *engine.Engine, c *client.Client, level compat.Level) *RegistryBase {
	return &RegistryBase{engine: e, client: c, level: level, texts: map[formats.Reference]*registered{}}
}

// Name implements Base.
func (b *RegistryBase) Name() string { return b.client.Name() }

// Missing implements Base: a registry holds the subjects of many projects, so none of them is missing here.
func (b *RegistryBase) Missing(*project.Tree) []*project.File { return nil }

// History implements Base.
func (b *RegistryBase) History(ctx context.Context, f *project.File) (History, error) {
	var versions []int
	subject := url.PathEscape(f.Subject)
	err := b.client.Get(ctx, "/subjects/"+subject+"/versions", &versions)
	if client.IsMissing(err) {
		return History{}, nil
	}
	if err != nil {
		return History{}, err
	}
	history, err := b.config(ctx, subject)
	if err != nil {
		return History{}, err
	}
	slices.Sort(versions)
	slices.Reverse(versions)
	level := history.Level
	if b.level != "" {
		level = b.level
	}
	for _, number := range versions {
		schema, err := b.parse(ctx, formats.Reference{Subject: f.Subject, Version: number})
		if err != nil {
			return History{}, fmt.Errorf("version %d of %s: %w", number, f.Subject, err)
		}
		history.Versions = append(history.Versions, compat.Version{Number: number, Schema: schema})
		if !level.Transitive() {
			break
		}
	}
	return history, nil
}

// config reads the rules that the registry applies to a subject.
func (b *RegistryBase) config(ctx context.Context, subject string) (History, error) {
	var config struct {
		Level   string `json:"compatibilityLevel"`
		Policy  string `json:"compatibilityPolicy"`
		Verdict string `json:"verdictPolicy"`
	}
	err := b.client.Get(ctx, "/config/"+subject+"?defaultToGlobal=true", &config)
	if client.IsMissing(err) { // servers that know no defaultToGlobal
		err = b.client.Get(ctx, "/config", &config)
	}
	if err != nil {
		return History{}, err
	}
	level, ok := compat.ParseLevel(config.Level)
	if !ok {
		return History{}, fmt.Errorf("the registry has the compatibility level %q, which this program does not know", config.Level)
	}
	policy, _ := compat.ParsePolicy(config.Verdict)
	return History{Level: level, Policy: policy, Lenient: config.Policy == "LENIENT"}, nil
}

// parse parses a registered version with everything it refers to.
func (b *RegistryBase) parse(ctx context.Context, ref formats.Reference) (formats.Schema, error) {
	version, err := b.fetch(ctx, ref)
	if err != nil {
		return nil, err
	}
	src := formats.Source{Text: version.Schema, References: version.References}
	seen := map[string]bool{}
	for _, next := range version.References {
		if src.Resolved, err = b.collect(ctx, ref.Subject, next, src.Resolved, seen); err != nil {
			return nil, err
		}
	}
	return b.engine.Parse(ctx, version.Type, src, formats.Options{})
}

// maxReferences bounds what one schema may lead to.
const maxReferences = 1000

// collect appends the text of a reference after those it depends on; the first of a name counts.
func (b *RegistryBase) collect(ctx context.Context, owner string, ref formats.Reference, into []formats.Resolved, seen map[string]bool) ([]formats.Resolved, error) {
	if seen[ref.Name] {
		return into, nil
	}
	seen[ref.Name] = true
	if len(seen) > maxReferences {
		return nil, fmt.Errorf("it refers to more than %d schemas", maxReferences)
	}
	context, _ := storage.SplitSubject(owner)
	ref.Subject = storage.ReferredSubject(context, ref.Subject)
	version, err := b.fetch(ctx, ref)
	if err != nil {
		return nil, err
	}
	for _, next := range version.References {
		if into, err = b.collect(ctx, ref.Subject, next, into, seen); err != nil {
			return nil, err
		}
	}
	ref.Version = version.Version
	return append(into, formats.Resolved{Reference: ref, Type: version.Type, Text: version.Schema, References: version.References}), nil
}

// fetch reads one version, once.
func (b *RegistryBase) fetch(ctx context.Context, ref formats.Reference) (*registered, error) {
	key := formats.Reference{Subject: ref.Subject, Version: ref.Version}
	b.mu.Lock()
	known := b.texts[key]
	b.mu.Unlock()
	if known != nil {
		return known, nil
	}
	number := "latest"
	if ref.Version > 0 {
		number = fmt.Sprint(ref.Version)
	}
	version := &registered{}
	if err := b.client.Get(ctx, "/subjects/"+url.PathEscape(ref.Subject)+"/versions/"+number+"?deleted=true", version); err != nil {
		return nil, err
	}
	if version.Type == "" {
		version.Type = formats.Avro
	}
	b.mu.Lock()
	b.texts[key] = version
	b.mu.Unlock()
	return version, nil
}

// Stored implements Base.
func (b *RegistryBase) Stored(ctx context.Context, ref formats.Reference) ([]formats.Resolved, error) {
	resolved, err := b.collect(ctx, "", ref, nil, map[string]bool{})
	if client.IsMissing(err) {
		return nil, &formats.ParseError{Message: fmt.Sprintf("the reference %q: %v", ref.Name, err)}
	}
	return resolved, err
}
