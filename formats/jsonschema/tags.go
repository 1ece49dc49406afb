package jsonschema

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// tagKeyword holds the inline tags of a schema.
const tagKeyword = "confluent:tags"

var _ formats.Tagger = (*Schema)(nil)

// Tags lists the inline tags of every object and property that has some. Entity paths are those of the reference server:
// "object.f" is a property f of the root, "object.f.array.object.g" a property of the objects in its array, and
// alternatives count in the order of rank.
func (s *Schema) Tags() []formats.EntityTags {
	t := &tagLister{seen: map[string]bool{}}
	t.schema(s.Root(), "", false)
	return t.out
}

// tagLister collects entities while it walks a schema.
type tagLister struct {
	out  []formats.EntityTags
	seen map[string]bool
}

func (t *tagLister) add(v *Value, path string, kind formats.EntityType) {
	if tags := tagsOf(v); len(tags) > 0 && len(path) <= formats.MaxEntityPath {
		t.out = append(t.out, formats.EntityTags{Entity: formats.Entity{Path: path, Type: kind}, Tags: tags})
	}
}

func (t *tagLister) schema(v *Value, scope string, inField bool) {
	if !v.Is(Object) || len(scope) > formats.MaxEntityPath {
		return
	}
	facets := facetsOf(v)
	if len(facets) == 1 {
		t.facet(v, facets[0], scope, inField)
		return
	}
	for i, facet := range facets {
		t.facet(v, facet, scope+"allof."+strconv.Itoa(i)+".", false)
	}
}

func (t *tagLister) facet(v *Value, facet, scope string, inField bool) {
	switch facet {
	case "types":
		for i, name := range sortedTypes(v.Get("type")) {
			t.facet(v, name, scope+"anyof."+strconv.Itoa(i)+".", false)
		}
	case "allOf", "anyOf", "oneOf":
		for i, item := range ranked(v.Get(facet)) {
			t.schema(item, scope+strings.ToLower(facet)+"."+strconv.Itoa(i)+".", false)
		}
	case "array":
		t.schema(v.Get("items"), scope+"array.", false)
	case "not":
		t.schema(v.Get("not"), scope+"not.", false)
	case "conditional":
		for _, keyword := range []string{"if", "then", "else"} {
			t.schema(v.Get(keyword), scope+"conditional."+keyword+".", false)
		}
	case "object":
		t.object(v, scope+"object", inField)
	}
}

func (t *tagLister) object(v *Value, path string, inField bool) {
	if t.seen[path] {
		return
	}
	t.seen[path] = true
	if !inField {
		t.add(v, path, formats.RecordEntity)
	}
	if properties := v.Get("properties"); properties.Is(Object) {
		for _, m := range properties.Members {
			t.add(m.Value, path+"."+m.Key, formats.FieldEntity)
			t.schema(m.Value, path+"."+m.Key+".", true)
		}
	}
	for _, keyword := range []string{"definitions", "$defs"} {
		if definitions := v.Get(keyword); definitions.Is(Object) {
			for _, m := range definitions.Members {
				t.schema(m.Value, path+"."+keyword+"."+m.Key+".", false)
			}
		}
	}
}

func tagsOf(v *Value) []string {
	list := v.Get(tagKeyword)
	if !list.Is(Array) {
		return nil
	}
	var tags []string
	for _, item := range list.Items {
		if item.Is(String) {
			tags = append(tags, item.Text)
		}
	}
	return formats.AddTags(tags, nil)
}

// facetsOf names what a schema object says, in the order of their names in the reference's ranking: keywords of several
// kinds in one object count as alternatives of an implied allOf.
func facetsOf(v *Value) []string {
	if v.Has("$ref") {
		return []string{"reference"}
	}
	var facets []string
	add := func(facet string, present bool) {
		if present && !slices.Contains(facets, facet) {
			facets = append(facets, facet)
		}
	}
	declared := v.Get("type")
	is := func(name string) bool { return declared.Is(String) && declared.Text == name }
	listed := declared.Is(Array)
	has := func(keywords ...string) bool { return slices.ContainsFunc(keywords, v.Has) }
	add("array", is("array") || !listed && has("items", "additionalItems", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"))
	add("boolean", is("boolean"))
	add("allOf", v.Has("allOf"))
	add("anyOf", v.Has("anyOf"))
	add("oneOf", v.Has("oneOf"))
	add("types", listed)
	add("conditional", has("if", "then", "else"))
	add("const", v.Has("const"))
	add("enum", v.Has("enum"))
	add("not", v.Has("not"))
	add("null", is("null"))
	add("number", is("number") || is("integer") || !listed && has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
	add("object", is("object") || !listed && has("properties", "required", "minProperties", "maxProperties", "patternProperties", "additionalProperties", "dependencies"))
	add("string", is("string") || !listed && has("minLength", "maxLength", "pattern"))
	if len(facets) == 0 {
		return []string{"empty"}
	}
	return facets
}

// sortedTypes lists the types of a "type" array in the order of rank, each once.
func sortedTypes(list *Value) []string {
	var names []string
	for _, item := range list.Items {
		name := item.Text
		if name == "integer" {
			name = "number"
		}
		names = append(names, name)
	}
	sort.Strings(names)
	return slices.Compact(names)
}

// ranked lists alternatives by kind (alphabetically), then title, then description.
func ranked(list *Value) []*Value {
	if !list.Is(Array) {
		return nil
	}
	key := func(v *Value) [3]string {
		kind := facetsOf(v)[0]
		if len(facetsOf(v)) > 1 || kind == "types" || strings.HasSuffix(kind, "Of") {
			kind = "combined"
		}
		k := [3]string{kind}
		for i, keyword := range []string{"title", "description"} {
			if text := v.Get(keyword); text.Is(String) {
				k[i+1] = text.Text
			}
		}
		return k
	}
	items := slices.Clone(list.Items)
	sort.SliceStable(items, func(i, j int) bool {
		a, b := key(items[i]), key(items[j])
		for k := range a {
			if a[k] != b[k] {
				return a[k] < b[k]
			}
		}
		return false
	})
	return items
}

// Known implements formats.Tagger.
func (s *Schema) Known(tags []formats.EntityTags) (known []formats.EntityTags) {
	f := newFinder(s)
	for _, t := range tags {
		if f.entity(t.Entity) != nil {
			known = append(known, t)
		}
	}
	return known
}

// Retag implements formats.Tagger.
func (s *Schema) Retag(add, remove []formats.EntityTags) (string, error) {
	f := newFinder(s)
	tags := map[*Value][]string{}
	change := func(list []formats.EntityTags, with func(tags, change []string) []string) error {
		for _, change := range list {
			v := f.entity(change.Entity)
			if v == nil {
				return &formats.ParseError{Message: fmt.Sprintf("No matching path '%s' found in the schema", change.Entity.Path)}
			}
			if _, known := tags[v]; !known {
				tags[v] = tagsOf(v)
			}
			tags[v] = with(tags[v], change.Tags)
		}
		return nil
	}
	if err := change(add, formats.AddTags); err != nil {
		return "", err
	}
	if err := change(remove, formats.DropTags); err != nil {
		return "", err
	}
	return string(AppendCompact(nil, withTags(s.Root(), tags))), nil
}

// withTags returns a copy of v in which the given schemas carry these tags.
func withTags(v *Value, tags map[*Value][]string) *Value {
	out := &Value{Kind: v.Kind, Text: v.Text}
	for _, item := range v.Items {
		out.Items = append(out.Items, withTags(item, tags))
	}
	for _, m := range v.Members {
		m.Value = withTags(m.Value, tags)
		out.Members = append(out.Members, m)
	}
	list, changed := tags[v]
	if !changed {
		return out
	}
	at := slices.IndexFunc(out.Members, func(m Member) bool { return m.Key == tagKeyword })
	value := &Value{Kind: Array}
	for _, tag := range list {
		value.Items = append(value.Items, &Value{Kind: String, Text: tag})
	}
	switch {
	case len(list) == 0 && at >= 0:
		out.Members = slices.Delete(out.Members, at, at+1)
	case len(list) == 0:
	case at >= 0:
		out.Members[at].Value = value
	default:
		out.Members = append(out.Members, Member{Key: tagKeyword, Value: value})
	}
	return out
}

// finder finds entities of a schema.
type finder struct {
	root   *Value
	ranked map[*Value][]*Value
	// failed holds the steps of a path that lead nowhere: where several kinds of keywords stand in one object there are two
	// ways on, and without it their number would double with each.
	failed map[step]bool
	kind   formats.EntityType
}

// step is a schema that was reached, with how many words of the path were left.
type step struct {
	at   *Value
	left int
}

func newFinder(s *Schema) *finder { return &finder{root: s.Root(), ranked: map[*Value][]*Value{}} }

// entity returns the schema that e names; nil when there is none.
func (f *finder) entity(e formats.Entity) *Value {
	f.failed, f.kind = map[step]bool{}, e.Type
	return f.find(f.root, strings.Split(e.Path, "."))
}

// find follows a path from a schema; nil when it leads nowhere.
func (f *finder) find(v *Value, path []string) *Value {
	if !v.Is(Object) || len(path) == 0 || f.failed[step{v, len(path)}] {
		return nil
	}
	found := f.follow(v, path[0], path[1:])
	if found == nil {
		f.failed[step{v, len(path)}] = true
	}
	return found
}

func (f *finder) follow(v *Value, word string, rest []string) *Value {
	switch word {
	case "object":
		return f.inObject(v, rest)
	case "array":
		return f.find(v.Get("items"), rest)
	case "not":
		return f.find(v.Get("not"), rest)
	case "anyof", "allof", "oneof":
		if len(rest) == 0 {
			return nil
		}
		if list := v.Get(word[:3] + "Of"); list.Is(Array) {
			if i, err := strconv.Atoi(rest[0]); err == nil && i >= 0 && i < len(list.Items) {
				if found := f.find(f.rank(list)[i], rest[1:]); found != nil {
					return found
				}
			}
		}
		return f.find(v, rest[1:]) // implied by several types, or by keywords of several kinds
	case "conditional":
		if len(rest) == 0 {
			return nil
		}
		return f.find(v.Get(rest[0]), rest[1:])
	}
	return nil
}

func (f *finder) rank(list *Value) []*Value {
	if f.ranked[list] == nil {
		f.ranked[list] = ranked(list)
	}
	return f.ranked[list]
}

func (f *finder) inObject(v *Value, path []string) *Value {
	if len(path) == 0 {
		if f.kind == formats.RecordEntity {
			return v
		}
		return nil
	}
	holder := v.Get("properties")
	if path[0] == "definitions" || path[0] == "$defs" {
		holder, path = v.Get(path[0]), path[1:]
	}
	// A name may contain dots: the shortest one that exists is meant.
	for n := 1; n <= len(path); n++ {
		if found := holder.Get(strings.Join(path[:n], ".")); found != nil {
			if n < len(path) {
				return f.find(found, path[n:])
			}
			if !found.Is(Object) {
				return nil
			}
			return found
		}
	}
	return nil
}
