package diff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats/protobuf"
)

// protobufTree follows the declarations of a file as they are written. What it imports is told by references.
func protobufTree(s *protobuf.Schema) *element {
	b := &protobufBuilder{s: s}
	file := s.Own().File
	root := &element{kind: schemaKind, path: whole}
	syntax := attribute{name: "syntax", text: "proto2"}
	if file.Syntax != "" {
		syntax.text = file.Syntax
	}
	if file.Edition != "" {
		syntax.text = "edition " + file.Edition
	}
	root.attrs = append(root.attrs, syntax)
	if file.Package != "" {
		root.attrs = append(root.attrs, attribute{name: "package", text: file.Package, span: s.Span(file.PackagePos)})
	}
	b.options(root, file.Options)
	for _, i := range file.Imports {
		e := &element{kind: "import", name: i.Path, path: i.Path, keys: []string{i.Path}, span: s.Span(i.Pos)}
		if i.Kind != protobuf.PlainImport {
			e.attrs = []attribute{{name: "kind", text: [...]string{"", "public", "weak"}[i.Kind], span: e.span}}
		}
		root.parts = append(root.parts, e)
	}
	b.types(root, file.Package, file.Messages, file.Enums)
	b.extends(root, file.Package, file.Extends)
	for _, service := range file.Services {
		root.parts = append(root.parts, b.service(file.Package, service))
	}
	return root
}

type protobufBuilder struct{ s *protobuf.Schema }

func join(scope, name string) string {
	if scope == "" {
		return shorten(name, maxPath)
	}
	return under(shorten(scope, maxPath), ".", name)
}

// options adds the options of a declaration as attributes. Of a repeated option, each is one.
func (b *protobufBuilder) options(e *element, options []protobuf.Option) {
	count := map[string]int{}
	for _, o := range options {
		name, value := o.Spelled()
		name = "option " + name
		if count[name]++; count[name] > 1 {
			name += " #" + strconv.Itoa(count[name])
		}
		e.attrs = append(e.attrs, attribute{name: name, text: value, span: b.s.Span(o.Pos), note: !encodes(o)})
	}
}

// encodes reports whether an option changes how data is written.
func encodes(o protobuf.Option) bool {
	return !o.Paren && slices.Contains([]string{"packed", "features", "map_entry", "message_set_wire_format"}, o.Name)
}

func (b *protobufBuilder) types(into *element, scope string, messages []*protobuf.Message, enums []*protobuf.Enum) {
	for _, m := range messages {
		into.parts = append(into.parts, b.message(scope, m))
	}
	for _, e := range enums {
		into.parts = append(into.parts, b.enum(scope, e))
	}
}

// extends makes elements of extend blocks; those that extend one message are one element.
func (b *protobufBuilder) extends(into *element, scope string, extends []*protobuf.Extend) {
	blocks := map[string]*element{}
	for _, x := range extends {
		e := blocks[x.Extendee]
		if e == nil {
			e = &element{kind: "extend block", name: x.Extendee, path: join(scope, "extend "+x.Extendee), keys: []string{x.Extendee}, span: b.s.Span(x.Pos)}
			blocks[x.Extendee] = e
			into.parts = append(into.parts, e)
		}
		for _, list := range [][]*protobuf.Field{x.Fields, x.Groups} {
			for _, f := range list {
				b.field(e, scope, f, "")
			}
		}
	}
}

func (b *protobufBuilder) message(scope string, m *protobuf.Message) *element {
	path := join(scope, m.Name)
	e := &element{kind: "message", name: m.Name, path: path, keys: []string{m.Name}, span: b.s.Span(m.Pos)}
	b.options(e, m.Options)
	for _, f := range m.Fields {
		b.field(e, path, f, "")
	}
	for _, f := range m.Groups {
		b.field(e, path, f, "")
	}
	for _, o := range m.Oneofs {
		oneof := &element{kind: "oneof", name: o.Name, path: join(path, o.Name), keys: []string{o.Name}, span: b.s.Span(o.Pos)}
		b.options(oneof, o.Options)
		e.parts = append(e.parts, oneof)
		for _, list := range [][]*protobuf.Field{o.Fields, o.Groups} {
			for _, f := range list {
				b.field(e, path, f, o.Name)
			}
		}
	}
	b.reserved(e, m.Reserved)
	for _, x := range m.Extensions {
		for _, r := range x.Ranges {
			text := rangeText(r)
			e.parts = append(e.parts, &element{kind: "extension range", name: text, path: path, keys: []string{text}, span: b.s.Span(r.Pos)})
		}
	}
	b.types(e, path, m.Messages, m.Enums)
	b.extends(e, path, m.Extends)
	return e
}

// field adds a field, and for a group its body. A field is known by its number, which is what data carries.
func (b *protobufBuilder) field(into *element, scope string, f *protobuf.Field, oneof string) {
	number := strconv.Itoa(int(f.Number))
	span := b.s.Span(f.Pos)
	e := &element{kind: "field", name: f.Name, path: join(scope, f.Name), keys: []string{number + " " + f.Name, number, f.Name}, span: span}
	kind := f.Type
	if f.Map != nil {
		kind = "map<" + f.Map.Key + ", " + f.Map.Value + ">"
	}
	if f.Group != nil {
		kind = "group " + f.Group.Name
	}
	e.text = strings.TrimSpace(f.Label.String() + " " + kind + " = " + number)
	e.attrs = append(e.attrs,
		attribute{name: "name", text: f.Name, span: b.s.Span(f.NamePos)},
		attribute{name: "number", text: number, span: b.s.Span(f.NumberPos)},
		attribute{name: "type", text: kind, span: b.s.Span(f.TypePos)})
	if f.Label != protobuf.NoLabel {
		e.attrs = append(e.attrs, attribute{name: "label", text: f.Label.String()})
	}
	if oneof != "" {
		e.attrs = append(e.attrs, attribute{name: "oneof", text: oneof})
	}
	if f.Default != nil {
		e.attrs = append(e.attrs, attribute{name: "default", text: f.Default.String()})
	}
	if f.JSONName != nil {
		e.attrs = append(e.attrs, attribute{name: "json_name", text: *f.JSONName})
	}
	b.options(e, f.Options)
	into.parts = append(into.parts, e)
	if f.Group != nil {
		into.parts = append(into.parts, b.message(scope, f.Group))
	}
}

func (b *protobufBuilder) reserved(e *element, list []protobuf.Reserved) {
	for _, r := range list {
		for _, v := range r.Values {
			text := ""
			if v.Name != nil {
				text = *v.Name
			} else {
				text = rangeText(v.Range)
			}
			e.parts = append(e.parts, &element{kind: "reservation", name: text, path: e.path, keys: []string{text}, span: b.s.Span(r.Pos)})
		}
	}
}

func rangeText(r protobuf.Range) string {
	start := strconv.Itoa(int(r.Start))
	switch {
	case r.ToMax:
		return start + " to max"
	case r.Start == r.End:
		return start
	}
	return start + " to " + strconv.Itoa(int(r.End))
}

func (b *protobufBuilder) enum(scope string, m *protobuf.Enum) *element {
	path := join(scope, m.Name)
	e := &element{kind: "enum", name: m.Name, path: path, keys: []string{m.Name}, span: b.s.Span(m.Pos)}
	b.options(e, m.Options)
	for _, v := range m.Values {
		number := strconv.Itoa(int(v.Number))
		value := &element{
			kind: "enum value", name: v.Name, path: join(path, v.Name), text: number, span: b.s.Span(v.Pos),
			keys: []string{number + " " + v.Name, number, v.Name},
		}
		value.attrs = []attribute{{name: "name", text: v.Name, span: b.s.Span(v.NamePos)}, {name: "number", text: number}}
		b.options(value, v.Options)
		e.parts = append(e.parts, value)
	}
	b.reserved(e, m.Reserved)
	return e
}

func (b *protobufBuilder) service(scope string, s *protobuf.Service) *element {
	path := join(scope, s.Name)
	e := &element{kind: "service", name: s.Name, path: path, keys: []string{s.Name}, span: b.s.Span(s.Pos)}
	b.options(e, s.Options)
	for _, m := range s.Methods {
		span := b.s.Span(m.Pos)
		method := &element{kind: "rpc", name: m.Name, path: join(path, m.Name), keys: []string{m.Name}, span: span}
		method.attrs = []attribute{
			{name: "request", text: streamed(m.InputStreaming, m.Input)},
			{name: "response", text: streamed(m.OutputStreaming, m.Output)},
		}
		b.options(method, m.Options)
		e.parts = append(e.parts, method)
	}
	return e
}

func streamed(stream bool, name string) string {
	if stream {
		return "stream " + name
	}
	return name
}
