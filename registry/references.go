package registry

import (
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// resolver collects the texts that a schema refers to, directly and through others.
type resolver struct {
	view  storage.View
	max   int
	seen  map[string]bool
	texts []formats.Resolved
	rows  []storage.Row // of texts
}

// resolve returns the declared references with "latest" replaced by its number, and what they lead to. Subjects
// without a context are those of the given context. Unless withDeleted is set, what is declared directly must be live;
// what stored schemas refer to may have been deleted since.
func resolve(v storage.View, context string, refs []formats.Reference, withDeleted bool, max int) ([]formats.Reference, *resolver, error) {
	if len(refs) == 0 {
		return nil, &resolver{}, nil
	}
	r := &resolver{view: v, max: max, seen: map[string]bool{}}
	declared := make([]formats.Reference, len(refs))
	for i, ref := range refs {
		number, err := r.add(context, ref, withDeleted, 0)
		if err != nil {
			return nil, nil, err
		}
		ref.Version = number
		declared[i] = ref
	}
	return declared, r, nil
}

// maxReferenceDepth bounds the chain of references behind one schema.
const maxReferenceDepth = 1000

// add appends the text of one reference after everything it depends on, and returns the version it means.
func (r *resolver) add(context string, ref formats.Reference, withDeleted bool, depth int) (int, error) {
	if ref.Name == "" || ref.Subject == "" || ref.Version == 0 || ref.Version < latest {
		return 0, errorf(InvalidSchema, "Invalid reference {name=%q, subject=%q, version=%d}: a reference needs a name, a subject and a version (-1 is the latest)", ref.Name, ref.Subject, ref.Version)
	}
	subject := storage.ReferredSubject(context, ref.Subject)
	row, err := findRow(r.view, subject, ref.Version, withDeleted)
	if CodeOf(err) != 0 {
		return 0, errorf(InvalidSchema, "No schema reference found for subject \"%s\" and version %d (reference %q)", subject, ref.Version, ref.Name)
	}
	if err != nil {
		return 0, err
	}
	if r.seen[ref.Name] {
		return row.Version, nil
	}
	r.seen[ref.Name] = true
	if len(r.seen) > r.max || depth > maxReferenceDepth {
		return 0, errorf(InvalidSchema, "The schema refers to more than %d others, directly or through them", r.max)
	}
	content, err := r.view.Content(contextOf(subject), row.ID)
	if err != nil {
		return 0, err
	}
	for _, next := range content.References {
		if _, err := r.add(contextOf(subject), next, true, depth+1); err != nil {
			return 0, err
		}
	}
	ref.Subject, ref.Version = subject, row.Version
	r.rows = append(r.rows, *row)
	r.texts = append(r.texts, formats.Resolved{Reference: ref, Type: content.Type, Text: content.Schema, References: content.References})
	return row.Version, nil
}

// normalizeReferences sorts a reference list and drops what it repeats.
func normalizeReferences(refs []formats.Reference) []formats.Reference {
	sorted := slices.Clone(refs)
	slices.SortStableFunc(sorted, func(a, b formats.Reference) int {
		if c := strings.Compare(a.Subject, b.Subject); c != 0 {
			return c
		}
		if a.Version != b.Version {
			return a.Version - b.Version
		}
		return strings.Compare(a.Name, b.Name)
	})
	return slices.Compact(sorted)
}

// qualifyReferences writes the references of a schema in a non-default context with their context.
func qualifyReferences(context string, refs []formats.Reference) []formats.Reference {
	if context == storage.DefaultContext {
		return refs
	}
	qualified := slices.Clone(refs)
	for i := range qualified {
		qualified[i].Subject = storage.ReferredSubject(context, qualified[i].Subject)
	}
	return qualified
}
