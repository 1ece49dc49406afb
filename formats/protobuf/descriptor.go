package protobuf

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/concord-registry/concord/formats"
)

// textOfDescriptor prints an encoded FileDescriptorProto as a .proto text.
func textOfDescriptor(data []byte, b *budget) (string, error) {
	if err := descriptorDepth(data, b.depth()); err != nil {
		return "", err
	}
	fd := &descriptorpb.FileDescriptorProto{}
	if err := proto.Unmarshal(data, fd); err != nil {
		return "", &formats.ParseError{Message: "neither a .proto text nor base64 of a FileDescriptorProto: " + cause(err)}
	}
	if !plausible(fd) {
		return "", &formats.ParseError{Message: "neither a .proto text nor base64 of a FileDescriptorProto that declares something"}
	}
	file, err := fileOfDescriptor(fd)
	if err != nil {
		return "", err
	}
	return file.print(printing{limit: b.limits.Bytes})
}

// cause is an error's text in one line of plain spaces.
func cause(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// plausible tells descriptors from bytes that decode as one by accident.
func plausible(fd *descriptorpb.FileDescriptorProto) bool {
	return fd.Name != nil || fd.Package != nil || fd.Syntax != nil || len(fd.Dependency)+len(fd.MessageType)+len(fd.EnumType)+len(fd.Extension)+len(fd.Service) > 0
}

// fileOfDescriptor turns a descriptor into the tree that the reference makes of it: type names keep their leading dot,
// maps stay repeated fields of a nested entry type, custom options are lost except confluent's. Unlike the reference we
// keep groups and the edition.
func fileOfDescriptor(fd *descriptorpb.FileDescriptorProto) (file *File, err error) {
	d := &descriptors{proto3: fd.GetSyntax() == "proto3"}
	f := &File{Package: fd.GetPackage()}
	switch syntax := fd.GetSyntax(); syntax {
	case "", "proto2", "proto3":
		f.Syntax = syntax
	case "editions":
		if fd.GetEdition() != descriptorpb.Edition_EDITION_2023 {
			return nil, &formats.ParseError{Message: fmt.Sprintf("the descriptor's edition %s is not supported; use 2023", strings.TrimPrefix(fd.GetEdition().String(), "EDITION_"))}
		}
		f.Edition, d.editions = "2023", true
	default:
		return nil, &formats.ParseError{Message: fmt.Sprintf("the descriptor's syntax %q is unknown", shorten(syntax))}
	}
	public := map[int32]bool{}
	for _, i := range fd.PublicDependency {
		public[i] = true
	}
	weak := map[int32]bool{}
	for _, i := range fd.WeakDependency {
		weak[i] = true
	}
	for i, path := range fd.Dependency {
		imp := Import{Path: path}
		if public[int32(i)] {
			imp.Kind = PublicImport
		} else if weak[int32(i)] {
			imp.Kind = WeakImport
		}
		f.Imports = append(f.Imports, imp)
	}
	f.Options = standardOptions(fd.Options, "confluent.file_meta")
	for _, m := range fd.MessageType {
		f.Messages = append(f.Messages, d.message(m))
	}
	for _, e := range fd.EnumType {
		f.Enums = append(f.Enums, d.enum(e))
	}
	types := groupTypes{messages: f.Messages}
	f.Extends = d.extends(fd.Extension, &types)
	f.Messages = types.left()
	for _, s := range fd.Service {
		f.Services = append(f.Services, d.service(s))
	}
	return f, d.err
}

// descriptors converts the parts of one file.
type descriptors struct {
	proto3, editions bool
	err              error
}

func (d *descriptors) name(s string) string {
	if !isIdentifier(s) || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		d.fail("the descriptor holds the name %q, which is not an identifier", s)
	}
	return s
}

func (d *descriptors) fail(format, s string) {
	if d.err == nil {
		d.err = &formats.ParseError{Message: fmt.Sprintf(format, shorten(s))}
	}
}

func (d *descriptors) message(md *descriptorpb.DescriptorProto) *Message {
	m := &Message{Name: d.name(md.GetName()), Options: standardOptions(md.Options, "confluent.message_meta")}
	for _, nested := range md.NestedType {
		m.Messages = append(m.Messages, d.message(nested))
	}
	for _, e := range md.EnumType {
		m.Enums = append(m.Enums, d.enum(e))
	}
	oneofs := make([]*Oneof, len(md.OneofDecl))
	for i, o := range md.OneofDecl {
		oneofs[i] = &Oneof{Name: d.name(o.GetName()), Options: standardOptions(o.Options, "")}
	}
	types := groupTypes{messages: m.Messages}
	for _, fd := range md.Field {
		var o *Oneof
		if fd.OneofIndex != nil && !fd.GetProto3Optional() {
			if i := fd.GetOneofIndex(); i < 0 || int(i) >= len(oneofs) {
				d.fail("the descriptor's field %q is in a oneof that does not exist", fd.GetName())
				continue
			}
			o = oneofs[fd.GetOneofIndex()]
		}
		f := d.field(fd, o != nil, &types)
		switch {
		case o != nil && f.Group != nil:
			o.Groups = append(o.Groups, f)
		case o != nil:
			o.Fields = append(o.Fields, f)
		case f.Group != nil:
			m.Groups = append(m.Groups, f)
		default:
			m.Fields = append(m.Fields, f)
		}
	}
	for _, o := range oneofs {
		if len(o.Fields)+len(o.Groups) > 0 {
			m.Oneofs = append(m.Oneofs, o)
		}
	}
	m.Extends = d.extends(md.Extension, &types)
	m.Messages = types.left()
	for _, r := range md.ReservedRange {
		m.Reserved = append(m.Reserved, Reserved{Values: []ReservedValue{{Range: closed(r.GetStart(), r.GetEnd()-1, maxNumber)}}})
	}
	m.Reserved = append(m.Reserved, reservedNames(md.ReservedName)...)
	for _, r := range md.ExtensionRange {
		m.Extensions = append(m.Extensions, Extensions{Ranges: []Range{closed(r.GetStart(), r.GetEnd()-1, maxNumber)}, Options: standardOptions(r.Options, "")})
	}
	return m
}

func closed(start, end, last int32) Range {
	return Range{Start: start, End: end, Single: start == end, ToMax: end >= last}
}

func reservedNames(names []string) []Reserved {
	var out []Reserved
	for _, name := range names {
		out = append(out, Reserved{Values: []ReservedValue{{Name: &name}}})
	}
	return out
}

// extends groups extension fields by the message they extend, in order of first mention.
func (d *descriptors) extends(fields []*descriptorpb.FieldDescriptorProto, types *groupTypes) []*Extend {
	var out []*Extend
	index := map[string]*Extend{}
	for _, fd := range fields {
		e := index[fd.GetExtendee()]
		if e == nil {
			e = &Extend{Extendee: d.path(fd.GetExtendee())}
			index[fd.GetExtendee()] = e
			out = append(out, e)
		}
		if f := d.field(fd, false, types); f.Group != nil {
			e.Groups = append(e.Groups, f)
		} else {
			e.Fields = append(e.Fields, f)
		}
	}
	return out
}

func (d *descriptors) path(s string) string {
	if !isPath(s) || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") != "" {
		d.fail("the descriptor holds %q, which is not the name of a type", s)
	}
	return s
}

// field converts a field. A group takes its type out of types.
func (d *descriptors) field(fd *descriptorpb.FieldDescriptorProto, inOneof bool, types *groupTypes) *Field {
	f := &Field{Name: d.name(fd.GetName()), Number: fd.GetNumber(), JSONName: fd.JsonName}
	f.Options = standardOptions(fd.Options, "confluent.field_meta")
	switch label := fd.GetLabel(); {
	case inOneof:
	case label == descriptorpb.FieldDescriptorProto_LABEL_REPEATED:
		f.Label = Repeated
	case fd.GetProto3Optional():
		f.Label = Optional
	case d.proto3 || d.editions:
	case label == descriptorpb.FieldDescriptorProto_LABEL_REQUIRED:
		f.Label = Required
	default:
		f.Label = Optional
	}
	switch {
	case fd.GetType() == descriptorpb.FieldDescriptorProto_TYPE_GROUP && !d.editions:
		f.Group = types.take(fd.GetTypeName())
		if f.Group == nil {
			d.fail("the descriptor's group %q has no type beside it", fd.GetName())
			f.Group = &Message{Name: "Group"}
		}
	case fd.TypeName != nil:
		f.Type = d.path(fd.GetTypeName())
	default:
		f.Type = strings.ToLower(strings.TrimPrefix(fd.GetType().String(), "TYPE_"))
		if !scalars[f.Type] {
			d.fail("the descriptor's field %q has no type", fd.GetName())
		}
	}
	if fd.DefaultValue != nil && !d.proto3 {
		f.Default = defaultOfDescriptor(fd)
	}
	return f
}

// groupTypes are the messages beside some fields, of which the groups among the fields take theirs.
type groupTypes struct {
	messages []*Message
	named    map[string][]*Message // of messages, those not taken; made when a group first looks
	taken    map[*Message]bool
}

// take takes the first message that the name of a group's type ends in, nil if there is none.
func (t *groupTypes) take(typeName string) *Message {
	if t.named == nil {
		t.named, t.taken = map[string][]*Message{}, map[*Message]bool{}
		for _, m := range t.messages {
			t.named[m.Name] = append(t.named[m.Name], m)
		}
	}
	name := typeName[strings.LastIndexByte(typeName, '.')+1:]
	found := t.named[name]
	if len(found) == 0 {
		return nil
	}
	t.named[name], t.taken[found[0]] = found[1:], true
	return found[0]
}

// left is the messages that no group took.
func (t *groupTypes) left() []*Message {
	return slices.DeleteFunc(t.messages, func(m *Message) bool { return t.taken[m] })
}

func defaultOfDescriptor(fd *descriptorpb.FieldDescriptorProto) *Value {
	text := fd.GetDefaultValue()
	switch fd.GetType() {
	case descriptorpb.FieldDescriptorProto_TYPE_STRING:
		return &Value{Kind: StringValue, Text: text}
	case descriptorpb.FieldDescriptorProto_TYPE_BYTES:
		if content, ok := unescape(text); ok {
			return &Value{Kind: StringValue, Text: content}
		}
		return &Value{Kind: StringValue, Text: text}
	case descriptorpb.FieldDescriptorProto_TYPE_BOOL:
		return &Value{Kind: BoolValue, Text: text}
	case descriptorpb.FieldDescriptorProto_TYPE_ENUM:
		return &Value{Kind: IdentValue, Text: text}
	}
	return &Value{Kind: NumberValue, Text: text}
}

// unescape reads the C escapes that descriptors use for the default of a bytes field.
func unescape(text string) (content string, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ours := r.(stop); !ours {
				panic(r)
			}
			content, ok = "", false
		}
	}()
	var out strings.Builder
	l := &lexer{text: text, budget: &budget{limits: formats.DefaultLimits()}}
	for l.at < len(text) {
		if text[l.at] != '\\' {
			out.WriteByte(text[l.at])
			l.at++
			continue
		}
		l.at++
		l.escape(&out)
	}
	return out.String(), true
}

func (d *descriptors) enum(ed *descriptorpb.EnumDescriptorProto) *Enum {
	e := &Enum{Name: d.name(ed.GetName()), Options: standardOptions(ed.Options, "confluent.enum_meta")}
	for _, v := range ed.Value {
		e.Values = append(e.Values, &EnumValue{Name: d.name(v.GetName()), Number: v.GetNumber(), Options: standardOptions(v.Options, "confluent.enum_value_meta")})
	}
	for _, r := range ed.ReservedRange {
		e.Reserved = append(e.Reserved, Reserved{Values: []ReservedValue{{Range: closed(r.GetStart(), r.GetEnd(), math.MaxInt32)}}})
	}
	e.Reserved = append(e.Reserved, reservedNames(ed.ReservedName)...)
	return e
}

func (d *descriptors) service(sd *descriptorpb.ServiceDescriptorProto) *Service {
	s := &Service{Name: d.name(sd.GetName()), Options: standardOptions(sd.Options, "")}
	for _, m := range sd.Method {
		s.Methods = append(s.Methods, &Method{
			Name: d.name(m.GetName()), Input: d.path(m.GetInputType()), Output: d.path(m.GetOutputType()),
			InputStreaming: m.GetClientStreaming(), OutputStreaming: m.GetServerStreaming(), Options: standardOptions(m.Options, ""),
		})
	}
	return s
}
