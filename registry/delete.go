package registry

import (
	"context"
	"slices"

	"github.com/concord-registry/concord/storage"
)

// DeleteSubject deletes all live versions of a subject softly, or all versions for good when none is live, and returns
// the versions it removed. SubjectNotFound, SubjectSoftDeleted, SubjectNotSoftDeleted, OperationNotPermitted,
// ReferenceExists.
func (r *Registry) DeleteSubject(ctx context.Context, subject string, permanent bool) ([]int, error) {
	subject = normalize(subject)
	result, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
		rows, err := v.Rows(subject)
		if err != nil {
			return nil, nil, err
		}
		if len(rows) == 0 {
			return nil, nil, subjectNotFound(subject)
		}
		live := slices.DeleteFunc(slices.Clone(rows), func(row storage.Row) bool { return row.Deleted })
		switch {
		case permanent && len(live) > 0:
			return nil, nil, errorf(SubjectNotSoftDeleted, "Subject '%s' was not deleted first before being permanently deleted", subject)
		case !permanent && len(live) == 0:
			return nil, nil, errorf(SubjectSoftDeleted, "Subject '%s' was soft deleted.Set permanent=true to delete permanently", subject)
		}
		if err := r.requireWritable(v, subject); err != nil {
			return nil, nil, err
		}
		if !permanent {
			rows = live
		}
		for _, row := range slices.Backward(rows) {
			if err := requireUnreferenced(v, row, permanent, subject); err != nil {
				return nil, nil, err
			}
		}
		versions := numbers(rows)
		if !permanent {
			return []storage.Record{storage.DeleteSubject(subject, versions[len(versions)-1], now())}, versions, nil
		}
		records, err := dropVersions(v, subject, rows, len(rows))
		return records, versions, err
	})
	if err != nil {
		return nil, err
	}
	return result.([]int), nil
}

// DeleteVersion deletes a live version softly, or a soft-deleted one for good, and returns its number. InvalidVersion,
// SubjectNotFound, VersionNotFound, VersionSoftDeleted, VersionNotSoftDeleted, OperationNotPermitted, ReferenceExists.
func (r *Registry) DeleteVersion(ctx context.Context, subject, version string, permanent bool) (int, error) {
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
		switch {
		case permanent && !row.Deleted:
			return nil, nil, errorf(VersionNotSoftDeleted, "Subject '%s' Version %d was not deleted first before being permanently deleted", subject, row.Version)
		case !permanent && row.Deleted:
			return nil, nil, errorf(VersionSoftDeleted, "Subject '%s' Version %d was soft deleted.Set permanent=true to delete permanently", subject, row.Version)
		}
		if err := r.requireWritable(v, subject); err != nil {
			return nil, nil, err
		}
		if err := requireUnreferenced(v, *row, permanent, ""); err != nil {
			return nil, nil, err
		}
		var records []storage.Record
		if permanent {
			s, err := v.Subject(subject)
			if err != nil {
				return nil, nil, err
			}
			records, err = dropVersions(v, subject, []storage.Row{*row}, s.Live+s.Deleted)
			return records, row.Version, err
		}
		content, err := v.Content(contextOf(subject), row.ID)
		if err != nil {
			return nil, nil, err
		}
		return []storage.Record{storage.PutSchema(schemaValue(row, content, true), row.Time)}, row.Version, nil
	})
	if err != nil {
		return 0, err
	}
	return result.(int), nil
}

// dropVersions removes rows for good, newest first; with the last of a subject's versions go its config and mode, so
// that a later subject of that name starts afresh.
func dropVersions(v storage.View, subject string, rows []storage.Row, total int) ([]storage.Record, error) {
	var records []storage.Record
	for _, row := range slices.Backward(rows) {
		records = append(records, storage.DropSchema(subject, row.Version, now()))
	}
	// What has no name of its own shares the records of its context, which outlive it.
	if len(rows) < total || isContext(subject) {
		return records, nil
	}
	config, err := v.Config(subject)
	if err != nil {
		return nil, err
	}
	if config != nil {
		records = append(records, storage.DropConfig(subject, now()))
	}
	mode, err := v.Mode(subject)
	if mode != "" {
		records = append(records, storage.DropMode(subject, now()))
	}
	return records, err
}

// requireUnreferenced refuses to delete a version that others refer to: live ones for a soft deletion, any for a
// permanent one. Versions of the subject ignore, which may be empty, do not count.
func requireUnreferenced(v storage.View, row storage.Row, permanent bool, ignore string) error {
	referrers, err := v.Referrers(row.Subject, row.Version)
	if err != nil {
		return err
	}
	for _, referrer := range referrers {
		if (permanent || !referrer.Deleted) && (ignore == "" || referrer.Subject != ignore) {
			return referenceExists(row.Subject, row.Version)
		}
	}
	return nil
}

func referenceExists(subject string, version int) error {
	return errorf(ReferenceExists, "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=%s,version=%d}.", subject, version)
}

func numbers(rows []storage.Row) []int {
	list := make([]int, len(rows))
	for i, row := range rows {
		list[i] = row.Version
	}
	return list
}

// schemaValue is the record value of a version.
func schemaValue(row *storage.Row, c *storage.Content, deleted bool) storage.SchemaValue {
	return storage.SchemaValue{
		Subject: row.Subject, Version: row.Version, ID: row.ID, Type: c.Type, Schema: c.Schema,
		References: c.References, Metadata: c.Metadata, RuleSet: c.RuleSet, Deleted: deleted, By: row.By,
	}
}
