package registry

import (
	"cmp"
	"context"
	"slices"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Tag stores a new version that differs from an old one in inline tags, metadata and rules only; by is who asks for it.
// InvalidVersion, SubjectNotFound, VersionNotFound, and what Register returns.
func (r *Registry) Tag(ctx context.Context, subject, version string, req TagRequest, by Registrant) (*SchemaVersion, error) {
	number, err := parseVersion(version)
	if err != nil {
		return nil, err
	}
	rules, err := checkRules(req.RuleSet)
	if err != nil {
		return nil, err
	}
	merged, err := checkRules(req.RulesToMerge)
	if err != nil {
		return nil, err
	}
	subject = normalize(subject)
	unlock, err := r.locks.lock(ctx, subject)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return r.registerNew(ctx, registration{
		registry: r, subject: subject, opt: RegisterOptions{By: by}, tagging: &tagging{number, req, rules, merged},
	})
}

// tagging is what a registration makes of a version that is there.
type tagging struct {
	number        int
	req           TagRequest
	rules, merged *RuleSet // of req, checked
}

// request returns what is registered: it is made of the version as it is in the snapshot that all else rests on.
func (t *tagging) request(v storage.View, subject string) (req SchemaRequest, err error) {
	row, err := findRow(v, subject, t.number, false)
	if err != nil {
		return req, err
	}
	base, err := v.Content(contextOf(subject), row.ID)
	if err != nil {
		return req, err
	}
	req = SchemaRequest{
		Schema: base.Schema, Type: string(base.Type), References: base.References, Version: latest,
		Metadata:  cmp.Or(t.req.Metadata, base.Metadata),
		RuleSet:   removeRules(mergeRules(cmp.Or(t.rules, base.RuleSet), t.merged), t.req.RulesToRemove),
		TagsToAdd: t.req.TagsToAdd, TagsToDrop: t.req.TagsToDrop,
	}
	if t.req.NewVersion > 0 {
		req.Version = t.req.NewVersion
	}
	return req, prepare(&req)
}

// retag applies the tags of a registration to its text: those of the previous version if they are to be propagated,
// then those to add and to remove.
func (g *registration) retag(ctx context.Context) error {
	if len(g.req.TagsToAdd) == 0 && len(g.req.TagsToDrop) == 0 && !g.req.PropagateTags {
		return nil
	}
	if err := checkTags(slices.Concat(g.req.TagsToAdd, g.req.TagsToDrop)); err != nil {
		return err
	}
	r := g.registry
	var source, previous *text
	err := r.store.View(func(v storage.View) (err error) {
		if g.req.PropagateTags && g.state.content != nil {
			if previous, err = r.storedText(v, contextOf(g.subject), g.state.content); err != nil {
				return err
			}
		}
		source, err = r.source(v, contextOf(g.subject), &g.req, parseOptions{deletedRefs: true})
		return err
	})
	if err != nil {
		return err
	}
	p, err := r.parse(ctx, source)
	if err != nil {
		return err
	}
	tagger, ok := p.schema.(formats.Tagger)
	if !ok {
		return errorf(InvalidSchema, "Schemas of type %s cannot carry tags", source.typ)
	}
	add := g.req.TagsToAdd
	if previous != nil {
		inherited, err := r.inheritedTags(ctx, previous, tagger)
		if err != nil {
			return err
		}
		add = append(inherited, add...)
	}
	add, drop := byEntity(add), byEntity(g.req.TagsToDrop)
	if n := len(add) + len(drop); n > maxTagged {
		return errorf(InvalidSchema, "Tags of %d entities are to be changed or propagated; at most %d can be at a time", n, maxTagged)
	}
	g.req.Schema, err = tagger.Retag(add, drop)
	return invalidSchema(source.typ, err)
}

// What one registration may ask for: finding an entity costs a look through the schema.
const maxTagged = 10_000 // entities

// checkTags refuses changes of tags on what can be no entity.
func checkTags(changes []formats.EntityTags) error {
	for _, change := range changes {
		e := change.Entity
		if len(e.Path) > formats.MaxEntityPath {
			return errorf(InvalidSchema, "An entityPath has %d bytes; it can have %d", len(e.Path), formats.MaxEntityPath)
		}
		if e.Type != formats.RecordEntity && e.Type != formats.FieldEntity {
			return errorf(InvalidSchema, "The entityType of '%s' is '%s'; it can be %s or %s", e.Path, e.Type, formats.RecordEntity, formats.FieldEntity)
		}
	}
	return nil
}

// byEntity makes one of all changes to an entity, in the order in which the entities are named first.
func byEntity(changes []formats.EntityTags) []formats.EntityTags {
	var merged []formats.EntityTags
	at := map[formats.Entity]int{}
	for _, change := range changes {
		i, known := at[change.Entity]
		if !known {
			i = len(merged)
			at[change.Entity] = i
			merged = append(merged, formats.EntityTags{Entity: change.Entity})
		}
		merged[i].Tags = append(merged[i].Tags, change.Tags...)
	}
	return merged
}

// inheritedTags are the tags of the previous version on entities that the new one still has.
func (r *Registry) inheritedTags(ctx context.Context, previous *text, next formats.Tagger) ([]formats.EntityTags, error) {
	p, err := r.parse(ctx, previous)
	if err != nil {
		return nil, err
	}
	tagger, ok := p.schema.(formats.Tagger)
	if !ok {
		return nil, nil
	}
	tags := tagger.Tags()
	if len(tags) > maxTagged {
		return nil, errorf(InvalidSchema, "The previous version has tags on %d entities; at most %d can be propagated", len(tags), maxTagged)
	}
	return next.Known(tags), nil
}
