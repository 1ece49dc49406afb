package jsonschema

import "strings"

// Draft is a version of the JSON Schema specification.
type Draft int

// The drafts that are understood, oldest first; they compare with <.
const (
	Draft4    Draft = 4
	Draft6    Draft = 6
	Draft7    Draft = 7
	Draft2019 Draft = 2019
	Draft2020 Draft = 2020
)

// String is the draft's own name for itself.
func (d Draft) String() string {
	switch d {
	case Draft4:
		return "draft-04"
	case Draft6:
		return "draft-06"
	case Draft2019:
		return "2019-09"
	case Draft2020:
		return "2020-12"
	}
	return "draft-07"
}

// ID is the keyword that names a schema in this draft.
func (d Draft) ID() string {
	if d == Draft4 {
		return "id"
	}
	return "$id"
}

// metaschemas maps the address of each draft's metaschema, without scheme and fragment, to the draft.
var metaschemas = map[string]Draft{
	"json-schema.org/draft-04/schema":      Draft4,
	"json-schema.org/draft-06/schema":      Draft6,
	"json-schema.org/draft-07/schema":      Draft7,
	"json-schema.org/draft/2019-09/schema": Draft2019,
	"json-schema.org/draft/2020-12/schema": Draft2020,
}

// DraftOf returns the draft that a $schema value names. Like the reference server, the scheme and an empty fragment do not matter.
func DraftOf(uri string) (Draft, bool) {
	uri = strings.TrimSuffix(uri, "#")
	uri = strings.TrimSuffix(uri, "/")
	if rest, ok := strings.CutPrefix(uri, "https://"); ok {
		uri = rest
	} else if rest, ok := strings.CutPrefix(uri, "http://"); ok {
		uri = rest
	}
	d, ok := metaschemas[uri]
	return d, ok
}

// draftOf is the draft of a document by its root: draft-07 when $schema is missing or names nothing known, as the
// reference server has it.
func draftOf(root *Value) Draft {
	if schema := root.Get("$schema"); schema.Is(String) {
		if d, ok := DraftOf(schema.Text); ok {
			return d
		}
	}
	return Draft7
}

// Where subschemas are, over all drafts: in a keyword itself, in its array, in the members of its object.
var (
	schemaKeywords = []string{
		"additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
		"propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
	}
	schemaArrayKeywords = []string{"allOf", "anyOf", "items", "oneOf", "prefixItems"}
	schemaMapKeywords   = []string{"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}
)
