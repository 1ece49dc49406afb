package registry

import (
	"context"
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// rendering is a version on its way out: what the store says, and the texts needed if it must be printed anew. It is
// collected inside a View and finished outside.
type rendering struct {
	version *SchemaVersion
	text    *text // nil unless a format or tags were asked for
	opt     ReadOptions
}

// Version returns one version of a subject. A subject without a context that the default context does not have is looked
// for in every other context. InvalidVersion, SubjectNotFound, VersionNotFound.
func (r *Registry) Version(ctx context.Context, subject, version string, opt ReadOptions) (*SchemaVersion, error) {
	number, err := parseVersion(version)
	if err != nil {
		return nil, err
	}
	subject = normalize(subject)
	var found *rendering
	err = r.store.View(func(v storage.View) error {
		row, err := findRowAnywhere(v, subject, number, opt.WithDeleted)
		if err == nil {
			found, err = r.render(v, row, opt)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.finish(ctx, found)
}

// findRowAnywhere is findRow, trying the other contexts when an unqualified subject is not in the default one.
func findRowAnywhere(v storage.View, subject string, version int, withDeleted bool) (*storage.Row, error) {
	row, missing := findRow(v, subject, version, withDeleted)
	if missing == nil || CodeOf(missing) == 0 {
		return row, missing
	}
	others, err := inEveryContext(v, subject)
	if err != nil {
		return nil, err
	}
	for _, other := range others {
		if other == subject {
			continue
		}
		row, err := findRow(v, other, version, withDeleted)
		if err == nil || CodeOf(err) == 0 {
			return row, err
		}
	}
	return nil, missing
}

// render collects what a version shows.
func (r *Registry) render(v storage.View, row *storage.Row, opt ReadOptions) (*rendering, error) {
	context := contextOf(row.Subject)
	content, err := contentOf(v, row)
	if err != nil {
		return nil, err
	}
	out := &rendering{version: versionOf(row, content), opt: opt}
	if opt.ReferenceFormat == "qualified" {
		out.version.References = qualifyReferences(context, content.References)
	}
	if opt.MaxID {
		if out.version.MaxID, err = v.HighestID(context); err != nil {
			return nil, err
		}
	}
	if opt.Format != "" || len(opt.FindTags) > 0 {
		out.text, err = r.storedText(v, context, content)
	}
	return out, err
}

func versionOf(row *storage.Row, c *storage.Content) *SchemaVersion {
	return &SchemaVersion{
		Subject: row.Subject, Version: row.Version, ID: row.ID, GUID: c.GUID, Type: c.Type, Schema: c.Schema,
		References: c.References, Metadata: c.Metadata, RuleSet: c.RuleSet, Time: row.Time, Deleted: row.Deleted,
	}
}

// finish prints the text in the format that was asked for and looks for tags.
func (r *Registry) finish(ctx context.Context, out *rendering) (*SchemaVersion, error) {
	if out.text == nil {
		return out.version, nil
	}
	p, err := r.parse(ctx, out.text)
	if err != nil {
		return nil, err
	}
	if out.opt.Format != "" {
		if out.version.Schema, err = p.schema.Print(out.opt.Format); err != nil {
			return nil, invalidSchema(out.version.Type, err)
		}
	}
	if tagger, ok := p.schema.(formats.Tagger); ok && len(out.opt.FindTags) > 0 {
		out.version.Tags = selectTags(tagger.Tags(), out.opt.FindTags)
	}
	return out.version, nil
}

// selectTags keeps the entities that carry one of the wanted tags, and of these the wanted tags; "*" wants all.
func selectTags(all []formats.EntityTags, wanted []string) []formats.EntityTags {
	if slices.Contains(wanted, "*") {
		return all
	}
	var selected []formats.EntityTags
	for _, entity := range all {
		entity.Tags = slices.DeleteFunc(slices.Clone(entity.Tags), func(tag string) bool { return !slices.Contains(wanted, tag) })
		if len(entity.Tags) > 0 {
			selected = append(selected, entity)
		}
	}
	return selected
}

// WithMetadata returns the newest version whose metadata has all the properties. SubjectNotFound, SchemaNotFound.
func (r *Registry) WithMetadata(ctx context.Context, subject string, properties map[string]string, opt ReadOptions) (*SchemaVersion, error) {
	subject = normalize(subject)
	var found *rendering
	err := r.store.View(func(v storage.View) error {
		rows, err := v.Rows(subject)
		if err != nil {
			return err
		}
		visible := false
		for _, row := range slices.Backward(rows) {
			if row.Deleted && !opt.WithDeleted {
				continue
			}
			visible = true
			content, err := v.Content(contextOf(subject), row.ID)
			if err != nil {
				return err
			}
			if hasProperties(content.Metadata, properties) {
				found, err = r.render(v, &row, opt)
				return err
			}
		}
		if !visible {
			return subjectNotFound(subject)
		}
		return schemaNotFound()
	})
	if err != nil {
		return nil, err
	}
	return r.finish(ctx, found)
}

func hasProperties(m *Metadata, wanted map[string]string) bool {
	for name, value := range wanted {
		if has, ok := property(m, name); !ok || has != value {
			return false
		}
	}
	return true
}

func schemaNotFound() error { return errorf(SchemaNotFound, "Schema not found") }

// ByID returns what an id stands for, soft-deleted or not. subject, which may be empty, selects the context and a
// preferred owner; one that is qualified must have the id. SchemaNotFound.
func (r *Registry) ByID(ctx context.Context, id int, subject string, opt ReadOptions) (*SchemaVersion, error) {
	subject = normalize(subject)
	var found *rendering
	err := r.store.View(func(v storage.View) error {
		row, err := rowOfID(v, id, subject)
		if err != nil {
			return err
		}
		if row == nil {
			return errorf(SchemaNotFound, "Schema %d not found", id)
		}
		found, err = r.render(v, row, opt)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.finish(ctx, found)
}

// rowOfID chooses the version to report for an id: of the subject if it has it, of the same name in another context, or
// of any subject of the context. nil when there is none.
func rowOfID(v storage.View, id int, subject string) (*storage.Row, error) {
	context := contextOf(subject)
	if !isContext(subject) {
		owners, err := inEveryContext(v, subject)
		if err != nil {
			return nil, err
		}
		for _, owner := range owners {
			rows, err := v.RowsOfIDIn(owner, id)
			if row := preferred(rows); row != nil || err != nil {
				return row, err
			}
		}
		if context != storage.DefaultContext {
			return nil, nil
		}
	}
	return v.Owner(context, id)
}

// preferred chooses among the versions that have an id: a live one before a soft-deleted one, then the lowest subject,
// then its newest version. Rows are ordered by subject and version.
func preferred(rows []storage.Row) *storage.Row {
	var best *storage.Row
	for i := range rows {
		row := &rows[i]
		if best == nil || best.Deleted && !row.Deleted || best.Deleted == row.Deleted && best.Subject == row.Subject {
			best = row
		}
	}
	return best
}

// ByGUID returns the content with a guid, without subject and version; the default context is asked first.
// SchemaNotFound.
func (r *Registry) ByGUID(ctx context.Context, guid string, opt ReadOptions) (*SchemaVersion, error) {
	var found *rendering
	err := r.store.View(func(v storage.View) error {
		ids, err := v.IDsOfGUID(strings.ToLower(guid))
		if err != nil {
			return err
		}
		for _, id := range ids {
			row, err := rowOfID(v, id.ID, contextSubject(id.Context))
			if err != nil {
				return err
			}
			if row != nil {
				found, err = r.render(v, row, opt)
				return err
			}
		}
		return errorf(SchemaNotFound, "Schema %s not found", guid)
	})
	if err != nil {
		return nil, err
	}
	version, err := r.finish(ctx, found)
	if err == nil {
		version.Subject, version.Version = "", 0
	}
	return version, err
}

// IDsOfGUID lists the ids with a guid, by context and id.
func (r *Registry) IDsOfGUID(ctx context.Context, guid string) ([]storage.ContextID, error) {
	ids := []storage.ContextID{}
	err := r.store.View(func(v storage.View) error {
		found, err := v.IDsOfGUID(strings.ToLower(guid))
		ids = append(ids, found...)
		return err
	})
	return ids, err
}

// SubjectsOfID lists the subjects that have an id, by name. subject selects the context. SchemaNotFound.
func (r *Registry) SubjectsOfID(ctx context.Context, id int, subject string, deleted bool, page Page) ([]string, error) {
	versions, err := r.VersionsOfID(ctx, id, subject, deleted, page)
	names := make([]string, len(versions))
	for i, version := range versions {
		names[i] = version.Subject
	}
	return names, err
}

// VersionsOfID lists the newest version of each subject that has an id, by subject. SchemaNotFound.
func (r *Registry) VersionsOfID(ctx context.Context, id int, subject string, deleted bool, page Page) ([]SubjectVersion, error) {
	versions := []SubjectVersion{}
	err := r.store.View(func(v storage.View) error {
		rows, err := v.RowsOfID(contextOf(normalize(subject)), id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return schemaNotFound()
		}
		for _, row := range rows {
			if row.Deleted && !deleted {
				continue
			}
			version := SubjectVersion{row.Subject, row.Version}
			if last := len(versions) - 1; last >= 0 && versions[last].Subject == row.Subject {
				versions[last] = version
			} else {
				versions = append(versions, version)
			}
		}
		return nil
	})
	return paged(versions, page, 0), err
}

// ReferencedBy lists the ids that refer to a version, soft-deleted or not, ascending. deleted includes ids that only
// soft-deleted versions have. InvalidVersion, SubjectNotFound, VersionNotFound.
func (r *Registry) ReferencedBy(ctx context.Context, subject, version string, deleted bool, page Page) ([]int, error) {
	number, err := parseVersion(version)
	if err != nil {
		return nil, err
	}
	subject = normalize(subject)
	ids := []int{}
	err = r.store.View(func(v storage.View) error {
		row, err := findRow(v, subject, number, true)
		if err != nil {
			return err
		}
		referrers, err := v.Referrers(subject, row.Version)
		for _, referrer := range referrers {
			if deleted || !referrer.Deleted {
				ids = append(ids, referrer.ID)
			}
		}
		return err
	})
	slices.Sort(ids)
	return paged(slices.Compact(ids), page, maxSchemas), err
}

// Versions lists the version numbers of a subject, ascending by absolute value. SubjectNotFound.
func (r *Registry) Versions(ctx context.Context, subject string, deletion Deletion, page Page) ([]int, error) {
	subject = normalize(subject)
	numbers := []int{}
	err := r.store.View(func(v storage.View) error {
		visible, err := hasVisible(v, subject, deletion&(WithDeleted|DeletedOnly) != 0)
		if err != nil {
			return err
		}
		if !visible {
			return subjectNotFound(subject)
		}
		rows, err := v.Rows(subject)
		for _, row := range rows {
			switch {
			case deletion&DeletedAsNegative != 0 && row.Deleted:
				numbers = append(numbers, -row.Version)
			case deletion.shows(row.Deleted):
				numbers = append(numbers, row.Version)
			}
		}
		return err
	})
	return paged(numbers, page, 0), err
}

// shows reports whether a version is listed as a positive number.
func (d Deletion) shows(deleted bool) bool {
	switch {
	case d&DeletedAsNegative != 0:
		return !deleted
	case d&DeletedOnly != 0:
		return deleted
	}
	return !deleted || d&WithDeleted != 0
}
