package registry

import (
	"context"

	"github.com/concord-registry/concord/storage"
)

// known is the path of every producer that starts: a schema that is registered already is found in one View, without
// going through the writer, whatever the mode. nil means that the whole procedure decides.
func (r *Registry) known(ctx context.Context, subject string, req *SchemaRequest, opt RegisterOptions) (*SchemaVersion, error) {
	if req.changesTags() {
		return nil, nil
	}
	version, err := r.quick(ctx, subject, req, opt.Format, opt.Normalize, func(v storage.View, row *storage.Row) (bool, error) {
		if row.Deleted || !answers(req, row) || req.Version != latest {
			return !row.Deleted && answers(req, row), nil
		}
		last, err := v.Latest(subject)
		return err == nil && last.Version == row.Version, err
	})
	if version != nil {
		version.Existing = true
	}
	return version, err
}

// quick finds the version of a subject that has exactly the content of a request, if accept takes it, in one View when
// the text was parsed before. nil means that there is none, or that the config would change the content.
func (r *Registry) quick(ctx context.Context, subject string, req *SchemaRequest, format string, normalized bool, accept func(storage.View, *storage.Row) (bool, error)) (*SchemaVersion, error) {
	if blank(req) {
		return nil, nil
	}
	var key parseKey                // of the text
	var content *storage.ContentKey // what it stands for
	for {
		var source *text
		var found *rendering
		err := r.store.View(func(v storage.View) (err error) {
			if source, err = r.quickSource(v, subject, req, normalized); err != nil || source == nil {
				return err
			}
			if now := source.key(); content == nil || now != key {
				key = now
				known, ok := r.parsed.keyOf(key, req.Metadata, req.RuleSet)
				if !ok {
					return nil
				}
				content = &known
			}
			source = nil
			row, err := r.rowOfContent(v, subject, *content)
			if err != nil || row == nil {
				return err
			}
			if ok, err := accept(v, row); err != nil || !ok {
				return err
			}
			found, err = r.render(v, row, ReadOptions{Format: format})
			return err
		})
		switch {
		case err != nil:
			return nil, err
		case found != nil:
			return r.finish(ctx, found)
		case source == nil:
			return nil, nil
		}
		p, err := r.parseUnchecked(ctx, source)
		if err != nil {
			return nil, err
		}
		parsed := newDraft(p, req.Metadata, req.RuleSet).key()
		content = &parsed
	}
}

// quickSource is what a request is parsed from when the subject's config leaves its content alone; nil when not.
func (r *Registry) quickSource(v storage.View, subject string, req *SchemaRequest, normalized bool) (*text, error) {
	s, err := r.effectiveConfig(v, subject)
	if err != nil || s.fillsIn() {
		return nil, err
	}
	mode, err := effectiveMode(v, subject)
	if err != nil {
		return nil, err
	}
	return r.source(v, contextOf(subject), req, parseOptions{deletedRefs: true, normalized: (normalized || s.normalizes()) && !imports(mode)})
}

// rowOfContent returns the version of a subject that has the content, a live one if there is; nil when there is none.
func (r *Registry) rowOfContent(v storage.View, subject string, content storage.ContentKey) (*storage.Row, error) {
	id, err := v.FindID(contextOf(subject), content)
	if err != nil || id == 0 {
		return nil, err
	}
	rows, err := v.RowsOfIDIn(subject, id)
	return preferred(rows), err
}

// answers reports whether an existing version is what a request asked for.
func answers(req *SchemaRequest, row *storage.Row) bool {
	if req.Version > 0 {
		return req.ID != nil && *req.ID == row.ID && req.Version == row.Version
	}
	return req.ID == nil || *req.ID == row.ID
}

// present finds the live version that the draft equals; for a request for the latest version, only that one. The number
// of the next version, where the server wrote it into the metadata, tells the draft from none of them.
func (g *registration) present(ctx context.Context) (*storage.Row, error) {
	d := g.draft
	if g.numbered {
		d = newDraft(d.parsed, withoutVersion(nil, d.content.Metadata), d.content.RuleSet)
	}
	row, err := g.registry.match(ctx, &g.state, d, false)
	if err != nil || row == nil || !g.wants(row) {
		return nil, err
	}
	return row, nil
}

// wants reports whether a live version with the content of the request is what it asks for.
func (g *registration) wants(row *storage.Row) bool {
	return answers(&g.req, row) && (g.req.Version != latest || row.Version == g.state.latest().Version)
}

// equalInAnyMode finds the live version that equals the request although its text differs, as a lookup does: what is
// there already may be registered again where nothing else may be. nil when there is none.
func (g *registration) equalInAnyMode(ctx context.Context) *storage.Row {
	if g.req.changesTags() || g.settings.fillsIn() {
		return nil
	}
	row, err := g.registry.find(ctx, g.subject, &g.req, LookupOptions{Normalize: g.opt.Normalize})
	if err != nil || !g.wants(row) {
		return nil
	}
	return row
}
