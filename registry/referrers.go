package registry

import (
	"context"
	"slices"

	"github.com/concord-registry/concord/storage"
)

// maxReferrers bounds a list of referrers.
const maxReferrers = 200

// Referrers lists the versions that refer to a version of a subject, soft-deleted ones included, by subject and version;
// for version 0 those that refer to any of its versions and belong to other subjects. These are what stands in the way of a
// deletion. It lists 200 at most.
func (r *Registry) Referrers(ctx context.Context, subject string, version int) ([]storage.Referrer, error) {
	subject = normalize(subject)
	var found []storage.Referrer
	err := r.store.View(func(v storage.View) error {
		rows, err := v.Rows(subject)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if version != 0 && row.Version != version {
				continue
			}
			referrers, err := v.Referrers(subject, row.Version)
			if err != nil {
				return err
			}
			for _, referrer := range referrers {
				if (version != 0 || referrer.Subject != subject) && !slices.Contains(found, referrer) && len(found) < maxReferrers {
					found = append(found, referrer)
				}
			}
		}
		return nil
	})
	return found, err
}
