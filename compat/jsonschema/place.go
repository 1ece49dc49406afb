package jsonschema

import (
	"sort"
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
func (c *comparison) placeOf(s *model.Schema, schema *model.Value, keyword, name string) place {
	resource := s.ResourceOf(schema)
	if resource == nil {
		return place{}
	}
	document := resource.Document
	p := place{pointer: document.Pointer(schema), span: document.Span(schema), value: schema}
	if m, ok := c.keywordOf(schema, keyword, name); ok {
		p = place{p.pointer + "/" + model.EscapeToken(m.Key), document.KeySpan(m), m.Value}
		p = c.inside(p, document, name)
	}
	if document != s.Document() {
		p.pointer, p.span = document.Name+p.pointer, nil
	}
	return p
}

func (c *comparison) keywordOf(schema *model.Value, keyword, name string) (model.Member, bool) {
	spellings := append([]string{keyword}, otherSpelling[keyword]...)
	for _, spelling := range spellings {
		m, ok := schema.Member(spelling)
		if ok && (name == "" || c.element(m.Value, name) != nil || len(spellings) == 1) {
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
func (c *comparison) inside(p place, document *model.Document, name string) place {
	if name == "" {
		return p
	}
	if m, ok := p.value.Member(name); ok {
		return place{p.pointer + "/" + model.EscapeToken(name), document.KeySpan(m), m.Value}
	}
	if item := c.element(p.value, name); item != nil {
		i := sort.Search(len(p.value.Items), func(i int) bool { return p.value.Items[i].Start >= item.Start })
		return place{p.pointer + "/" + strconv.Itoa(i), document.Span(item), item}
	}
	return p
}

// element is the member of an object or the element of an array that a name means: a string of that text, or a place
// counted from 0.
func (c *comparison) element(v *model.Value, name string) *model.Value {
	if member := v.Get(name); member != nil {
		return member
	}
	if !v.Is(model.Array) {
		return nil
	}
	if item := c.texts(v)[name]; item != nil {
		return item
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v.Items) && v.Items[i].IsSchema() {
		return v.Items[i]
	}
	return nil
}

// texts are the strings in an array by what they say, the first of equal ones: the names of a thousand findings are looked for among a
// hundred thousand that are required.
func (c *comparison) texts(v *model.Value) map[string]*model.Value {
	if known, ok := c.arrays[v]; ok {
		return known
	}
	texts := make(map[string]*model.Value, len(v.Items))
	for _, item := range v.Items {
		if item.Is(model.String) && texts[item.Text] == nil {
			texts[item.Text] = item
		}
	}
	if c.arrays == nil {
		c.arrays = map[*model.Value]map[string]*model.Value{}
	}
	c.arrays[v] = texts
	return texts
}
