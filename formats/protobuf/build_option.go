package protobuf

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// options sets the standard options and confluent's metadata on a descriptor's options, and reports whether there were
// any.
func (b *builder) options(into proto.Message, options []Option) bool {
	m := into.ProtoReflect()
	var metadata []Option
	set := false
	for _, o := range options {
		if o.Paren {
			if strings.HasPrefix(strings.TrimPrefix(o.Name, "."), "confluent.") {
				metadata = append(metadata, o)
			}
			continue
		}
		path := strings.Split(o.Name, ".")
		for _, part := range o.Path {
			path = append(path, part.Name)
		}
		set = assign(m, path, o.Value) || set
	}
	for _, o := range b.scope.normalizeOptions(metadata) {
		if _, ok := strings.CutPrefix(o.Name, "confluent."); ok && strings.HasSuffix(o.Name, "_meta") {
			content := protowire.AppendTag(nil, metaNumber, protowire.BytesType)
			content = protowire.AppendBytes(content, encodeMeta(o.Value))
			m.SetUnknown(append(m.GetUnknown(), content...))
			set = true
		}
	}
	return set
}

// assign sets the option that path names, and reports whether there is one that can take the value.
func assign(m protoreflect.Message, path []string, v Value) bool {
	fd := m.Descriptor().Fields().ByName(protoreflect.Name(path[0]))
	if fd == nil || fd.Name() == "uninterpreted_option" {
		return false
	}
	if len(path) > 1 {
		return fd.Message() != nil && !fd.IsList() && assign(m.Mutable(fd).Message(), path[1:], v)
	}
	if fd.IsList() {
		list := m.Mutable(fd).List()
		items := []Value{v}
		if v.Kind == ListValue {
			items = v.List
		}
		for _, item := range items {
			if fd.Message() != nil {
				fill(list.AppendMutable().Message(), item)
			} else if value, ok := scalarOf(fd, item); ok {
				list.Append(value)
			}
		}
		return list.Len() > 0
	}
	if fd.Message() != nil {
		fill(m.Mutable(fd).Message(), v)
		return true
	}
	value, ok := scalarOf(fd, v)
	if ok {
		m.Set(fd, value)
	}
	return ok
}

// fill sets the fields of a standard option's message from a literal.
func fill(m protoreflect.Message, v Value) {
	for _, f := range v.Fields {
		assign(m, []string{f.Key}, f.Value)
	}
}

// scalarOf reads a value as one of the kinds that standard options have.
func scalarOf(fd protoreflect.FieldDescriptor, v Value) (protoreflect.Value, bool) {
	switch fd.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(strings.ToValidUTF8(v.Text, "\uFFFD")), v.Kind == StringValue
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(v.Text == "true"), v.Kind == BoolValue
	case protoreflect.EnumKind:
		known := fd.Enum().Values().ByName(protoreflect.Name(v.Text))
		if known == nil {
			return protoreflect.Value{}, false
		}
		return protoreflect.ValueOfEnum(known.Number()), true
	case protoreflect.Int32Kind:
		n, err := strconv.ParseInt(v.Text, 0, 32)
		return protoreflect.ValueOfInt32(int32(n)), err == nil
	case protoreflect.Uint64Kind:
		n, err := strconv.ParseUint(v.Text, 0, 64)
		return protoreflect.ValueOfUint64(n), err == nil
	}
	return protoreflect.Value{}, false
}

// encodeMeta writes a literal as a confluent.Meta.
func encodeMeta(v Value) []byte {
	var out []byte
	text := func(number protowire.Number, v Value) {
		if v.Kind == StringValue {
			out = protowire.AppendTag(out, number, protowire.BytesType)
			out = protowire.AppendString(out, v.Text)
		}
	}
	message := func(number protowire.Number, v Value, names ...string) {
		if v.Kind == LiteralValue {
			out = protowire.AppendTag(out, number, protowire.BytesType)
			out = protowire.AppendBytes(out, encodeStrings(v, names...))
		}
	}
	for _, f := range v.Fields {
		for _, item := range items(f.Value) {
			switch f.Key {
			case "doc":
				text(1, item)
			case "params":
				message(2, item, "key", "value")
			case "tags":
				text(3, item)
			case "rules":
				message(4, item, "name", "doc", "expr", "sql")
			}
		}
	}
	return out
}

// items returns the elements of a list, or the one value that stands for a list of one.
func items(v Value) []Value {
	if v.Kind == ListValue {
		return v.List
	}
	return []Value{v}
}

// encodeStrings writes a literal as a message whose fields 1, 2, … are strings of the given names.
func encodeStrings(v Value, names ...string) []byte {
	var out []byte
	for i, name := range names {
		for _, f := range v.Fields {
			if f.Key == name && f.Value.Kind == StringValue {
				out = protowire.AppendTag(out, protowire.Number(i+1), protowire.BytesType)
				out = protowire.AppendString(out, f.Value.Text)
			}
		}
	}
	return out
}

// defaultForDescriptor writes a default in the form that descriptors hold it: decimal integers, the shortest form of
// floats, bytes with C escapes.
func defaultForDescriptor(t descriptorpb.FieldDescriptorProto_Type, v Value) string {
	switch {
	case t == descriptorpb.FieldDescriptorProto_TYPE_BYTES && v.Kind == StringValue:
		return escapeBytes(v.Text)
	case t == descriptorpb.FieldDescriptorProto_TYPE_STRING:
		return strings.ToValidUTF8(v.Text, "\uFFFD")
	case t == descriptorpb.FieldDescriptorProto_TYPE_FLOAT || t == descriptorpb.FieldDescriptorProto_TYPE_DOUBLE:
		size := 64
		if t == descriptorpb.FieldDescriptorProto_TYPE_FLOAT {
			size = 32
		}
		if x, err := strconv.ParseFloat(v.Text, size); err == nil && !math.IsInf(x, 0) && x == x {
			return strconv.FormatFloat(x, 'g', -1, size)
		}
	case v.Kind == NumberValue:
		if n, ok := new(big.Int).SetString(v.Text, 0); ok && len(v.Text) < 1000 {
			return n.String()
		}
	}
	return v.Text
}

func escapeBytes(s string) string {
	var out strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte("\"'\\", c) >= 0:
			out.WriteString("\\" + string(rune(c)))
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\r':
			out.WriteString(`\r`)
		case c == '\t':
			out.WriteString(`\t`)
		case c < 0x20 || c >= 0x7f:
			out.WriteString("\\" + string([]byte{'0' + c>>6, '0' + c>>3&7, '0' + c&7}))
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
