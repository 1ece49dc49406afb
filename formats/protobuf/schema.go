// Package protobuf parses Protobuf schemas, as .proto texts and as base64 file descriptors, and prints the text that the
// registry stores.
//
// A schema is kept as it was written: a tree of declarations whose names are not resolved (File). Canonical text,
// message indexes and the reference's comparison are defined on that tree, and it may hold what a compiler would refuse.
// The parser and the printer are our own for that reason, and because their work must be bounded: the compilers at hand
// use memory that grows with the square of the nesting. Descriptors for decoding (Schema.Linked) are built from the tree.
package protobuf

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"

	"github.com/concord-registry/concord/formats"
)

// Format parses Protobuf schemas.
type Format struct{}

// Type is formats.Protobuf.
func (Format) Type() formats.Type { return formats.Protobuf }

// Parse implements formats.Format. With opt.Validate every type name must lead to a type; with opt.Strict descriptors
// must also pass the checks of a compiler.
func (Format) Parse(ctx context.Context, src formats.Source, opt formats.Options) (formats.Schema, error) {
	s, err := Parse(ctx, src, opt)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Schema is a parsed Protobuf schema. It is immutable and safe for concurrent use.
type Schema struct {
	source    formats.Source
	options   formats.Options
	own       *Unit
	units     []*Unit // the schema itself first, then its references
	names     *names
	text      string // what positions refer to
	lines     func() *formats.Lines
	canonical string
	linked    func() (*Linked, error)
	model     func() *Model
}

// Parse is Format.Parse with its own result type.
func Parse(ctx context.Context, src formats.Source, opt formats.Options) (*Schema, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	opt.Limits = opt.Limits.OrDefault()
	size := len(src.Text)
	for _, r := range src.Resolved {
		size += len(r.Text)
	}
	if size > opt.Limits.Bytes {
		return nil, &formats.LimitError{Limit: "bytes", Max: opt.Limits.Bytes, Got: size}
	}
	b := &budget{limits: opt.Limits}
	file, text, err := read(src.Text, b)
	if err != nil {
		return nil, err
	}
	s := &Schema{source: src, options: opt, own: &Unit{File: file}, text: text}
	s.units = []*Unit{s.own}
	for i := range src.Resolved {
		r := &src.Resolved[i]
		file, _, err := read(r.Text, b)
		if err != nil {
			return nil, located(err, r.Name)
		}
		s.units = append(s.units, &Unit{File: file, Path: r.Name, Reference: &r.Reference})
	}
	return s.complete()
}

// read parses one text: .proto source, or base64 of a FileDescriptorProto. A descriptor is printed as canonical text
// first and that text is parsed, so that there is one form of everything, and a text that positions can refer to.
func read(text string, b *budget) (file *File, written string, err error) {
	file, err = parseFile(text, b)
	if err == nil {
		return file, text, nil
	}
	if _, syntax := err.(*formats.ParseError); !syntax {
		return nil, "", err
	}
	data, isBase64 := decodeBase64(text)
	if !isBase64 {
		return nil, "", err
	}
	written, err = textOfDescriptor(data, b)
	if err != nil {
		return nil, "", err
	}
	file, err = parseFile(written, b)
	return file, written, err
}

func decodeBase64(text string) ([]byte, bool) {
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	return data, err == nil && len(data) > 0
}

// complete builds the names and the canonical text, and validates as the options ask.
func (s *Schema) complete() (*Schema, error) {
	s.names = newNames(builtinNames())
	for i := len(s.units) - 1; i >= 0; i-- {
		s.names.add(s.units[i])
	}
	var err error
	if s.canonical, err = s.own.print(printing{limit: s.options.Limits.Bytes}); err != nil {
		return nil, err
	}
	s.lines = sync.OnceValue(func() *formats.Lines { return formats.NewLines(s.text) })
	s.linked = sync.OnceValues(func() (*Linked, error) { return link(s, false) })
	s.model = sync.OnceValue(func() *Model { return buildModel(s) })
	if s.options.Validate {
		if err := s.resolveAll(); err != nil {
			return nil, err
		}
	}
	if s.options.Validate && s.options.Strict {
		if _, err := link(s, true); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Type is formats.Protobuf.
func (s *Schema) Type() formats.Type { return formats.Protobuf }

// Source is what the schema was parsed from.
func (s *Schema) Source() formats.Source { return s.source }

// Canonical is the text the reference stores: declarations in its order and layout, comments dropped, names as written.
func (s *Schema) Canonical() string { return s.canonical }

// Normalized returns the schema with resolved names, sorted options and fields, and maps for map entries. It fails when a
// name leads nowhere.
func (s *Schema) Normalized() (formats.Schema, error) {
	text, err := s.print(printing{scope: s.names.scopeOf(s.own), limit: s.options.Limits.Bytes})
	if err != nil {
		return nil, err
	}
	src := s.source
	src.Text = text
	opt := s.options
	opt.Validate, opt.Strict = false, false
	n, err := Parse(context.Background(), src, opt)
	if err != nil {
		return nil, err
	}
	// The text is already what is to be stored. Printed again it could differ: json_name is among the sorted options here,
	// and behind the others in a text that was not normalized.
	n.canonical = text
	return n, nil
}

func (s *Schema) print(how printing) (string, error) {
	text, err := s.own.print(how)
	if how.scope != nil {
		if cut := how.scope.Exhausted(); cut != nil {
			return "", cut
		}
	}
	return text, err
}

// Print renders the schema: "ignore_extensions" leaves out custom options and extensions, "serialized" is base64 of the
// FileDescriptorProto, everything else is the canonical text.
func (s *Schema) Print(format string) (string, error) {
	switch format {
	case "ignore_extensions":
		return s.own.print(printing{standard: true, limit: s.options.Limits.Bytes})
	case "serialized":
		return s.serialized()
	}
	return s.canonical, nil
}

// Identity is that of the canonical text.
func (s *Schema) Identity() formats.Identity { return formats.IdentityOf([]byte(s.canonical)) }

// Name is the full name of the first message.
func (s *Schema) Name() string {
	unit := s.facade()
	switch {
	case unit == nil || len(unit.Messages) == 0:
		return ""
	case unit.Package == "":
		return unit.Messages[0].Name
	}
	return unit.Package + "." + unit.Messages[0].Name
}

// Fields names the fields of the first message, oneof members included. A file that is nothing but one public import
// stands for the imported file.
func (s *Schema) Fields() []string {
	unit := s.facade()
	if unit == nil || len(unit.Messages) == 0 {
		return nil
	}
	var names []string
	for f := range unit.Messages[0].AllFields() {
		names = append(names, f.Name)
	}
	return names
}

// facade returns the unit that holds the schema's messages: itself, or what it publicly imports when it has none.
func (s *Schema) facade() *Unit {
	unit := s.own
	for range s.units {
		f := unit.File
		if len(f.Messages)+len(f.Enums)+len(f.Extends)+len(f.Services) > 0 || len(f.Imports) != 1 || f.Imports[0].Kind != PublicImport {
			break
		}
		next := s.imported(f.Imports[0].Path)
		if next == nil {
			break
		}
		unit = next
	}
	return unit
}

// imported returns the unit that an import line means: a reference of that name, with or without the suffix ".proto",
// which some descriptors leave out; else a built-in file.
func (s *Schema) imported(path string) *Unit {
	bare := strings.TrimSuffix(path, ".proto")
	for _, u := range s.units[1:] {
		if u.Path == path {
			return u
		}
	}
	for _, u := range s.units[1:] {
		if strings.TrimSuffix(u.Path, ".proto") == bare {
			return u
		}
	}
	return builtinUnit(bare + ".proto")
}

// Weight estimates the memory of the tree and its names from the canonical text, which has no comments: they take no more than
// they are long, and from what any schema takes.
func (s *Schema) Weight() int {
	texts, parsed := len(s.source.Text)+len(s.canonical), len(s.canonical)
	for _, r := range s.source.Resolved {
		texts, parsed = texts+len(r.Text), parsed+len(r.Text)
	}
	return 1200 + texts + 12*parsed
}

// Text is what the positions of the tree refer to: the source, or the canonical text of a descriptor.
func (s *Schema) Text() string { return s.text }

// Span turns a position in the schema's own file into lines and columns; nil for the zero Pos.
func (s *Schema) Span(p Pos) *formats.Span {
	if p == (Pos{}) {
		return nil
	}
	return s.lines().Span(int(p.Start), int(p.End))
}

// Own is the schema's own file.
func (s *Schema) Own() *Unit { return s.own }

// Linked returns descriptors of the schema and all it imports. They are built on first use; the error says why a
// compiler would refuse the schema.
func (s *Schema) Linked() (*Linked, error) { return s.linked() }

// Scope returns the scope of the top level of the schema's own file. A Scope counts the work of its lookups; it and the
// scopes made from it belong to one goroutine.
func (s *Schema) Scope() *Scope { return s.names.scopeOf(s.own) }
