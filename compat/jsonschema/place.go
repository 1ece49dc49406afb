package jsonschema

import (
	"strconv"

	"github.com/concord-registry/concord/formats"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// place is where something stands in one of the two schemas.
type place struct {
	// pointer is a JSON pointer with a leading "#"; the name of the reference comes before it in a referenced text.
	pointer string
	// span is nil in a referenced text.
	span *formats.Span
	// value is what stands there.
	value *model.Value
}

// otherSpelling lists the names that a keyword has in other drafts, and the one that implies it.
var otherSpelling = map[string][]string{
	"dependencies": {"dependentRequired", "dependentSchemas"}, "additionalItems": {"items"}, "items": {"prefixItems"}, "$id": {"id"},
	"minContains": {"contains"},
}

// placeOf finds a keyword of a schema, and in it the named member or element. As much of that as exists is taken: without
// the keyword it is the schema itself.
func placeOf(s *model.Schema, schema *model.Value, keyword, name string) place {
	resource := s.ResourceOf(schema)
	if resource == nil {
		return place{}
	}
	document := resource.Document
	p := place{pointer: document.Pointer(schema), span: document.Span(schema), value: schema}
	if m, ok := keywordOf(schema, keyword, name); ok {
		p = place{p.pointer + "/" + model.EscapeToken(m.Key), document.KeySpan(m), m.Value}
		p = p.inside(document, name)
	}
	if document != s.Document() {
		p.pointer, p.span = document.Name+p.pointer, nil
	}
	return p
}

func keywordOf(schema *model.Value, keyword, name string) (model.Member, bool) {
	spellings := append([]string{keyword}, otherSpelling[keyword]...)
	for _, spelling := range spellings {
		m, ok := schema.Member(spelling)
		if ok && (name == "" || element(m.Value, name) != nil || len(spellings) == 1) {
			return m, true
		}
	}
	for _, spelling := range spellings {
		if m, ok := schema.Member(spelling); ok {
			return m, true
		}
	}
	return model.Member{}, false
}

// inside goes on to the member or the element of that name.
func (p place) inside(document *model.Document, name string) place {
	if name == "" {
		return p
	}
	if m, ok := p.value.Member(name); ok {
		return place{p.pointer + "/" + model.EscapeToken(name), document.KeySpan(m), m.Value}
	}
	if item := element(p.value, name); item != nil {
		for i, candidate := range p.value.Items {
			if candidate == item {
				return place{p.pointer + "/" + strconv.Itoa(i), document.Span(item), item}
			}
		}
	}
	return p
}

// element is the member of an object or the element of an array that a name means: a string of that text, or a place
// counted from 0.
func element(v *model.Value, name string) *model.Value {
	if member := v.Get(name); member != nil {
		return member
	}
	if !v.Is(model.Array) {
		return nil
	}
	for _, item := range v.Items {
		if item.Is(model.String) && item.Text == name {
			return item
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v.Items) && v.Items[i].IsSchema() {
		return v.Items[i]
	}
	return nil
}
