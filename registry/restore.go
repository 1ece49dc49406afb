package registry

import (
	"context"
	"slices"

	"github.com/concord-registry/concord/storage"
)

// Restore makes a soft-deleted version live again under its number and with its id, and returns the number. The schema is
// not checked again: it was when it was registered. InvalidVersion, SubjectNotFound, VersionNotFound,
// VersionNotSoftDeleted, OperationNotPermitted.
func (r *Registry) Restore(ctx context.Context, subject, version string) (int, error) {
	number, err := parseVersion(version)
	if err != nil {
		return 0, err
	}
	subject = normalize(subject)
	result, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
		row, err := findRow(v, subject, number, true)
		if err != nil {
			return nil, nil, err
		}
		if !row.Deleted {
			return nil, nil, errorf(VersionNotSoftDeleted, "Subject '%s' Version %d is not deleted, so there is nothing to restore", subject, row.Version)
		}
		records, err := r.restore(v, subject, []storage.Row{*row})
		return records, row.Version, err
	})
	if err != nil {
		return 0, err
	}
	return result.(int), nil
}

// RestoreSubject restores every soft-deleted version of a subject, or none, and returns their numbers. SubjectNotFound,
// SubjectNotSoftDeleted, OperationNotPermitted.
func (r *Registry) RestoreSubject(ctx context.Context, subject string) ([]int, error) {
	subject = normalize(subject)
	result, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
		rows, err := v.Rows(subject)
		if err != nil {
			return nil, nil, err
		}
		if len(rows) == 0 {
			return nil, nil, subjectNotFound(subject)
		}
		gone := slices.DeleteFunc(slices.Clone(rows), func(row storage.Row) bool { return !row.Deleted })
		if len(gone) == 0 {
			return nil, nil, errorf(SubjectNotSoftDeleted, "Subject '%s' has no deleted version, so there is nothing to restore", subject)
		}
		records, err := r.restore(v, subject, gone)
		return records, numbers(gone), err
	})
	if err != nil {
		return nil, err
	}
	return result.([]int), nil
}

// restore makes rows of a subject live. It refuses what a registration would not have made: a live version that refers to
// a deleted one, and two live versions of one schema.
func (r *Registry) restore(v storage.View, subject string, rows []storage.Row) ([]storage.Record, error) {
	if err := r.requireWritable(v, subject); err != nil {
		return nil, err
	}
	restored := map[int]bool{}
	for _, row := range rows {
		restored[row.Version] = true
	}
	var records []storage.Record
	for _, row := range rows {
		same, err := v.RowsOfIDIn(subject, row.ID)
		if err != nil {
			return nil, err
		}
		for _, other := range same {
			if other.Version != row.Version && (!other.Deleted || restored[other.Version]) {
				return nil, errorf(OperationNotPermitted, "Subject '%s' Version %d cannot be restored: version %d holds the same schema", subject, row.Version, other.Version)
			}
		}
		content, err := v.Content(contextOf(subject), row.ID)
		if err != nil {
			return nil, err
		}
		for _, ref := range content.References {
			referred := storage.ReferredSubject(contextOf(subject), ref.Subject)
			target, err := v.Row(referred, ref.Version)
			if err != nil {
				return nil, err
			}
			if target != nil && target.Deleted && (referred != subject || !restored[ref.Version]) {
				return nil, errorf(OperationNotPermitted, "Subject '%s' Version %d refers to subject '%s' version %d, which is deleted; restore that first", subject, row.Version, referred, ref.Version)
			}
		}
		records = append(records, storage.PutSchema(schemaValue(&row, content, false), row.Time))
	}
	return records, nil
}
