package registry

import (
	"context"
	"slices"

	"github.com/concord-registry/concord/storage"
)

// Lookup finds the version of a subject that equals a schema; it works in every mode and creates nothing. A subject
// without a context that has no such version in the default context is looked for in every other. InvalidSchema,
// SubjectNotFound, SchemaNotFound.
func (r *Registry) Lookup(ctx context.Context, subject string, req SchemaRequest, opt LookupOptions) (*SchemaVersion, error) {
	return settled(func() (*SchemaVersion, error) { return r.lookup(ctx, normalize(subject), req, opt) })
}

func (r *Registry) lookup(ctx context.Context, subject string, req SchemaRequest, opt LookupOptions) (*SchemaVersion, error) {
	if err := prepare(&req); err != nil {
		return nil, err
	}
	quick := func(v storage.View, row *storage.Row) (bool, error) { return opt.WithDeleted || !row.Deleted, nil }
	version, err := r.quick(ctx, subject, &req, opt.Format, opt.Normalize, quick)
	if version != nil || err != nil {
		return version, err
	}
	var owners []string
	err = r.store.View(func(v storage.View) (err error) {
		owners, err = inEveryContext(v, subject)
		return err
	})
	if err != nil {
		return nil, err
	}
	var missing error
	for _, owner := range owners {
		row, err := r.find(ctx, owner, &req, opt)
		if err == nil {
			return r.found(ctx, row, opt.Format)
		}
		if code := CodeOf(err); code != SubjectNotFound && code != SchemaNotFound && (missing == nil || code == 0) {
			return nil, err
		}
		if missing == nil {
			missing = err
		}
	}
	return nil, missing
}

// found renders a version that was looked up or registered.
func (r *Registry) found(ctx context.Context, row *storage.Row, format string) (*SchemaVersion, error) {
	var out *rendering
	err := r.store.View(func(v storage.View) (err error) {
		out, err = r.render(v, row, ReadOptions{Format: format})
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.finish(ctx, out)
}

// find looks for the version of one subject that equals a request: by its key, by equivalence, and again with the
// metadata and rules it would be given on registration.
func (r *Registry) find(ctx context.Context, subject string, req *SchemaRequest, opt LookupOptions) (*storage.Row, error) {
	var source *text
	var s *settings
	var state subjectState
	err := r.store.View(func(v storage.View) (err error) {
		if s, err = r.effectiveConfig(v, subject); err != nil {
			return err
		}
		if state, err = readSubject(v, subject); err != nil {
			return err
		}
		if !blank(req) {
			source, err = r.source(v, contextOf(subject), req, parseOptions{deletedRefs: true, normalized: opt.Normalize || s.normalizes()})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if blank(req) {
		return nil, state.missing(opt.WithDeleted)
	}
	d, err := r.draft(ctx, source, req)
	if err != nil {
		return nil, err
	}
	row, err := r.match(ctx, &state, d, opt.WithDeleted)
	if row != nil || err != nil {
		return row, err
	}
	if state.latest() != nil {
		if filled := populated(&state, d, s); filled != nil {
			if row, err = r.match(ctx, &state, filled, opt.WithDeleted); row != nil || err != nil {
				return row, err
			}
		}
	}
	return nil, state.missing(opt.WithDeleted)
}

// match finds the version that has the draft's key, the newest live one first, or else the newest one that is equivalent.
func (r *Registry) match(ctx context.Context, state *subjectState, d *draft, withDeleted bool) (*storage.Row, error) {
	var row *storage.Row
	err := r.store.View(func(v storage.View) (err error) {
		row, err = r.rowOfContent(v, state.subject, d.key())
		return err
	})
	if err != nil {
		return nil, err
	}
	if row != nil && (withDeleted || !row.Deleted) {
		return row, nil
	}
	return r.equivalent(ctx, state, d, withDeleted)
}

// equivalent scans the versions of a subject, newest first, for one with equal content although its text differs.
func (r *Registry) equivalent(ctx context.Context, state *subjectState, d *draft, withDeleted bool) (*storage.Row, error) {
	for i := range slices.Backward(state.rows) {
		row := &state.rows[i]
		if row.Deleted && !withDeleted {
			continue
		}
		version, err := r.storedVersion(row)
		if err != nil {
			return nil, err
		}
		same, err := r.sameContent(ctx, d, version)
		if err != nil {
			return nil, err
		}
		if same {
			return row, nil
		}
	}
	return nil, nil
}

// storedVersion is a registered version with what it is parsed from.
type storedVersion struct {
	row     *storage.Row
	content *storage.Content
	text    *text
}

func (r *Registry) storedVersion(row *storage.Row) (*storedVersion, error) {
	var version *storedVersion
	err := r.store.View(func(v storage.View) (err error) {
		version, err = r.readVersion(v, row)
		return err
	})
	return version, err
}

func (r *Registry) readVersion(v storage.View, row *storage.Row) (*storedVersion, error) {
	content, err := contentOf(v, row)
	if err != nil {
		return nil, err
	}
	t, err := r.storedText(v, contextOf(row.Subject), content)
	return &storedVersion{row, content, t}, err
}

// sameContent reports whether a draft equals a registered version: its metadata and rules, and either its references
// and its content, or its content alone when it has no references and the version's are resolved in it
// (rest-contract §5.4).
func (r *Registry) sameContent(ctx context.Context, d *draft, version *storedVersion) (bool, error) {
	c := version.content
	if c.Type != d.content.Type || !sameMetadata(d.content.Metadata, c.Metadata, version.row.Version) || ruleSetKey(d.content.RuleSet) != ruleSetKey(c.RuleSet) {
		return false, nil
	}
	selfContained := len(d.content.References) == 0 && len(c.References) > 0
	if !selfContained && !slices.Equal(d.content.References, version.text.src.References) {
		return false, nil
	}
	if d.content.Schema == c.Schema && !selfContained {
		return true, nil
	}
	stored, err := r.identity(ctx, version.text)
	if CodeOf(err) != 0 {
		// A text that was imported as it is and does not parse equals nothing else.
		return false, nil
	}
	return err == nil && stored == d.identity(), err
}

// subjectState is what a decision about a subject starts from.
type subjectState struct {
	subject  string
	revision uint64
	rows     []storage.Row
	// The content of the latest live version; nil when there is none.
	content *storage.Content
}

func readSubject(v storage.View, subject string) (subjectState, error) {
	state := subjectState{subject: subject}
	s, err := v.Subject(subject)
	if err != nil {
		return state, err
	}
	if s != nil {
		state.revision = s.Revision
		if state.rows, err = v.Rows(subject); err != nil {
			return state, err
		}
	}
	if last := state.latest(); last != nil {
		state.content, err = v.Content(contextOf(subject), last.ID)
	}
	return state, err
}

// latest is the highest live version; nil when there is none.
func (s *subjectState) latest() *storage.Row {
	for i := range slices.Backward(s.rows) {
		if !s.rows[i].Deleted {
			return &s.rows[i]
		}
	}
	return nil
}

// next is the number of the next version: soft-deleted ones count.
func (s *subjectState) next() int {
	if len(s.rows) == 0 {
		return 1
	}
	return s.rows[len(s.rows)-1].Version + 1
}

// missing says what a lookup that found nothing did not find.
func (s *subjectState) missing(withDeleted bool) error {
	if s.latest() == nil && !(withDeleted && len(s.rows) > 0) {
		return subjectNotFound(s.subject)
	}
	return schemaNotFound()
}
