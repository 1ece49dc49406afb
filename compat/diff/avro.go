package diff

import (
	"fmt"
	"strings"

	"github.com/concord-registry/concord/formats/avro"
)

// avroTree has the named types of a schema, those of its references included, beside each other: they may be used in many
// places, and are the same type in all of them.
func avroTree(s *avro.Schema) *element {
	b := &avroBuilder{s: s, seen: map[*avro.Type]bool{}}
	root := &element{kind: schemaKind, path: whole, span: s.Span(s.RootPos())}
	if !s.Root().Kind.Named() {
		root.attrs = []attribute{{name: "type", text: describe(s.Root()), span: root.span}}
	}
	b.visit(s.Root())
	root.parts = b.types
	if s.Root().Kind.Named() {
		// The type as a whole stays the same one under another name.
		root.parts[0].also = append(root.parts[0].also, "\x00root")
	}
	return root
}

type avroBuilder struct {
	s     *avro.Schema
	seen  map[*avro.Type]bool
	types []*element
}

// visit adds the named types that are reached from t.
func (b *avroBuilder) visit(t *avro.Type) {
	if t == nil || t.Kind.Named() && b.seen[t] {
		return
	}
	b.visit(t.Items)
	for _, branch := range t.Branches {
		b.visit(branch)
	}
	if !t.Kind.Named() {
		return
	}
	b.seen[t] = true
	b.types = append(b.types, b.named(t))
	for i := range t.Fields {
		b.visit(t.Fields[i].Type)
	}
}

// named makes an element of a record, enum or fixed. The kind of all of them is "type": one may become another.
func (b *avroBuilder) named(t *avro.Type) *element {
	span := b.s.Span(t.Pos)
	e := &element{kind: "type", name: t.Name.Full, path: shorten(t.Name.Full, maxPath), keys: []string{t.Name.Full, t.Name.Local}, text: t.Kind.String(), span: span}
	e.attrs = append(e.attrs, attribute{name: "name", text: t.Name.Full, span: b.s.Span(t.NamePos)}, attribute{name: "kind", text: t.Kind.String()})
	e.aliases(names(t.Aliases))
	e.also = append(e.also, names(t.Aliases)...)
	e.doc(t.Doc)
	if t.IsError {
		e.attrs = append(e.attrs, attribute{name: "error", text: "true"})
	}
	if t.Kind == avro.Fixed {
		e.attrs = append(e.attrs, attribute{name: "size", text: fmt.Sprint(t.Size), span: b.s.Span(t.SizePos)})
	}
	if t.Default != nil {
		e.attrs = append(e.attrs, attribute{name: "default", text: fmt.Sprintf("%q", *t.Default)})
	}
	e.props(t.Props)
	for i := range t.Fields {
		e.parts = append(e.parts, b.field(t, &t.Fields[i]))
	}
	if t.Kind == avro.Enum {
		e.attrs = append(e.attrs, attribute{name: "symbols", text: strings.Join(t.Symbols, ", "), set: t.Symbols, span: b.s.Span(t.SymbolsPos)})
	}
	return e
}

func (b *avroBuilder) field(of *avro.Type, f *avro.Field) *element {
	span := b.s.Span(f.Pos)
	e := &element{kind: "field", name: f.Name, path: under(shorten(of.Name.Full, maxPath), ".", f.Name), keys: []string{f.Name}, also: f.Aliases, span: span}
	e.text = describe(f.Type)
	e.attrs = append(e.attrs, attribute{name: "name", text: f.Name, span: b.s.Span(f.NamePos)}, attribute{name: "type", text: e.text, span: b.s.Span(f.TypePos)})
	if f.Default != nil {
		text := f.Default.JSON()
		e.attrs = append(e.attrs, attribute{name: "default", text: text, span: b.s.Span(f.DefaultPos)})
		e.text += ", default " + text
	}
	e.aliases(f.Aliases)
	e.doc(f.Doc)
	if f.Order != avro.Ascending {
		e.attrs = append(e.attrs, attribute{name: "order", text: f.Order.String(), note: true})
	}
	e.props(f.Props)
	return e
}

func (e *element) aliases(aliases []string) {
	if len(aliases) > 0 {
		e.attrs = append(e.attrs, attribute{name: "aliases", text: strings.Join(aliases, ", ")})
	}
}

func (e *element) doc(doc *string) {
	if doc != nil {
		e.attrs = append(e.attrs, attribute{name: "doc", text: *doc, note: true})
	}
}

func (e *element) props(props []avro.Prop) {
	for _, p := range props {
		e.attrs = append(e.attrs, attribute{name: p.Key, text: p.Value.JSON()})
	}
}

func names(list []avro.Name) (out []string) {
	for _, n := range list {
		out = append(out, n.Full)
	}
	return out
}

// describe says what a type is made of; named types go by their names.
func describe(t *avro.Type) string {
	text := t.Kind.String()
	switch {
	case t.Kind.Named():
		return t.Name.Full
	case t.Kind == avro.Union:
		branches := make([]string, len(t.Branches))
		for i, b := range t.Branches {
			branches[i] = describe(b)
		}
		return "[" + strings.Join(branches, ", ") + "]"
	case t.Items != nil:
		text += " of " + describe(t.Items)
	}
	if len(t.Props) > 0 {
		props := make([]string, len(t.Props))
		for i, p := range t.Props {
			props[i] = p.Key + " " + p.Value.JSON()
			if p.Key == "logicalType" {
				props[i] = p.Value.Text
			}
		}
		text += " (" + strings.Join(props, ", ") + ")"
	}
	return text
}
