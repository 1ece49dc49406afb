// Package jsonschema reads JSON Schema of the drafts 4, 6, 7, 2019-09 and 2020-12.
//
// Value is a JSON document as it was written: members in order, numbers exact, every value with its place in the text.
// Schema is a parsed schema: its Document, those of its references, and where every $ref, $dynamicRef and $recursiveRef
// leads. Comparing works on this model. For questions about instances, Schema.Validator compiles the same texts with
// santhosh-tekuri/jsonschema v5, cut off from network and disk.
package jsonschema

import (
	"context"
	"slices"
	"sync"

	"github.com/concord-registry/concord/formats"
)

// Format is the formats.Format of JSON Schema.
type Format struct{}

// Type is formats.JSON.
func (Format) Type() formats.Type { return formats.JSON }

// Parse reads src.Text and its references. Without opt.Validate any JSON text within the limits is accepted; with it,
// every keyword must have the shape its draft asks for and every reference must lead somewhere.
func (Format) Parse(ctx context.Context, src formats.Source, opt formats.Options) (formats.Schema, error) {
	return Parse(ctx, src, opt)
}

// Parse is Format.Parse with its own result type.
func Parse(ctx context.Context, src formats.Source, opt formats.Options) (*Schema, error) {
	documents, err := readAll(ctx, src, opt.Limits.OrDefault())
	if err != nil {
		return nil, err
	}
	graph, err := newGraph(documents)
	if err != nil {
		return nil, err
	}
	s := &Schema{
		source:    src,
		graph:     graph,
		canonical: string(AppendCompact(make([]byte, 0, len(src.Text)), documents[0].Root)),
	}
	if opt.Validate {
		if err := s.validate(opt.Strict); err != nil {
			return nil, err
		}
	}
	return s, ctx.Err()
}

// readAll reads the text of a schema and of its references. All of them together count against the limits.
func readAll(ctx context.Context, src formats.Source, limits formats.Limits) ([]*Document, error) {
	total := len(src.Text)
	for _, ref := range src.Resolved {
		total += len(ref.Text)
	}
	if total > limits.Bytes {
		return nil, &formats.LimitError{Limit: "bytes", Max: limits.Bytes, Got: total}
	}
	root, err := newDocument("", src.Text, limits)
	if err != nil {
		return nil, err
	}
	documents := []*Document{root}
	for _, ref := range src.Resolved {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		document, err := newDocument(ref.Name, ref.Text, limits)
		if err != nil {
			if fault, ok := err.(*formats.ParseError); ok {
				fault.Name = ref.Name
			}
			return nil, err
		}
		documents = append(documents, document)
	}
	return documents, nil
}

// Schema is a parsed JSON schema. It is immutable and safe for concurrent use.
type Schema struct {
	source    formats.Source
	graph     *graph
	canonical string

	compile   sync.Once
	validator *Validator
	failure   error
}

var _ formats.Schema = (*Schema)(nil)

// Type is formats.JSON.
func (s *Schema) Type() formats.Type { return formats.JSON }

// Source is what the schema was parsed from.
func (s *Schema) Source() formats.Source { return s.source }

// Canonical is the text without white space; members keep their order.
func (s *Schema) Canonical() string { return s.canonical }

// Normalized is the schema with the members of every object sorted by name.
func (s *Schema) Normalized() (formats.Schema, error) {
	src := s.source
	src.Text = string(AppendSorted(make([]byte, 0, len(s.canonical)), s.Root()))
	// The text was within limits when it was parsed, and sorting adds nothing to it.
	limits := formats.Limits{Bytes: 1 << 40, Depth: 1 << 20, Nodes: 1 << 40}
	return Parse(context.Background(), src, formats.Options{Limits: limits})
}

// Print renders the canonical text: JSON Schema has no other format.
func (s *Schema) Print(string) (string, error) { return s.canonical, nil }

// Identity is that of the canonical text.
func (s *Schema) Identity() formats.Identity { return formats.IdentityOf([]byte(s.canonical)) }

// Name is the title.
func (s *Schema) Name() string {
	if title := s.Root().Get("title"); title.Is(String) {
		return title.Text
	}
	return ""
}

// Same reports whether the two are the same text with the same references, so that they mean the same whatever that is.
func (s *Schema) Same(other *Schema) bool {
	return s.canonical == other.canonical && slices.EqualFunc(s.graph.documents[1:], other.graph.documents[1:],
		func(a, b *Document) bool { return a.Name == b.Name && a.Text == b.Text })
}

// Fields names the members of the root's "properties".
func (s *Schema) Fields() []string {
	properties := s.Root().Get("properties")
	if !properties.Is(Object) {
		return nil
	}
	names := make([]string, 0, len(properties.Members))
	for i := range properties.Members {
		names = append(names, properties.Members[i].Key)
	}
	return names
}

// Weight estimates the parsed form at some tens of bytes for each byte of compact text.
func (s *Schema) Weight() int {
	total := len(s.source.Text) + len(s.canonical)
	for _, d := range s.graph.documents {
		total += 16 * len(d.Text)
	}
	return total
}

// Root is the schema itself.
func (s *Schema) Root() *Value { return s.graph.documents[0].Root }

// Document is the text of the schema itself, as opposed to its references.
func (s *Schema) Document() *Document { return s.graph.documents[0] }

// Draft is the draft of the schema's root.
func (s *Schema) Draft() Draft { return s.graph.documents[0].Draft }

// ResourceOf returns the resource that a schema value lies in: its draft, base URI and document. It is nil for a value
// that is not a schema of s, such as the value of an enum.
func (s *Schema) ResourceOf(schema *Value) *Resource {
	if schema == nil {
		return nil
	}
	return schema.scope
}

// Ref returns where a reference keyword ("$ref", "$dynamicRef", "$recursiveRef") of schema leads, and whether schema has
// that keyword as its draft knows it. For $dynamicRef and $recursiveRef this is the target before the dynamic scope is
// considered.
func (s *Schema) Ref(schema *Value, keyword string) (Target, bool) {
	target, ok := s.graph.targets[refKey{schema, keyword}]
	return target, ok
}
