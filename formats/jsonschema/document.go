package jsonschema

import (
	"sort"
	"strconv"
	"sync"

	"github.com/concord-registry/concord/formats"
)

// Document is one JSON text of a schema: its own, or that of a reference.
type Document struct {
	// Name is the Reference.Name under which the text was supplied; empty for the schema itself.
	Name  string
	Text  string
	Root  *Value
	Draft Draft // of its root

	once  sync.Once
	lines *formats.Lines
}

func newDocument(name, text string, limits formats.Limits) (*Document, error) {
	root, err := Read(text, limits)
	if err != nil {
		return nil, err
	}
	return &Document{Name: name, Text: text, Root: root, Draft: draftOf(root)}, nil
}

// Span is the place of v, which must be a value of this document.
func (d *Document) Span(v *Value) *formats.Span {
	if v == nil {
		return nil
	}
	return d.SpanOf(v.Start, v.End)
}

// Pointer is the JSON pointer of v, which must be a value of this document, with a leading "#". It is found by the place of v
// in the text.
func (d *Document) Pointer(v *Value) string {
	pointer := []byte{'#'}
	at := d.Root
	for at != v {
		below, token := at.childAt(v.Start)
		if below == nil {
			break
		}
		pointer = append(append(pointer, '/'), EscapeToken(token)...)
		at = below
	}
	return string(pointer)
}

// childAt returns the child that covers a byte offset, and its token in a pointer.
func (v *Value) childAt(offset int) (*Value, string) {
	if i := sort.Search(len(v.Items), func(i int) bool { return v.Items[i].End > offset }); i < len(v.Items) {
		return v.Items[i], strconv.Itoa(i)
	}
	// Members are in order but for repeated names, the last of which stands at the place of the first.
	if i := sort.Search(len(v.Members), func(i int) bool { return v.Members[i].Value.End > offset }); i < len(v.Members) && v.Members[i].Value.Start <= offset {
		return v.Members[i].Value, v.Members[i].Key
	}
	for i := range v.Members {
		if m := &v.Members[i]; m.Value.Start <= offset && offset < m.Value.End {
			return m.Value, m.Key
		}
	}
	return nil, ""
}

// KeySpan is the place of a keyword: the name of the member with its quotes up to the end of its value.
func (d *Document) KeySpan(m Member) *formats.Span { return d.SpanOf(m.Start, m.Value.End) }

// SpanOf is the place of the text between two byte offsets.
func (d *Document) SpanOf(start, end int) *formats.Span {
	d.once.Do(func() { d.lines = formats.NewLines(d.Text) })
	return d.lines.Span(start, end)
}

// Resource is a schema with an identity of its own - a document's root, or a subschema with an $id - and everything in
// it that is not part of another Resource.
type Resource struct {
	Document *Document
	// URI is the absolute base URI of the schemas in it, without fragment.
	URI   string
	Root  *Value
	Draft Draft

	anchors map[string]*Value
	dynamic map[string]*Value
}

// Anchor returns the schema that carries the named anchor ($anchor, $dynamicAnchor, or an $id that is a mere fragment in
// the old drafts); nil when there is none.
func (r *Resource) Anchor(name string) *Value { return r.anchors[name] }

// DynamicAnchor returns the schema that carries the named $dynamicAnchor; nil when there is none.
func (r *Resource) DynamicAnchor(name string) *Value { return r.dynamic[name] }

// RecursiveAnchor reports whether $recursiveRef looks beyond this resource (2019-09).
func (r *Resource) RecursiveAnchor() bool {
	return r.Draft == Draft2019 && r.Root.Get("$recursiveAnchor").IsTrue()
}
