package gate

import (
	"context"
	"slices"
	"sync"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// texts knows what a registry would store of the texts that schemas refer to. It is safe for concurrent use.
type texts struct {
	engine    *engine.Engine
	canonical sync.Map // textKey -> string
}

// sameAsAny reports whether a schema is there as it is: then nothing would be registered. Files are compared by what would be
// stored, so that blanks and comments do not count.
func (t *texts) sameAsAny(ctx context.Context, schema formats.Schema, versions []compat.Version) bool {
	return slices.ContainsFunc(versions, func(v compat.Version) bool {
		return v.Schema.Type() == schema.Type() && v.Schema.Canonical() == schema.Canonical() && t.sameReferences(ctx, schema, v.Schema)
	})
}

// sameReferences compares the texts that two schemas refer to, because the numbers of versions mean nothing across bases.
func (t *texts) sameReferences(ctx context.Context, a, b formats.Schema) bool {
	in, other := a.Source().Resolved, b.Source().Resolved
	if len(in) != len(other) {
		return false
	}
	for i := range in {
		if in[i].Name != other[i].Name || in[i].Text != other[i].Text && t.storedText(ctx, in, i) != t.storedText(ctx, other, i) {
			return false
		}
	}
	return true
}

// textKey is a text that a schema refers to.
type textKey struct {
	kind formats.Type
	text string
}

// storedText is what a registry stores of one of the texts that a schema refers to; the text itself when it cannot be read alone.
func (t *texts) storedText(ctx context.Context, resolved []formats.Resolved, i int) string {
	key := textKey{resolved[i].Type, resolved[i].Text}
	if known, ok := t.canonical.Load(key); ok {
		return known.(string)
	}
	src := formats.Source{Text: key.text, Resolved: resolved[:i]}
	for _, r := range src.Resolved {
		src.References = append(src.References, r.Reference)
	}
	text := key.text
	if schema, err := t.engine.Parse(ctx, key.kind, src, formats.Options{}); err == nil {
		text = schema.Canonical()
	}
	t.canonical.Store(key, text)
	return text
}
