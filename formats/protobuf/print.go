package protobuf

import (
	"math"
	"sort"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// printing says how a tree is printed.
type printing struct {
	// scope resolves names for the normalized text; nil prints the tree as it was written.
	scope *Scope
	// standard leaves out custom options (except confluent's) and all extensions: format=ignore_extensions.
	standard bool
	// limit bounds the text in bytes, so that it can be parsed again.
	limit int
	// edition says that the file has an edition, in which reserved names are not quoted.
	edition bool
	// proto3 says that the file has this syntax.
	proto3 bool
}

// print renders a tree. The layout is the reference's, down to the spaces on blank lines inside a block, because the
// identity of a schema is defined on this text.
func (f *File) print(how printing) (string, error) {
	how.edition, how.proto3 = f.Edition != "", f.Syntax == "proto3"
	p := &printer{printing: how}
	p.head(f)
	if messages := p.kept(f.Messages); len(messages)+len(f.Enums) > 0 {
		p.line("")
		p.types(messages, f.Enums)
	}
	if extends := p.extendBlocks(f.Extends); len(extends) > 0 {
		p.line("")
		p.extends(extends)
	}
	if len(f.Services) > 0 {
		p.line("")
		for _, s := range f.Services {
			p.service(s)
		}
	}
	if p.full() {
		return "", &formats.LimitError{Limit: "bytes of canonical text", Max: how.limit}
	}
	return p.out.String(), p.err
}

// printer writes the lines of a text.
type printer struct {
	printing
	out    strings.Builder
	indent int
	err    error // the first name that could not be resolved
}

func (p *printer) normalize() bool { return p.scope != nil }

// full reports whether the text has outgrown its limit; nothing more is written then.
func (p *printer) full() bool { return p.limit > 0 && p.out.Len() > p.limit }

func (p *printer) write(parts ...string) {
	if p.full() {
		return
	}
	for _, s := range parts {
		p.out.WriteString(s)
	}
}

// start begins a line.
func (p *printer) start() {
	for range p.indent {
		p.write("  ")
	}
}

func (p *printer) line(parts ...string) {
	p.start()
	p.write(parts...)
	p.write("\n")
}

// block writes head, an opening brace, the sections that fill asks for, and a closing brace. Sections are set apart by a
// line that is blank but for the indentation of the block; a block without sections closes on its first line.
func (p *printer) block(head string, fill func(section func(write func()))) {
	p.start()
	p.write(head, " {")
	sections := 0
	fill(func(write func()) {
		if sections++; sections == 1 {
			p.write("\n")
		} else {
			p.line("")
		}
		p.indent++
		write()
		p.indent--
	})
	if sections > 0 {
		p.start()
	}
	p.write("}")
}

func (p *printer) head(f *File) {
	switch {
	case f.Edition != "":
		p.line(`edition = "`, f.Edition, `";`)
	case f.Syntax != "" && !(p.normalize() && f.Syntax == "proto2"):
		p.line(`syntax = "`, f.Syntax, `";`)
	}
	if f.Package != "" {
		p.line("package ", f.Package, ";")
	}
	plain, public := f.imports(p.normalize())
	if len(plain)+len(public) > 0 {
		p.line("")
	}
	for _, path := range plain {
		p.line(`import "`, escape(path), `";`)
	}
	for _, path := range public {
		p.line(`import public "`, escape(path), `";`)
	}
	if options := p.options(f.Options); len(options) > 0 {
		p.line("")
		p.optionLines(options)
	}
}

// imports returns the paths of the plain and of the public imports. Weak imports are not printed.
func (f *File) imports(normalize bool) (plain, public []string) {
	for _, i := range f.Imports {
		switch i.Kind {
		case PlainImport:
			plain = append(plain, i.Path)
		case PublicImport:
			public = append(public, i.Path)
		}
	}
	if normalize {
		plain, public = sortedSet(plain), sortedSet(public)
	}
	return plain, public
}

func sortedSet(list []string) []string {
	sort.Strings(list)
	var set []string
	for i, s := range list {
		if i == 0 || s != list[i-1] {
			set = append(set, s)
		}
	}
	return set
}

// kept returns the messages to print: the normalized text writes map fields as maps, without their entry types.
func (p *printer) kept(messages []*Message) []*Message {
	if !p.normalize() {
		return messages
	}
	var kept []*Message
	for _, m := range messages {
		if !m.IsMapEntry() {
			kept = append(kept, m)
		}
	}
	return kept
}

// types writes messages and then enums; the order within each is significant (message indexes).
func (p *printer) types(messages []*Message, enums []*Enum) {
	for _, m := range messages {
		p.block("message "+m.Name, p.body(m))
		p.write("\n")
	}
	for _, e := range enums {
		p.enum(e)
	}
}

// body returns what fills the block of a message or group.
func (p *printer) body(m *Message) func(section func(write func())) {
	return func(section func(write func())) {
		outer := p.scope
		if outer != nil {
			p.scope = outer.Enter(m.Name)
			defer func() { p.scope = outer }()
		}
		if len(m.Reserved) > 0 {
			section(func() { p.reserved(m.Reserved, maxNumber) })
		}
		if options := p.options(m.Options); len(options) > 0 {
			section(func() { p.optionLines(options) })
		}
		if len(m.Fields) > 0 {
			section(func() { p.fields(m.Fields) })
		}
		if oneofs := p.oneofsOf(m); len(oneofs) > 0 {
			section(func() { p.oneofs(oneofs) })
		}
		if len(m.Groups) > 0 {
			section(func() { p.fields(m.Groups) })
		}
		if len(m.Extensions) > 0 && !p.standard {
			section(func() { p.extensions(m.Extensions) })
		}
		if extends := p.extendBlocks(m.Extends); len(extends) > 0 {
			section(func() { p.extends(extends) })
		}
		if messages := p.kept(m.Messages); len(messages)+len(m.Enums) > 0 {
			section(func() { p.types(messages, m.Enums) })
		}
	}
}

// oneofsOf returns the oneofs of m; the normalized text has those with members, by the number of the first.
func (p *printer) oneofsOf(m *Message) []*Oneof {
	if !p.normalize() {
		return m.Oneofs
	}
	var kept []*Oneof
	for _, o := range m.Oneofs {
		if len(o.Fields)+len(o.Groups) > 0 {
			kept = append(kept, o)
		}
	}
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].lowest() < kept[j].lowest() })
	return kept
}

// lowest returns the smallest number of the fields, or of the groups of a oneof that has no other field.
func (o *Oneof) lowest() int32 {
	members := o.Fields
	if len(members) == 0 {
		members = o.Groups
	}
	n := members[0].Number
	for _, f := range members {
		n = min(n, f.Number)
	}
	return n
}

func (p *printer) oneofs(oneofs []*Oneof) {
	for _, o := range oneofs {
		p.block("oneof "+o.Name, func(section func(write func())) {
			if options := p.options(o.Options); len(options) > 0 {
				section(func() { p.optionLines(options) })
			}
			if len(o.Fields) > 0 {
				section(func() { p.fields(o.Fields) })
			}
			if len(o.Groups) > 0 {
				section(func() { p.fields(o.Groups) })
			}
		})
		p.write("\n")
	}
}

// byNumber returns the fields in the order in which they are printed.
func (p *printer) byNumber(fields []*Field) []*Field {
	if !p.normalize() {
		return fields
	}
	sorted := append([]*Field(nil), fields...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Number < sorted[j].Number })
	return sorted
}

func (p *printer) fields(fields []*Field) {
	for _, f := range p.byNumber(fields) {
		head := f.Label.String()
		if head != "" {
			head += " "
		}
		if f.Group == nil {
			p.field(head, f)
			continue
		}
		p.block(head+"group "+f.Group.Name+" = "+strconv.Itoa(int(f.Number))+p.groupOptions(f), p.body(f.Group))
		p.write("\n")
	}
}

// groupOptions renders the bracketed options of a group.
func (p *printer) groupOptions(f *Field) string {
	options := p.options(f.Options)
	if len(options) == 0 {
		return ""
	}
	inner := &printer{printing: p.printing, indent: p.indent}
	inner.bracketed(options)
	p.fail(inner.err)
	return " " + inner.out.String()
}

func (p *printer) field(label string, f *Field) {
	p.start()
	if f.Map != nil {
		p.write("map<", f.Map.Key, ", ")
		p.valueType(f.Map.Value)
		p.write(">")
	} else if entry := p.entry(f); entry != nil {
		p.write("map<", entry.Field("key").Type, ", ")
		p.valueType(entry.Field("value").Type)
		p.write(">")
	} else {
		p.write(label)
		p.typeName(f.Type)
	}
	p.write(" ", f.Name, " = ", strconv.Itoa(int(f.Number)))
	options := append([]Option(nil), f.Options...)
	if f.Default != nil {
		value := *f.Default
		if f.Type == "string" {
			value.Kind = StringValue
		}
		options = append(options, Option{Name: "default", Value: value})
	}
	if f.JSONName != nil {
		options = append(options, Option{Name: "json_name", Value: Value{Kind: StringValue, Text: *f.JSONName}})
	}
	if options = p.options(options); len(options) > 0 {
		p.write(" ")
		p.bracketed(options)
	}
	p.write(";\n")
}

// entry returns the map entry type that f refers to, when the normalized text writes f as a map.
func (p *printer) entry(f *Field) *Message {
	if !p.normalize() || scalars[f.Type] {
		return nil
	}
	t := p.scope.Find(f.Type)
	if t == nil || t.Message == nil || !t.Message.IsMapEntry() {
		return nil
	}
	key, value := t.Message.Field("key"), t.Message.Field("value")
	if key == nil || value == nil || key.Type == "" || value.Type == "" {
		return nil
	}
	return t.Message
}

// typeName writes the name of a type: resolved, with a leading dot, in the normalized text.
func (p *printer) typeName(name string) {
	if !p.normalize() || scalars[name] {
		p.write(name)
		return
	}
	t := p.scope.Find(name)
	if t == nil {
		p.fail(unresolved(name))
		return
	}
	p.write(".", p.scope.fullName(t.at))
}

// valueType is typeName for the values of maps, which the reference leaves alone when they cannot be resolved.
func (p *printer) valueType(name string) {
	if p.normalize() && !scalars[name] && p.scope.Find(name) == nil {
		p.write(name)
		return
	}
	p.typeName(name)
}

func (p *printer) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *printer) enum(e *Enum) {
	p.block("enum "+e.Name, func(section func(write func())) {
		if len(e.Reserved)+len(e.Options)+len(e.Values) == 0 {
			return
		}
		if p.normalize() {
			outer := p.scope
			p.scope = outer.Enter(e.Name)
			defer func() { p.scope = outer }()
		}
		section(func() {
			p.reserved(e.Reserved, math.MaxInt32)
			p.optionLines(p.options(e.Options))
			p.values(e.Values)
		})
	})
	p.write("\n")
}

// inOrder sorts the values of an enum by number and then by name, as the reference does, but for the first one: it is the
// default. In proto3 that is zero, else it stays what it was.
func (p *printer) inOrder(values []*EnumValue) []*EnumValue {
	sorted := append([]*EnumValue(nil), values...)
	rest := sorted
	if !p.proto3 && len(rest) > 0 {
		rest = rest[1:]
	}
	sort.SliceStable(rest, func(i, j int) bool {
		a, b := rest[i], rest[j]
		switch {
		case p.proto3 && (a.Number == 0) != (b.Number == 0):
			return a.Number == 0
		case a.Number != b.Number:
			return a.Number < b.Number
		}
		return a.Name < b.Name
	})
	return sorted
}

func (p *printer) values(values []*EnumValue) {
	if p.normalize() {
		values = p.inOrder(values)
	}
	for _, v := range values {
		p.start()
		p.write(v.Name, " = ", strconv.Itoa(int(v.Number)))
		if options := p.options(v.Options); len(options) > 0 {
			p.write(" ")
			p.bracketed(options)
		}
		p.write(";\n")
	}
}
