package registry

import (
	"cmp"
	"context"
	"errors"
	"math"
	"reflect"
	"strconv"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Register stores a schema under a subject unless it is there already, and returns its version (rest-contract §5.3).
// IncompatibleSchema, InvalidSchema, InvalidRuleSet, InvalidSubject, OperationNotPermitted, SchemaTooLarge.
func (r *Registry) Register(ctx context.Context, subject string, req SchemaRequest, opt RegisterOptions) (*SchemaVersion, error) {
	subject = normalize(subject)
	if err := prepare(&req); err != nil {
		return nil, err
	}
	if req.Version < latest || req.Version > math.MaxInt32 || req.ID != nil && *req.ID > math.MaxInt32 {
		return nil, errorf(InvalidSchema, "Version and id must lie between 1 and 2^31-1 (a version of -1 stands for the latest)")
	}
	if err := validSubject(subject); err != nil {
		return nil, err
	}
	version, err := r.known(ctx, subject, &req, opt)
	if version != nil || err != nil {
		return version, err
	}
	unlock, err := r.locks.lock(ctx, subject)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return r.registerNew(ctx, registration{registry: r, subject: subject, req: req, opt: opt})
}

// prepare validates what a request carries beyond its text and gives it its stored form.
func prepare(req *SchemaRequest) (err error) {
	req.Metadata = sortMetadata(req.Metadata)
	if req.RuleSet, err = checkRules(req.RuleSet); err != nil {
		return err
	}
	if req.ID != nil && *req.ID < 0 {
		req.ID = nil
	}
	_, err = schemaType(req.Type)
	return err
}

// changesTags reports whether the text that is registered may differ from the one that was sent.
func (req *SchemaRequest) changesTags() bool {
	return len(req.TagsToAdd) > 0 || len(req.TagsToDrop) > 0 || req.PropagateTags
}

// registerNew makes a registration, as often as its subject changes in between. Whoever calls it holds the subject's lock.
func (r *Registry) registerNew(ctx context.Context, wanted registration) (*SchemaVersion, error) {
	return settled(func() (*SchemaVersion, error) {
		reg := wanted
		row, err := reg.plan(ctx)
		if err != nil {
			return nil, err
		}
		if row != nil {
			version, err := r.found(ctx, row, reg.opt.Format)
			if err == nil {
				version.Existing = true
			}
			return version, err
		}
		result, err := r.store.Update(ctx, reg.decide)
		switch {
		case errors.Is(err, storage.ErrTooLarge):
			return nil, &Error{Code: SchemaTooLarge, Message: "Register operation failed because schema is too large", cause: err}
		case err != nil:
			return nil, err
		}
		return r.registered(ctx, &reg, result.(*storage.Row))
	})
}

// registered renders a new version from what was stored, without reading it again unless it is to be printed anew.
func (r *Registry) registered(ctx context.Context, reg *registration, row *storage.Row) (*SchemaVersion, error) {
	if reg.opt.Format != "" {
		version, err := r.found(ctx, row, reg.opt.Format)
		if errors.Is(err, errMoved) {
			err = versionNotFound(row.Version) // it was deleted for good already
		}
		return version, err
	}
	version := versionOf(row, &reg.draft.content)
	version.Time = 0
	return version, nil
}

// registration is one attempt to store a new version: plan reads, parses and checks outside the writer; decide runs
// inside it, makes sure that nothing the plan depended on has changed, and picks id and version.
type registration struct {
	registry *Registry
	subject  string
	req      SchemaRequest
	opt      RegisterOptions
	tagging  *tagging // what req is made by; nil when it came as it is

	settings *settings
	mode     string
	state    subjectState
	draft    *draft
	refersTo []storage.Row // what the draft was parsed with
	// numbered: the version property was put there by the server, not by the client.
	numbered bool
}

// plan returns the version that the request turns out to equal, or nil and leaves a draft to be stored.
func (g *registration) plan(ctx context.Context) (*storage.Row, error) {
	r := g.registry
	if err := r.store.View(g.read); err != nil {
		return nil, err
	}
	if err := g.permitted(); err != nil {
		if row := g.equalInAnyMode(ctx); row != nil {
			return row, nil
		}
		return nil, err
	}
	// A text that is sent as the latest version may be it already; asking for a number without one always makes a version.
	mayBeThere := g.req.Version == 0 || g.req.Version == latest && !blank(&g.req) && !g.req.changesTags()
	if err := g.populate(ctx); err != nil {
		return nil, err
	}
	if err := g.parse(ctx); err != nil {
		return nil, err
	}
	if mayBeThere {
		row, err := g.present(ctx)
		if row != nil || err != nil {
			return row, err
		}
	}
	if !imports(g.mode) && !g.opt.Force {
		if err := r.requireCompatible(ctx, g.subject, &g.state, g.draft, g.settings); err != nil {
			return nil, err
		}
	}
	if g.req.Version > 0 && g.req.Version != g.state.next() && !imports(g.mode) {
		return nil, errorf(InvalidSchema, "Version is not one more than previous version")
	}
	return nil, nil
}

// read takes the snapshot that the plan is made on.
func (g *registration) read(v storage.View) (err error) {
	if g.settings, err = g.registry.effectiveConfig(v, g.subject); err != nil {
		return err
	}
	if g.mode, err = effectiveMode(v, g.subject); err != nil {
		return err
	}
	if g.state, err = readSubject(v, g.subject); err != nil || g.tagging == nil {
		return err
	}
	g.req, err = g.tagging.request(v, g.subject)
	return err
}

// permitted checks the mode (rest-contract §5.8).
func (g *registration) permitted() error {
	switch {
	case readOnly(g.mode):
		return notPermitted(g.subject, "is in read-only mode")
	case g.req.ID != nil && !imports(g.mode):
		return notPermitted(g.subject, "is not in import mode")
	case g.req.ID != nil && *g.req.ID == 0:
		return errorf(InvalidSchema, "An imported schema needs an id of 1 or more")
	case g.req.ID == nil && g.mode != ReadWrite:
		// What is there already may be registered again without an id in every mode; that was answered before.
		return notPermitted(g.subject, "is not in read-write mode")
	}
	return nil
}

// populate fills in what the request leaves to the previous version and to the config (rest-contract §5.10).
func (g *registration) populate(ctx context.Context) error {
	if imports(g.mode) {
		if blank(&g.req) {
			return errorf(InvalidSchema, "Empty schema")
		}
		return nil
	}
	if blank(&g.req) {
		previous := g.state.content
		if previous == nil {
			return errorf(InvalidSchema, "Empty schema")
		}
		g.req.Schema, g.req.Type, g.req.References = previous.Schema, string(previous.Type), previous.References
	}
	if err := g.retag(ctx); err != nil {
		return err
	}
	metadata, rules := populate(g.req.Metadata, g.req.RuleSet, g.state.content, g.settings)
	_, asked := property(g.req.Metadata, versionProperty)
	if _, has := property(metadata, versionProperty); has || g.req.Version != 0 {
		g.numbered = !asked
		metadata = withVersion(metadata, g.state.next())
	}
	var err error
	g.req.Metadata = sortMetadata(metadata)
	g.req.RuleSet, err = checkRules(rules)
	return err
}

// populate returns default ⊕ (the request's, or the previous version's) ⊕ override.
func populate(m *Metadata, rules *RuleSet, previous *storage.Content, s *settings) (*Metadata, *RuleSet) {
	if previous != nil {
		m, rules = cmp.Or(m, previous.Metadata), cmp.Or(rules, previous.RuleSet)
	}
	return mergeMetadata(mergeMetadata(s.DefaultMetadata, m), s.OverrideMetadata),
		mergeRules(mergeRules(s.DefaultRuleSet, rules), s.OverrideRuleSet)
}

// populated returns the draft as registration would complete it; nil when that changes nothing.
func populated(state *subjectState, d *draft, s *settings) *draft {
	metadata, rules := populate(d.content.Metadata, d.content.RuleSet, state.content, s)
	filled := newDraft(d.parsed, sortMetadata(metadata), rules)
	if filled.key() == d.key() {
		return nil
	}
	return filled
}

// parse makes the draft. What is imported is taken as it is, but must parse and its references must resolve.
func (g *registration) parse(ctx context.Context) error {
	r := g.registry
	isNew := g.req.ID == nil && g.settings.validatesNew() && !imports(g.mode)
	var source *text
	err := r.store.View(func(v storage.View) (err error) {
		source, err = r.source(v, contextOf(g.subject), &g.req, parseOptions{
			Options:     formats.Options{Validate: isNew, Strict: isNew && g.settings.validatesFields()},
			deletedRefs: !isNew, normalized: (g.opt.Normalize || g.settings.normalizes()) && !imports(g.mode),
		})
		return err
	})
	if err != nil {
		return err
	}
	g.refersTo = source.refersTo
	if g.draft, err = r.draft(ctx, source, &g.req); err == nil {
		g.draft.content.GUID = g.draft.key().GUID.String()
	}
	return err
}

// decide re-checks what the plan depended on and turns the draft into records.
func (g *registration) decide(v storage.View) ([]storage.Record, any, error) {
	if err := g.unmoved(v); err != nil {
		return nil, nil, err
	}
	context := contextOf(g.subject)
	id, highest, err := g.pickID(v, context)
	if err != nil {
		return nil, nil, err
	}
	if highest >= math.MaxInt32 && id > highest {
		return nil, nil, errorf(OperationNotPermitted, "Context %s has used up its schema ids", context)
	}
	version := g.state.next()
	if g.req.Version > 0 {
		version = g.req.Version
	}
	if version > math.MaxInt32 {
		return nil, nil, errorf(OperationNotPermitted, "Subject %s has used up its version numbers", g.subject)
	}
	row := &storage.Row{Subject: g.subject, Version: version, ID: id, Time: now(), By: Presentable(g.opt.By)}
	var records []storage.Record
	if context != storage.DefaultContext {
		known, err := knowsContext(v, context)
		if err != nil {
			return nil, nil, err
		}
		if !known {
			records = append(records, storage.PutContext(context, row.Time))
		}
	}
	if err := g.requireFree(v, row); err != nil {
		return nil, nil, err
	}
	replaced, err := g.replaced(v, row)
	if err != nil {
		return nil, nil, err
	}
	records = append(records, replaced...)
	return append(records, storage.PutSchema(schemaValue(row, &g.draft.content, false), row.Time)), row, nil
}

// unmoved makes sure that the subject, its settings and what the schema refers to are what the plan saw.
func (g *registration) unmoved(v storage.View) error {
	s, err := v.Subject(g.subject)
	if err != nil {
		return err
	}
	if s == nil && g.state.revision != 0 || s != nil && s.Revision != g.state.revision {
		return errMoved
	}
	inForce, err := g.registry.effectiveConfig(v, g.subject)
	if err != nil {
		return err
	}
	mode, err := effectiveMode(v, g.subject)
	if err != nil {
		return err
	}
	if mode != g.mode || !reflect.DeepEqual(inForce, g.settings) {
		return errMoved
	}
	// The number of a version that was deleted for good may be another schema's now.
	for _, seen := range g.refersTo {
		row, err := v.Row(seen.Subject, seen.Version)
		if err != nil {
			return err
		}
		if row == nil || row.ID != seen.ID {
			return errMoved
		}
	}
	for _, ref := range g.draft.content.References {
		row, err := v.Row(storage.ReferredSubject(contextOf(g.subject), ref.Subject), ref.Version)
		if err != nil {
			return err
		}
		if row == nil || row.Deleted && g.req.ID == nil && g.settings.validatesNew() {
			return errMoved
		}
	}
	return nil
}

// pickID returns the id of the draft's content: the one it has in the context, the one that was asked for, or the next.
func (g *registration) pickID(v storage.View, context string) (id, highest int, err error) {
	if highest, err = v.HighestID(context); err != nil {
		return 0, 0, err
	}
	known, err := v.FindID(context, g.draft.key())
	if err != nil {
		return 0, 0, err
	}
	if g.req.ID == nil {
		if known != 0 {
			return known, highest, nil
		}
		return highest + 1, highest, nil
	}
	id = *g.req.ID
	content, err := v.Content(context, id)
	if err != nil {
		return 0, 0, err
	}
	if content != nil && storage.KeyOf(content) != g.draft.key() {
		return 0, 0, errorf(OperationNotPermitted, "Overwrite new schema with id %d in context %s is not permitted.", id, contextSubject(context))
	}
	return id, highest, nil
}

// requireFree refuses to import over a version that holds another schema.
func (g *registration) requireFree(v storage.View, row *storage.Row) error {
	old, err := v.Row(row.Subject, row.Version)
	if err == nil && old != nil && old.ID != row.ID {
		return notPermitted(row.Subject, "has another schema as version "+strconv.Itoa(row.Version)+" already")
	}
	return err
}

// replaced drops the soft-deleted versions that the new one stands for again, unless a schema refers to them.
func (g *registration) replaced(v storage.View, row *storage.Row) ([]storage.Record, error) {
	rows, err := v.RowsOfIDIn(g.subject, row.ID)
	if err != nil {
		return nil, err
	}
	var records []storage.Record
	for _, old := range rows {
		if !old.Deleted || old.Version == row.Version {
			continue
		}
		referrers, err := v.Referrers(g.subject, old.Version)
		if err != nil {
			return nil, err
		}
		if len(referrers) == 0 {
			records = append(records, storage.DropSchema(g.subject, old.Version, row.Time))
		}
	}
	return records, nil
}
