package diff

import (
	"slices"
	"strconv"

	"github.com/concord-registry/concord/formats/jsonschema"
)

// Keywords that hold subschemas, by how they hold them. A keyword may be in several: its value decides.
var (
	schemaMaps  = []string{"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
	schemaLists = []string{"allOf", "anyOf", "oneOf", "prefixItems", "items"}
	oneSchema   = []string{
		"items", "additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "not", "if", "then", "else",
		"contains", "propertyNames", "contentSchema",
	}
	// notes are keywords that no validator looks at.
	notes = []string{"title", "description", "$comment", "examples", "deprecated", "readOnly", "writeOnly"}
)

// jsonTree has an element for each subschema of the text, with its other keywords as attributes.
func jsonTree(s *jsonschema.Schema) *element {
	b := &jsonBuilder{document: s.Document()}
	root := &element{kind: schemaKind, path: "#", span: b.document.Span(s.Root())}
	b.fill(root, s.Root())
	return root
}

type jsonBuilder struct{ document *jsonschema.Document }

// child makes an element of a subschema.
func (b *jsonBuilder) child(kind, name, path string, keys []string, v *jsonschema.Value) *element {
	e := &element{kind: kind, name: name, path: path, keys: keys, span: b.document.Span(v), text: jsonschema.Beginning(v, maxText)}
	b.fill(e, v)
	return e
}

func (b *jsonBuilder) fill(e *element, v *jsonschema.Value) {
	form := attribute{name: "form", text: "an object", span: e.span}
	if v.Kind != jsonschema.Object {
		form.text = compact(v)
	}
	e.attrs = append(e.attrs, form)
	for i := range v.Members {
		b.keyword(e, v.Members[i])
	}
	b.settle(e)
}

func compact(v *jsonschema.Value) string { return string(jsonschema.AppendCompact(nil, v)) }

// keyword adds one keyword of a schema to its element.
func (b *jsonBuilder) keyword(e *element, m jsonschema.Member) {
	path := under(e.path, "/", jsonschema.EscapeToken(m.Key))
	switch {
	case m.Value.Is(jsonschema.Object) && slices.Contains(schemaMaps, m.Key):
		b.named(e, m, path)
	case m.Value.Is(jsonschema.Array) && slices.Contains(schemaLists, m.Key):
		b.list(e, m, path)
	case m.Value.IsSchema() && slices.Contains(oneSchema, m.Key):
		part := b.child(m.Key, "", path, []string{m.Key}, m.Value)
		part.span = b.document.KeySpan(m)
		e.parts = append(e.parts, part)
	case m.Value.Is(jsonschema.Array) && m.Key == "required":
		b.required(e, m)
	case m.Value.Is(jsonschema.Array) && m.Key == "enum":
		e.attrs = append(e.attrs, attribute{name: m.Key, text: compact(m.Value), set: b.members(m.Value), span: b.document.KeySpan(m)})
	default:
		e.attrs = append(e.attrs, attribute{name: m.Key, text: compact(m.Value), span: b.document.KeySpan(m), note: slices.Contains(notes, m.Key)})
	}
}

// kinds is what a member of a keyword is called.
var kinds = map[string]string{
	"properties": "property", "patternProperties": "pattern property", "$defs": "definition", "definitions": "definition",
	"dependentSchemas": "dependent schema", "dependencies": "dependency",
}

// named adds the schemas of a keyword that has a name for each.
func (b *jsonBuilder) named(e *element, m jsonschema.Member, path string) {
	for _, member := range m.Value.Members {
		at := under(path, "/", jsonschema.EscapeToken(member.Key))
		var part *element
		if member.Value.IsSchema() {
			part = b.child(kinds[m.Key], member.Key, at, []string{member.Key}, member.Value)
		} else {
			text := compact(member.Value)
			part = &element{kind: kinds[m.Key], name: member.Key, path: at, keys: []string{member.Key}, text: text}
			part.attrs = []attribute{{name: "value", text: text, span: b.document.Span(member.Value)}}
		}
		part.span = b.document.KeySpan(member)
		e.parts = append(e.parts, part)
	}
}

// maxKey is how long a schema's text may be to be recognized by it.
const maxKey = 4_096

// list adds the schemas of a keyword that has a list of them. They have no names: they are recognized by their text, by what
// they refer to, by their type, or by their place.
func (b *jsonBuilder) list(e *element, m jsonschema.Member, path string) {
	for i, v := range m.Value.Items {
		place := strconv.Itoa(i)
		text := ""
		if v.End-v.Start <= maxKey {
			text = compact(v)
		}
		keys := []string{text, textAt(v, "$ref") + textAt(v, "title"), textAt(v, "type"), place}
		if m.Key == "prefixItems" || m.Key == "items" {
			keys = []string{place}
		}
		e.parts = append(e.parts, b.child(m.Key+" schema", "", under(path, "/", place), keys, v))
	}
}

// members lists the elements of an array that is a set.
func (b *jsonBuilder) members(v *jsonschema.Value) (texts []string) {
	for _, item := range v.Items {
		texts = append(texts, compact(item))
	}
	return texts
}

// required tells with each property that it must be there.
func (b *jsonBuilder) required(e *element, m jsonschema.Member) {
	for _, v := range m.Value.Items {
		e.parts = append(e.parts, &element{kind: requiredKind, name: v.Text, span: b.document.Span(v)})
	}
}

// requiredKind marks a required property until it is told with the property itself.
const requiredKind = "required property"

// settle moves what is known about required properties to the properties. One that is not described stays an element.
func (b *jsonBuilder) settle(e *element) {
	properties := map[string]*element{}
	for _, part := range e.parts {
		if part.kind == kinds["properties"] {
			properties[part.name] = part
		}
	}
	e.parts = slices.DeleteFunc(e.parts, func(part *element) bool {
		if part.kind != requiredKind {
			return false
		}
		property := properties[part.name]
		if property == nil {
			part.path, part.keys = under(e.path, "/", "required"), []string{part.name}
			return false
		}
		property.text += ", required"
		property.attrs = append(property.attrs, attribute{name: "presence", text: "required", span: part.span})
		return true
	})
	for _, property := range properties {
		if !slices.ContainsFunc(property.attrs, func(a attribute) bool { return a.name == "presence" }) {
			property.attrs = append(property.attrs, attribute{name: "presence", text: "optional"})
		}
	}
}

// textAt is a keyword's string, if it has one.
func textAt(schema *jsonschema.Value, keyword string) string {
	if v := schema.Get(keyword); v.Is(jsonschema.String) {
		return v.Text
	}
	return ""
}
