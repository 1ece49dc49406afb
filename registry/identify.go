package registry

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

// Identification says which registered schemas a schema is like.
type Identification struct {
	Name    string   // the schema's own name; empty when it has none
	Fields  []string // at its top
	Matches []Likeness
	Seen    int  // subjects that were looked at
	Cut     bool // there are more subjects, or more like it, than one request may look at
}

// Likeness is how a schema stands to the latest version of a subject.
type Likeness struct {
	Subject  string
	Version  int
	ID       int
	Equal    bool // the same schema to a registry, but for metadata
	SameName bool
	Shared   int // fields at the top that both have
	Fields   int // that the registered one has
	// Backward is whether the schema reads what the registered one writes, Forward the opposite, by the server's policy.
	Backward, Forward compat.Verdict
}

// The work that one identification may cause.
const (
	maxIdentified      = 20_000
	maxIdentifyParsed  = 2_000
	maxIdentifyTime    = 3 * time.Second
	maxLikenesses      = 25
	identifiedAtATime  = maxSchemas
	sharedForLikeness  = 0.5 // of the fields of either schema
	textForLikeness    = 0.4 // of the names of the fields that the text must hold, to be parsed at all
	maxIdentifiedNames = 500
)

// Identify compares a schema with the latest version of every subject of its type, in all contexts, and tells which it
// equals or is like, the most alike first. References are resolved in the context of subject. InvalidSchema.
func (r *Registry) Identify(ctx context.Context, subject string, req SchemaRequest) (*Identification, error) {
	schema, err := r.Parse(ctx, subject, req)
	if err != nil {
		return nil, err
	}
	found := &Identification{Name: nameOf(schema), Fields: schema.Fields(), Matches: []Likeness{}}
	fields := map[string]bool{}
	for _, name := range found.Fields {
		fields[name] = true
	}
	until, parsed := time.Now().Add(maxIdentifyTime), 0
	for offset := 0; ; offset += identifiedAtATime {
		list, err := r.Schemas(ctx, SchemasQuery{Prefix: wildcardContext, LatestOnly: true, Page: Page{Offset: offset, Limit: identifiedAtATime}})
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			if time.Now().After(until) || parsed == maxIdentifyParsed {
				found.Cut = true
				return found.sorted(), nil
			}
			found.Seen++
			if v.Type != schema.Type() || !found.mayBeLike(schema, v) {
				continue
			}
			parsed++
			match, err := r.likeness(ctx, schema, found, fields, v)
			if err != nil {
				return nil, err
			}
			if match != nil {
				found.Matches = append(found.Matches, *match)
			}
		}
		if len(list) < identifiedAtATime {
			return found.sorted(), nil
		}
		if found.Seen >= maxIdentified {
			found.Cut = true
			return found.sorted(), nil
		}
	}
}

func nameOf(s formats.Schema) string {
	if namer, ok := s.(formats.Namer); ok {
		return namer.Name()
	}
	return ""
}

// mayBeLike looks at a text without parsing it: whether it holds the name, or enough of the fields.
func (f *Identification) mayBeLike(schema formats.Schema, v *SchemaVersion) bool {
	if v.Schema == schema.Canonical() {
		return true
	}
	local := f.Name[strings.LastIndexByte(f.Name, '.')+1:]
	if local != "" && strings.Contains(v.Schema, local) {
		return true
	}
	names := f.Fields[:min(len(f.Fields), maxIdentifiedNames)]
	held := 0
	for _, name := range names {
		if strings.Contains(v.Schema, name) {
			held++
		}
	}
	return held > 0 && float64(held) >= textForLikeness*float64(len(names))
}

// likeness compares a schema with a registered one; nil when they have little in common.
func (r *Registry) likeness(ctx context.Context, schema formats.Schema, f *Identification, own map[string]bool, v *SchemaVersion) (*Likeness, error) {
	registered, err := r.Parse(ctx, v.Subject, SchemaRequest{Schema: v.Schema, Type: string(v.Type), References: v.References})
	if CodeOf(err) != 0 {
		return nil, nil // what was imported as it is and cannot be read is like nothing
	}
	if err != nil {
		return nil, err
	}
	fields := registered.Fields()
	match := &Likeness{Subject: v.Subject, Version: v.Version, ID: v.ID, Fields: len(fields), SameName: f.Name != "" && nameOf(registered) == f.Name}
	for _, name := range fields {
		if own[name] {
			match.Shared++
		}
	}
	sameText := schema.Canonical() == registered.Canonical() || schema.Identity() == registered.Identity()
	match.Equal = sameText && len(schema.Source().References) == len(registered.Source().References)
	enough := float64(match.Shared) >= sharedForLikeness*float64(max(len(fields), len(f.Fields))) && match.Shared > 0
	if !sameText && !match.SameName && !enough {
		return nil, nil
	}
	if match.Backward, err = r.verdict(ctx, compat.Backward, schema, registered); err == nil {
		match.Forward, err = r.verdict(ctx, compat.Forward, schema, registered)
	}
	return match, err
}

// verdict is that of the server's policy on one schema after another; undecided when the two are too large to compare.
func (r *Registry) verdict(ctx context.Context, level compat.Level, next, old formats.Schema) (compat.Verdict, error) {
	report, err := r.engine.Check(ctx, next, []compat.Version{{Schema: old}}, compat.Rules{Level: level, Policy: r.opt.Policy})
	switch {
	case err != nil && CodeOf(workError(err)) != 0:
		return compat.Undecided, nil
	case err != nil:
		return "", err
	case report.Compatible:
		return compat.Compatible, nil
	}
	return compat.Incompatible, nil
}

// sorted puts the most alike first.
func (f *Identification) sorted() *Identification {
	slices.SortStableFunc(f.Matches, func(a, b Likeness) int {
		return cmp.Or(-compareBool(a.Equal, b.Equal), -compareBool(a.SameName, b.SameName), cmp.Compare(b.Shared, a.Shared), cmp.Compare(a.Fields, b.Fields), cmp.Compare(a.Subject, b.Subject))
	})
	if len(f.Matches) > maxLikenesses {
		f.Matches, f.Cut = f.Matches[:maxLikenesses], true
	}
	return f
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
