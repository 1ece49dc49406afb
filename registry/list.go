package registry

import (
	"context"
	"slices"
	"strings"

	"github.com/concord-registry/concord/storage"
)

// scope is what a subject prefix selects: one context or all, and a prefix of the names in it.
type scope struct {
	everywhere bool
	context    string
	prefix     string
}

// parsePrefix reads a prefix as clients write it (rest-contract §4.3).
func parsePrefix(prefix string) scope {
	if name, ok := strings.CutPrefix(prefix, wildcardContext); ok {
		return scope{everywhere: true, prefix: name}
	}
	context, name := storage.SplitSubject(prefix)
	return scope{context: context, prefix: name}
}

// subjects calls f for the subjects of a scope in the order of their qualified names until f returns false.
func (s scope) subjects(v storage.View, f func(storage.Subject) bool) error {
	if !s.everywhere {
		return v.Subjects(s.context, s.prefix, "", f)
	}
	contexts, err := v.Contexts()
	if err != nil {
		return err
	}
	// Qualified names start with ":.": the names of the default context go before and after them.
	more := true
	visit := func(sub storage.Subject) bool {
		more = f(sub)
		return more
	}
	late := false
	before := func(sub storage.Subject) bool {
		late = sub.Name >= qualifiedMark
		return !late && visit(sub)
	}
	if err := v.Subjects(storage.DefaultContext, s.prefix, "", before); err != nil || !more {
		return err
	}
	others := slices.DeleteFunc(contexts, func(c string) bool { return c == storage.DefaultContext })
	slices.SortFunc(others, func(a, b string) int { return strings.Compare(contextSubject(a), contextSubject(b)) })
	for _, context := range others {
		if err := v.Subjects(context, s.prefix, "", visit); err != nil || !more {
			return err
		}
	}
	if !late {
		return nil
	}
	return v.Subjects(storage.DefaultContext, s.prefix, qualifiedMark, visit)
}

// qualifiedMark is what every qualified name outside the default context starts with.
const qualifiedMark = ":."

// Subjects lists the names of subjects in order: ":*:" is every context, "" the default one, ":.ctx:" another. A subject
// counts as deleted when all its versions are.
func (r *Registry) Subjects(ctx context.Context, prefix string, deletion Deletion, page Page) ([]string, error) {
	names := []string{}
	skip, limit := page.skip(), page.limit(0)
	err := r.store.View(func(v storage.View) error {
		return parsePrefix(prefix).subjects(v, func(s storage.Subject) bool {
			if !deletion.shows(s.Live == 0) {
				return true
			}
			if skip > 0 {
				skip--
				return true
			}
			names = append(names, s.Name)
			return limit == 0 || len(names) < limit
		})
	})
	return names, err
}

// Schemas calls each for schemas by subject and version, at most 1000 of them. Which they are is decided at once; the
// texts are read one by one, for together they may be larger than memory, and what is deleted permanently meanwhile is
// left out. An error of each ends the list.
func (r *Registry) Schemas(ctx context.Context, q SchemasQuery, each func(*SchemaVersion) error) error {
	list := &schemaList{query: q, skip: q.Page.skip(), limit: q.Page.limit(maxSchemas)}
	err := r.store.View(func(v storage.View) error {
		list.view = v
		if q.Aliases {
			if err := list.findAliases(); err != nil {
				return err
			}
		}
		err := parsePrefix(q.Prefix).subjects(v, list.add)
		if err == nil {
			err = list.err
		}
		if err == nil {
			err = list.addAliased()
		}
		return err
	})
	if err != nil {
		return err
	}
	for i := range list.found {
		version, err := r.listed(&list.found[i])
		if err != nil {
			return err
		}
		if version == nil {
			continue
		}
		version.Aliases = list.aliases[version.Subject]
		if err := each(version); err != nil {
			return err
		}
	}
	return nil
}

// listed reads what a version holds; nil if it is there no more.
func (r *Registry) listed(row *storage.Row) (version *SchemaVersion, err error) {
	err = r.store.View(func(v storage.View) error {
		now, err := v.Row(row.Subject, row.Version)
		if err != nil || now == nil || now.ID != row.ID {
			return err
		}
		content, err := v.Content(contextOf(row.Subject), row.ID)
		if err == nil {
			version = versionOf(row, content)
		}
		return err
	})
	return version, err
}

// schemaList collects the page of a SchemasQuery.
type schemaList struct {
	query   SchemasQuery
	view    storage.View
	aliases map[string][]string // target -> the aliases that lead to it
	seen    map[string]bool     // targets that the prefix itself selects
	skip    int
	limit   int
	found   []storage.Row
	err     error
}

// findAliases collects the aliases whose own name the prefix selects.
func (l *schemaList) findAliases() error {
	l.aliases, l.seen = map[string][]string{}, map[string]bool{}
	selected := parsePrefix(l.query.Prefix)
	return l.view.Configs(func(subject string, c *Config) bool {
		context, name := storage.SplitSubject(subject)
		if c.Alias != "" && name != "" && strings.HasPrefix(name, selected.prefix) && (selected.everywhere || context == selected.context) {
			target := storage.ReferredSubject(context, c.Alias)
			l.aliases[target] = append(l.aliases[target], subject)
		}
		return true
	})
}

// add appends the versions of one subject; false ends the list.
func (l *schemaList) add(s storage.Subject) bool {
	if l.seen != nil {
		l.seen[s.Name] = true
	}
	if s.Live == 0 && !l.query.Deleted {
		return true
	}
	rows, err := l.view.Rows(s.Name)
	if err != nil {
		l.err = err
		return false
	}
	if !l.query.Deleted {
		rows = slices.DeleteFunc(rows, func(row storage.Row) bool { return row.Deleted })
	}
	if l.query.LatestOnly {
		rows = rows[len(rows)-1:]
	}
	for i := range rows {
		if !l.addRow(&rows[i]) {
			return false
		}
	}
	return true
}

func (l *schemaList) addRow(row *storage.Row) bool {
	if l.query.RuleType != "" {
		content, err := l.view.Content(contextOf(row.Subject), row.ID)
		if err != nil {
			l.err = err
			return false
		}
		if !hasRuleType(content.RuleSet, l.query.RuleType) {
			return true
		}
	}
	if l.skip > 0 {
		l.skip--
		return true
	}
	l.found = append(l.found, *row)
	return len(l.found) < l.limit
}

// addAliased appends the targets that only an alias leads to.
func (l *schemaList) addAliased() error {
	targets := []string{}
	for target := range l.aliases {
		if !l.seen[target] {
			targets = append(targets, target)
		}
	}
	slices.Sort(targets)
	for _, target := range targets {
		s, err := l.view.Subject(target)
		if err != nil {
			return err
		}
		if len(l.found) >= l.limit || s != nil && !l.add(*s) {
			break
		}
	}
	return l.err
}

func hasRuleType(set *RuleSet, t string) bool {
	if set == nil {
		return false
	}
	return slices.ContainsFunc(slices.Concat(set.MigrationRules, set.DomainRules, set.EncodingRules), func(rule Rule) bool { return rule.Type == t })
}

// Counts returns totals over all contexts.
func (r *Registry) Counts(ctx context.Context) (counts storage.Counts, err error) {
	err = r.store.View(func(v storage.View) error {
		counts, err = v.Counts()
		return err
	})
	return counts, err
}
