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

// child makes an element of a subschema, which is read when it is looked at.
func (b *jsonBuilder) child(p part) *element {
	p.builder = b
	return &element{kind: p.kind, name: p.name, keys: p.keys, source: &p}
}

// part is a subschema, or another member of a keyword, that has not been read yet.
type part struct {
	builder    *jsonBuilder
	kind, name string
	keys       []string
	value      *jsonschema.Value
	within     string            // the path of the keyword
	token      string            // leads from there to the part
	start      int               // of what is shown as its place
	property   bool              // it may be required
	required   *jsonschema.Value // the name among the required ones; nil when it is not among them
}

// read fills in the element of a part.
func (p *part) read(e *element) {
	b := p.builder
	e.path = p.within
	if p.token != "" {
		e.path = under(p.within, "/", p.token)
	}
	e.span = b.document.SpanOf(p.start, p.value.End)
	if p.value.IsSchema() {
		e.text = jsonschema.Beginning(p.value, maxText)
		b.fill(e, p.value)
	} else {
		e.text = compact(p.value)
		e.attrs = []attribute{{name: "value", text: e.text, span: b.document.Span(p.value)}}
	}
	switch {
	case !p.property:
	case p.required != nil:
		e.text += ", required"
		e.attrs = append(e.attrs, attribute{name: "presence", text: "required", span: b.document.Span(p.required)})
	default:
		e.attrs = append(e.attrs, attribute{name: "presence", text: "optional"})
	}
}

// same reports whether another part says the same in the same words.
func (p *part) same(other *part) bool {
	return p.kind == other.kind && p.words() == other.words() && (p.required == nil) == (other.required == nil)
}

func (p *part) words() string { return p.builder.document.Text[p.value.Start:p.value.End] }

func (b *jsonBuilder) fill(e *element, v *jsonschema.Value) {
	form := attribute{name: "form", text: "an object", span: b.document.Span(v)}
	if v.Kind != jsonschema.Object {
		form.text = compact(v)
	}
	e.attrs = append(e.attrs, form)
	required := map[string]*jsonschema.Value{}
	if names := v.Get("required"); names.Is(jsonschema.Array) {
		for _, name := range names.Items {
			required[name.Text] = name
		}
	}
	for i := range v.Members {
		b.keyword(e, v, v.Members[i], required)
	}
}

func compact(v *jsonschema.Value) string { return string(jsonschema.AppendCompact(nil, v)) }

// keyword adds one keyword of a schema to its element.
func (b *jsonBuilder) keyword(e *element, schema *jsonschema.Value, m jsonschema.Member, required map[string]*jsonschema.Value) {
	path := under(e.path, "/", jsonschema.EscapeToken(m.Key))
	switch {
	case m.Value.Is(jsonschema.Object) && slices.Contains(schemaMaps, m.Key):
		b.named(e, m, path, required)
	case m.Value.Is(jsonschema.Array) && slices.Contains(schemaLists, m.Key):
		b.list(e, m, path)
	case m.Value.IsSchema() && slices.Contains(oneSchema, m.Key):
		e.parts = append(e.parts, b.child(part{kind: m.Key, keys: []string{m.Key}, value: m.Value, within: path, start: m.Start}))
	case m.Value.Is(jsonschema.Array) && m.Key == "required":
		b.required(e, m, schema.Get("properties"))
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
func (b *jsonBuilder) named(e *element, m jsonschema.Member, path string, required map[string]*jsonschema.Value) {
	e.parts = slices.Grow(e.parts, len(m.Value.Members))
	for _, member := range m.Value.Members {
		p := part{
			kind: kinds[m.Key], name: member.Key, keys: []string{member.Key}, value: member.Value,
			within: path, token: jsonschema.EscapeToken(member.Key), start: member.Start,
		}
		if m.Key == "properties" {
			p.property, p.required = true, required[member.Key]
		}
		e.parts = append(e.parts, b.child(p))
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
		e.parts = append(e.parts, b.child(part{kind: m.Key + " schema", keys: keys, value: v, within: path, token: place, start: v.Start}))
	}
}

// members lists the elements of an array that is a set.
func (b *jsonBuilder) members(v *jsonschema.Value) (texts []string) {
	for _, item := range v.Items {
		texts = append(texts, compact(item))
	}
	return texts
}

// required adds the required properties that are not described; of the others it is told with the property itself.
func (b *jsonBuilder) required(e *element, m jsonschema.Member, properties *jsonschema.Value) {
	described := map[string]bool{}
	if properties.Is(jsonschema.Object) {
		for _, property := range properties.Members {
			described[property.Key] = true
		}
	}
	for _, v := range m.Value.Items {
		if !described[v.Text] {
			e.parts = append(e.parts, &element{
				kind: "required property", name: v.Text, keys: []string{v.Text}, path: under(e.path, "/", "required"), span: b.document.Span(v),
			})
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
