package registry

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Identification says which registered schemas a schema is like.
type Identification struct {
	Name    string     `json:"name,omitempty"` // the schema's own name; empty when it has none
	Fields  []string   `json:"fields"`         // at its top
	Matches []Likeness `json:"matches"`        // the most alike first
	Seen    int        `json:"seen"`           // subjects that were looked at
	Cut     bool       `json:"cut,omitempty"`  // there is more to look at, or more that is like it, than one request may take
}

// Likeness is how a schema stands to a registered version: the latest of a subject, or an older or soft-deleted one that it
// equals.
type Likeness struct {
	Subject  string `json:"subject"`
	Version  int    `json:"version"`
	ID       int    `json:"id"`
	Deleted  bool   `json:"deleted,omitempty"`
	Latest   bool   `json:"latest"`
	Equal    bool   `json:"equal"` // the same schema to a registry, but for metadata and rules
	SameName bool   `json:"sameName"`
	Shared   int    `json:"sharedFields"` // fields at the top that both have
	Fields   int    `json:"fields"`       // that the registered one has
	// Backward is whether the schema reads what the registered one writes, Forward the opposite, by the server's policy.
	Backward compat.Verdict `json:"backward"`
	Forward  compat.Verdict `json:"forward"`
}

// The work that one identification may cause.
const (
	maxIdentified      = 100_000
	maxIdentifyParsed  = 2_000
	maxIdentifyTime    = 1500 * time.Millisecond
	maxOlderTime       = 750 * time.Millisecond // of it, until when versions that are not the latest are read
	maxLikenesses      = 25
	subjectsAtATime    = 1000
	sharedForLikeness  = 0.5 // of the fields of either schema
	textForLikeness    = 0.4 // of the names of the fields that the text must hold, to be parsed at all
	maxIdentifiedNames = 500
)

// Identify tells which registered schemas a schema equals or is like, in all contexts. Equal ones are looked for among all
// versions, those that are alike among the latest of each subject. References are resolved in the context of subject.
// InvalidSchema.
func (r *Registry) Identify(ctx context.Context, subject string, req SchemaRequest) (*Identification, error) {
	p, err := r.probe(ctx, subject, req)
	if err != nil {
		return nil, err
	}
	if err := r.store.View(p.findEqual); err != nil {
		return nil, err
	}
	err = r.eachSubject(func(s storage.Subject) (bool, error) {
		if p.found.Seen == maxIdentified || p.parsed >= maxIdentifyParsed || time.Since(p.begun) > maxIdentifyTime {
			p.found.Cut = true
			return false, nil
		}
		p.found.Seen++
		return true, p.look(ctx, s.Name)
	})
	if err != nil {
		return nil, err
	}
	return p.found.sorted(), nil
}

// eachSubject calls f, outside of any View, for the subjects of all contexts until it returns false.
func (r *Registry) eachSubject(f func(storage.Subject) (bool, error)) error {
	var contexts []string
	err := r.store.View(func(v storage.View) (err error) {
		contexts, err = v.Contexts()
		return err
	})
	if err != nil {
		return err
	}
	for _, context := range contexts {
		for from, more := "", true; more; {
			var some []storage.Subject
			err := r.store.View(func(v storage.View) error {
				return v.Subjects(context, "", from, func(s storage.Subject) bool {
					some = append(some, s)
					return len(some) < subjectsAtATime
				})
			})
			if err != nil {
				return err
			}
			for _, s := range some {
				if goOn, err := f(s); err != nil || !goOn {
					return err
				}
				_, name := storage.SplitSubject(s.Name)
				from = name + "\x00"
			}
			more = len(some) == subjectsAtATime
		}
	}
	return nil
}

// verdict tells whether one schema may follow another; undecided when the two are too large to compare.
func (r *Registry) verdict(ctx context.Context, next formats.Schema, old compat.Version, rules compat.Rules) (compat.Verdict, error) {
	report, err := r.engine.Check(ctx, next, []compat.Version{old}, rules)
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
		return cmp.Or(-compareBool(a.Equal, b.Equal), compareBool(a.Deleted, b.Deleted), -compareBool(a.SameName, b.SameName), cmp.Compare(b.Shared, a.Shared), cmp.Compare(a.Fields, b.Fields), cmp.Compare(a.Subject, b.Subject))
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
