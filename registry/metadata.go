package registry

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/concord-registry/concord/storage"
)

// versionProperty is the metadata property that holds a version's own number (rest-contract §5.10).
const versionProperty = "confluent:version"

// mergeMetadata lays b over a: per tag path and property b wins, sensitive names are united. A nil side yields the other.
func mergeMetadata(a, b *Metadata) *Metadata {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	m := &Metadata{Tags: maps.Clone(a.Tags), Properties: maps.Clone(a.Properties)}
	for path, tags := range b.Tags {
		set(&m.Tags, path, tags)
	}
	for name, value := range b.Properties {
		set(&m.Properties, name, value)
	}
	m.Sensitive = sortedSet(slices.Concat(a.Sensitive, b.Sensitive))
	return m
}

// mergeRules lays b over a: in each list the rules of b replace those of a with the same name and follow the others.
func mergeRules(a, b *RuleSet) *RuleSet {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	merged := &RuleSet{
		MigrationRules: mergeRuleList(a.MigrationRules, b.MigrationRules),
		DomainRules:    mergeRuleList(a.DomainRules, b.DomainRules),
		EncodingRules:  mergeRuleList(a.EncodingRules, b.EncodingRules),
		EnableAt:       a.EnableAt,
	}
	if b.EnableAt != "" {
		merged.EnableAt = b.EnableAt
	}
	return merged
}

func mergeRuleList(a, b []Rule) []Rule {
	kept := slices.DeleteFunc(slices.Clone(a), func(rule Rule) bool {
		return slices.ContainsFunc(b, func(other Rule) bool { return other.Name == rule.Name })
	})
	return append(kept, b...)
}

// removeRules returns r without the rules of the given names.
func removeRules(r *RuleSet, names []string) *RuleSet {
	if r == nil || len(names) == 0 {
		return r
	}
	without := func(list []Rule) []Rule {
		return slices.DeleteFunc(slices.Clone(list), func(rule Rule) bool { return slices.Contains(names, rule.Name) })
	}
	return &RuleSet{
		MigrationRules: without(r.MigrationRules),
		DomainRules:    without(r.DomainRules),
		EncodingRules:  without(r.EncodingRules),
		EnableAt:       r.EnableAt,
	}
}

// withVersion sets the version property.
func withVersion(m *Metadata, version int) *Metadata {
	return mergeMetadata(m, &Metadata{Properties: map[string]string{versionProperty: strconv.Itoa(version)}})
}

// sortMetadata gives metadata its stored form: tags and sensitive names sorted, each once.
func sortMetadata(m *Metadata) *Metadata {
	if m == nil {
		return nil
	}
	sorted := &Metadata{Properties: m.Properties, Sensitive: sortedSet(m.Sensitive)}
	for path, tags := range m.Tags {
		// A path without tags has an empty list of them: clients take none for one.
		set(&sorted.Tags, path, append([]string{}, sortedSet(tags)...))
	}
	return sorted
}

// sameMetadata compares the metadata of a posted schema with that of a registered version. The version property counts
// only when it was posted, and then must be the version's own number.
func sameMetadata(posted, stored *Metadata, version int) bool {
	if _, has := property(posted, versionProperty); !has {
		stored = withoutVersion(posted, stored)
	} else if _, has := property(stored, versionProperty); !has {
		if value, _ := property(posted, versionProperty); value != strconv.Itoa(version) {
			return false
		}
		posted = withoutVersion(stored, posted)
	}
	return metadataKey(posted) == metadataKey(stored)
}

// withoutVersion drops the version property of m; when nothing is left and the other side has no metadata, so has m.
func withoutVersion(other, m *Metadata) *Metadata {
	if _, has := property(m, versionProperty); !has {
		return m
	}
	stripped := *m
	stripped.Properties = maps.Clone(m.Properties)
	delete(stripped.Properties, versionProperty)
	if other == nil && len(stripped.Properties) == 0 && len(stripped.Tags) == 0 && len(stripped.Sensitive) == 0 {
		return nil
	}
	return &stripped
}

func property(m *Metadata, name string) (string, bool) {
	if m == nil {
		return "", false
	}
	value, ok := m.Properties[name]
	return value, ok
}

func metadataKey(m *Metadata) storage.ContentKey { return storage.KeyOf(&storage.Content{Metadata: m}) }

func ruleSetKey(r *RuleSet) storage.ContentKey { return storage.KeyOf(&storage.Content{RuleSet: r}) }

func set[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}

func sortedSet(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
