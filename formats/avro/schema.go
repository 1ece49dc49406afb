package avro

import (
	"strings"

	"github.com/concord-registry/concord/formats"
)

// Schema is a parsed Avro schema. It implements formats.Schema and formats.Tagger.
type Schema struct {
	source    formats.Source
	options   formats.Options
	canonical string
	root      *Type
	rootPos   Pos
	owned     []*Type
	printed   map[string]bool // full names that the canonical text leaves to references
	nodes     int
	lines     *formats.Lines
}

var (
	_ formats.Format = Format{}
	_ formats.Tagger = (*Schema)(nil)
)

// Type returns formats.Avro.
func (s *Schema) Type() formats.Type { return formats.Avro }

// Source implements formats.Schema.
func (s *Schema) Source() formats.Source { return s.source }

// Canonical implements formats.Schema.
func (s *Schema) Canonical() string { return s.canonical }

// Root is the type that the schema describes.
func (s *Schema) Root() *Type { return s.root }

// RootPos is where Root is used.
func (s *Schema) RootPos() Pos { return s.rootPos }

// Nodes is the number of JSON values that the schema and what it refers to were read from.
func (s *Schema) Nodes() int { return s.nodes }

// Span turns a stretch of the schema's own text into lines and columns. It is nil for stretches of referenced texts.
func (s *Schema) Span(at Pos) *formats.Span {
	if at.Source != 0 || at.End <= at.Start {
		return nil
	}
	return s.lines.Span(int(at.Start), int(at.End))
}

// Print implements formats.Schema. The format "resolved" prints referenced types in full; its size is limited like that
// of a schema text.
func (s *Schema) Print(format string) (string, error) {
	if format == "resolved" {
		return s.print(printing{inline: true})
	}
	return s.canonical, nil
}

// Text returns one type as a schema on its own. It is not whole when it would take more than max bytes or nest deeper than
// any reader accepts.
func (t *Type) Text(max int) (text string, whole bool) {
	w := writer{max: max, maxDepth: maxDepth, printed: map[string]bool{}}
	w.typ(t, "")
	return strings.ToValidUTF8(string(w.out), ""), !w.stopped()
}

// Name implements formats.Namer.
func (s *Schema) Name() string { return s.root.Name.Full }

// Fields implements formats.Schema.
func (s *Schema) Fields() []string {
	var names []string
	for i := range s.root.Fields {
		names = append(names, s.root.Fields[i].Name)
	}
	return names
}

// nodeWeight is about what the types and fields made from a JSON value take in memory, in bytes: 57 to 89.
const nodeWeight = 75

// Weight implements formats.Schema.
func (s *Schema) Weight() int {
	weight := len(s.source.Text) + nodeWeight*s.nodes
	if s.canonical != s.source.Text {
		weight += len(s.canonical)
	}
	for _, r := range s.source.Resolved {
		weight += len(r.Text)
	}
	return weight
}
