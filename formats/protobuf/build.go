package protobuf

import (
	"math"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/concord-registry/concord/formats"
)

// builder makes the descriptor of one file. Names that lead nowhere stay as they are written, unless whole is set; options that are neither
// standard nor confluent's are left out.
type builder struct {
	unit  *Unit
	scope *Scope
	used  map[*Unit]bool // where the types it refers to come from
	only  *declarations  // what to build, nil for everything
	whole bool           // write names that lead nowhere as whole ones
	count int            // full names so far
	names int            // bytes of full names so far
}

// maxPart bounds the names that the declarations of a part of a file have (LinkFor).
const maxPart = 10_000

// maxFullNames bounds the full names that descriptors of one file hold. Each field has that of its message in its own, so
// that they can be many times the length of the text.
const maxFullNames = 16 << 20

// room counts full names in a scope, or of a type, and reports whether they still fit.
func (b *builder) room(at *node, names int) bool {
	b.count += names
	b.names += names * at.fullLength()
	return b.fits() == nil
}

func (b *builder) fits() error {
	switch {
	case b.names > maxFullNames:
		return &formats.LimitError{Limit: "bytes of full names", Max: maxFullNames}
	case b.only != nil && b.count > maxPart:
		return &formats.LimitError{Limit: "declarations that belong together", Max: maxPart}
	}
	return nil
}

// declared is how many full names the declarations of a scope have, those in nested messages apart.
func declared(messages []*Message, enums []*Enum, extends []*Extend) int {
	n := 1 + len(messages)
	for _, e := range enums {
		n += 1 + len(e.Values)
	}
	for _, e := range extends {
		n += len(e.Fields) + len(e.Groups)
	}
	return n
}

// build returns the descriptor of a unit without its dependencies, and the other units whose types it uses. Of the
// schema's own file it builds what is in only, if that is given. whole is for descriptors that are linked.
func (s *Schema) build(u *Unit, only *declarations, whole bool) (*descriptorpb.FileDescriptorProto, map[*Unit]bool, error) {
	b := &builder{unit: u, scope: s.names.scopeOf(u), used: map[*Unit]bool{}, whole: whole}
	if u.Own() {
		b.only = only
	}
	fd := b.file()
	if err := b.fits(); err != nil {
		return nil, nil, err
	}
	delete(b.used, u)
	return fd, b.used, b.scope.Exhausted()
}

func (b *builder) file() *descriptorpb.FileDescriptorProto {
	f := b.unit.File
	fd := &descriptorpb.FileDescriptorProto{}
	if b.only == nil && !b.room(b.scope.at, declared(f.Messages, f.Enums, f.Extends)) {
		return fd
	}
	if f.Package != "" {
		fd.Package = &f.Package
	}
	switch {
	case f.Edition != "":
		fd.Syntax, fd.Edition = proto.String("editions"), descriptorpb.Edition_EDITION_2023.Enum()
	case f.Syntax != "":
		fd.Syntax = &f.Syntax
	}
	if options := (&descriptorpb.FileOptions{}); b.options(options, f.Options) {
		fd.Options = options
	}
	for _, m := range f.Messages {
		if b.only.has(m) {
			fd.MessageType = append(fd.MessageType, b.message(b.scope, m))
		}
	}
	for _, e := range f.Enums {
		if b.only.has(e) && (b.only == nil || b.room(b.scope.at, declared(nil, []*Enum{e}, nil))) {
			fd.EnumType = append(fd.EnumType, b.enum(e))
		}
	}
	for _, e := range f.Extends {
		if !b.only.has(e) || b.only != nil && !b.room(b.scope.at, declared(nil, nil, []*Extend{e})) {
			continue
		}
		fields, groups := b.extend(b.scope, e)
		fd.Extension = append(fd.Extension, fields...)
		fd.MessageType = append(fd.MessageType, groups...)
	}
	for _, s := range f.Services {
		if b.only != nil {
			break
		}
		fd.Service = append(fd.Service, b.service(s))
	}
	return fd
}

func (b *builder) message(outer *Scope, m *Message) *descriptorpb.DescriptorProto {
	s := outer.Enter(m.Name)
	md := &descriptorpb.DescriptorProto{Name: &m.Name}
	names := declared(m.Messages, m.Enums, m.Extends) + len(m.Oneofs)
	for _, list := range m.fieldLists() {
		names += len(list)
	}
	if !b.room(s.at, names) {
		return md
	}
	if options := (&descriptorpb.MessageOptions{}); b.options(options, m.Options) {
		md.Options = options
	}
	for _, nested := range m.Messages {
		md.NestedType = append(md.NestedType, b.message(s, nested))
	}
	for _, e := range m.Enums {
		md.EnumType = append(md.EnumType, b.enum(e))
	}
	b.members(s, m, md)
	for _, e := range m.Extends {
		fields, groups := b.extend(s, e)
		md.Extension = append(md.Extension, fields...)
		md.NestedType = append(md.NestedType, groups...)
	}
	b.ranges(m, md)
	return md
}

// members adds fields, oneofs and groups, and behind the nested types that the text declares those that it implies: the
// bodies of groups and the entries of maps. So the indexes of the declared ones stay what they are in the text.
func (b *builder) members(s *Scope, m *Message, md *descriptorpb.DescriptorProto) {
	var entries []*descriptorpb.DescriptorProto
	full := "." + s.at.fullName()
	add := func(f *Field, oneof *int32) {
		fd := b.field(s, f)
		fd.OneofIndex = oneof
		if f.Group != nil {
			md.NestedType = append(md.NestedType, b.message(s, f.Group))
		}
		if f.Map != nil {
			entry := b.entry(s, f)
			fd.TypeName = proto.String(full + "." + entry.GetName())
			entries = append(entries, entry)
		}
		md.Field = append(md.Field, fd)
	}
	for _, f := range m.Fields {
		add(f, nil)
	}
	for i, o := range m.Oneofs {
		od := &descriptorpb.OneofDescriptorProto{Name: &o.Name}
		if options := (&descriptorpb.OneofOptions{}); b.options(options, o.Options) {
			od.Options = options
		}
		md.OneofDecl = append(md.OneofDecl, od)
		for _, list := range [][]*Field{o.Fields, o.Groups} {
			for _, f := range list {
				add(f, proto.Int32(int32(i)))
			}
		}
	}
	for _, f := range m.Groups {
		add(f, nil)
	}
	md.NestedType = append(md.NestedType, entries...)
	b.optionals(md)
}

// optionals gives each proto3 optional field the oneof of its own that stands for its presence.
func (b *builder) optionals(md *descriptorpb.DescriptorProto) {
	for _, fd := range md.Field {
		if fd.GetProto3Optional() {
			fd.OneofIndex = proto.Int32(int32(len(md.OneofDecl)))
			md.OneofDecl = append(md.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: proto.String("_" + fd.GetName())})
		}
	}
}

func (b *builder) field(s *Scope, f *Field) *descriptorpb.FieldDescriptorProto {
	fd := &descriptorpb.FieldDescriptorProto{Name: &f.Name, Number: &f.Number, JsonName: f.JSONName}
	fd.Label = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
	switch {
	case f.Label == Repeated || f.Map != nil:
		fd.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	case f.Label == Required:
		fd.Label = descriptorpb.FieldDescriptorProto_LABEL_REQUIRED.Enum()
	case f.Label == Optional && b.unit.Syntax == "proto3":
		fd.Proto3Optional = proto.Bool(true)
	}
	switch {
	case f.Map != nil:
		fd.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
	case f.Group != nil:
		fd.Type = descriptorpb.FieldDescriptorProto_TYPE_GROUP.Enum()
		fd.TypeName = proto.String("." + s.Enter(f.Group.Name).at.fullName())
	default:
		b.typeOf(s, f.Type, fd)
	}
	if f.Default != nil {
		fd.DefaultValue = proto.String(defaultForDescriptor(fd.GetType(), *f.Default))
	}
	if options := (&descriptorpb.FieldOptions{}); b.options(options, f.Options) {
		fd.Options = options
	}
	return fd
}

// typeOf sets the type of a field from its written name.
func (b *builder) typeOf(s *Scope, name string, fd *descriptorpb.FieldDescriptorProto) {
	if scalars[name] {
		fd.Type = descriptorpb.FieldDescriptorProto_Type(descriptorpb.FieldDescriptorProto_Type_value["TYPE_"+strings.ToUpper(name)]).Enum()
		return
	}
	t := s.Find(name)
	if t == nil {
		fd.TypeName = proto.String(b.unresolved(name))
		return
	}
	if !b.room(t.at, 1) {
		return
	}
	b.used[t.Unit] = true
	fd.TypeName = proto.String("." + t.FullName())
	switch {
	case t.Enum != nil:
		fd.Type = descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum()
	default:
		fd.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
	}
}

// entry is the type that stands for the entries of a map.
func (b *builder) entry(s *Scope, f *Field) *descriptorpb.DescriptorProto {
	name := entryName(f.Name)
	key := &descriptorpb.FieldDescriptorProto{Name: proto.String("key"), Number: proto.Int32(1), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()}
	value := &descriptorpb.FieldDescriptorProto{Name: proto.String("value"), Number: proto.Int32(2), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()}
	b.typeOf(s, f.Map.Key, key)
	b.typeOf(s, f.Map.Value, value)
	// Features that are set on a map hold for its keys and values, as in protoc.
	if options := (&descriptorpb.FieldOptions{}); b.options(options, f.Options) && options.Features != nil {
		key.Options = &descriptorpb.FieldOptions{Features: options.Features}
		value.Options = &descriptorpb.FieldOptions{Features: options.Features}
	}
	return &descriptorpb.DescriptorProto{
		Name: &name, Field: []*descriptorpb.FieldDescriptorProto{key, value}, Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
	}
}

// entryName is the name that compilers give to the entry type of a map: the field's in camel case, then "Entry".
func entryName(field string) string {
	var out strings.Builder
	upper := true
	for i := range len(field) {
		c := field[i]
		switch {
		case c == '_':
			upper = true
			continue
		case upper && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		upper = false
		out.WriteByte(c)
	}
	return out.String() + "Entry"
}

// extend returns the extension fields of a block, and the types of its groups.
func (b *builder) extend(s *Scope, e *Extend) (fields []*descriptorpb.FieldDescriptorProto, groups []*descriptorpb.DescriptorProto) {
	extendee := b.unresolved(e.Extendee)
	if t := s.Find(e.Extendee); t != nil {
		b.used[t.Unit] = true
		extendee = "." + t.FullName()
	}
	for _, list := range [][]*Field{e.Fields, e.Groups} {
		for _, f := range list {
			fd := b.field(s, f)
			fd.Extendee = &extendee
			fields = append(fields, fd)
			if f.Group != nil {
				groups = append(groups, b.message(s, f.Group))
			}
		}
	}
	return fields, groups
}

func (b *builder) ranges(m *Message, md *descriptorpb.DescriptorProto) {
	for _, r := range m.Reserved {
		for _, v := range r.Values {
			if v.Name != nil {
				md.ReservedName = append(md.ReservedName, *v.Name)
				continue
			}
			md.ReservedRange = append(md.ReservedRange, &descriptorpb.DescriptorProto_ReservedRange{Start: proto.Int32(v.Range.Start), End: proto.Int32(after(v.Range.End))})
		}
	}
	last := int32(maxNumber)
	if v, ok := option(m.Options, "message_set_wire_format"); ok && v.Text == "true" {
		last = math.MaxInt32 - 1
	}
	for _, x := range m.Extensions {
		for _, r := range x.Ranges {
			end := r.End
			if r.ToMax {
				end = last
			}
			xd := &descriptorpb.DescriptorProto_ExtensionRange{Start: proto.Int32(r.Start), End: proto.Int32(after(end))}
			if options := (&descriptorpb.ExtensionRangeOptions{}); b.options(options, x.Options) {
				xd.Options = options
			}
			md.ExtensionRange = append(md.ExtensionRange, xd)
		}
	}
}

// after turns an inclusive end into an exclusive one.
func after(end int32) int32 {
	if end == math.MaxInt32 {
		return end
	}
	return end + 1
}

func (b *builder) enum(e *Enum) *descriptorpb.EnumDescriptorProto {
	ed := &descriptorpb.EnumDescriptorProto{Name: &e.Name}
	if options := (&descriptorpb.EnumOptions{}); b.options(options, e.Options) {
		ed.Options = options
	}
	for _, v := range e.Values {
		vd := &descriptorpb.EnumValueDescriptorProto{Name: &v.Name, Number: &v.Number}
		if options := (&descriptorpb.EnumValueOptions{}); b.options(options, v.Options) {
			vd.Options = options
		}
		ed.Value = append(ed.Value, vd)
	}
	for _, r := range e.Reserved {
		for _, v := range r.Values {
			if v.Name != nil {
				ed.ReservedName = append(ed.ReservedName, *v.Name)
				continue
			}
			end := v.Range.End
			if v.Range.ToMax {
				end = math.MaxInt32
			}
			ed.ReservedRange = append(ed.ReservedRange, &descriptorpb.EnumDescriptorProto_EnumReservedRange{Start: proto.Int32(v.Range.Start), End: proto.Int32(end)})
		}
	}
	return ed
}

func (b *builder) service(s *Service) *descriptorpb.ServiceDescriptorProto {
	sd := &descriptorpb.ServiceDescriptorProto{Name: &s.Name}
	if options := (&descriptorpb.ServiceOptions{}); b.options(options, s.Options) {
		sd.Options = options
	}
	for _, m := range s.Methods {
		md := &descriptorpb.MethodDescriptorProto{Name: &m.Name, InputType: proto.String(b.parameter(m.Input)), OutputType: proto.String(b.parameter(m.Output))}
		if m.InputStreaming {
			md.ClientStreaming = proto.Bool(true)
		}
		if m.OutputStreaming {
			md.ServerStreaming = proto.Bool(true)
		}
		if options := (&descriptorpb.MethodOptions{}); b.options(options, m.Options) {
			md.Options = options
		}
		sd.Method = append(sd.Method, md)
	}
	return sd
}

// parameter resolves the name of a method's message.
func (b *builder) parameter(name string) string {
	t := b.scope.Find(name)
	if t == nil {
		return b.unresolved(name)
	}
	b.used[t.Unit] = true
	return "." + t.FullName()
}

// unresolved is what stands for a name that leads nowhere. Whoever links would look for it in every scope once more, each
// with a name of its own: in a package of 15,000 parts that takes half a minute. A whole name is looked for once.
func (b *builder) unresolved(name string) string {
	if b.whole && !strings.HasPrefix(name, ".") {
		return "." + name
	}
	return name
}
