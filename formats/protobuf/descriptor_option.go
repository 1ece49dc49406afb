package protobuf

import (
	"sort"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// optionOrder lists the standard options that the reference does not print in order of their numbers, each with the
// place it takes instead.
var optionOrder = map[protoreflect.FullName]float64{
	"google.protobuf.FileOptions.java_outer_classname":               1.1,
	"google.protobuf.FileOptions.java_multiple_files":                1.2,
	"google.protobuf.FileOptions.java_generate_equals_and_hash":      1.3,
	"google.protobuf.FileOptions.java_string_check_utf8":             1.4,
	"google.protobuf.MessageOptions.no_standard_descriptor_accessor": 0.5,
}

// standardOptions turns the options of a descriptor into those of the tree: the standard ones, then confluent's metadata
// under the name meta. Other extensions are left out, for what defines them need not be known here.
func standardOptions(options proto.Message, meta string) []Option {
	m := options.ProtoReflect()
	if !m.IsValid() {
		return nil
	}
	var fields []protoreflect.FieldDescriptor
	m.Range(func(fd protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if !fd.IsExtension() && fd.Name() != "uninterpreted_option" {
			fields = append(fields, fd)
		}
		return true
	})
	sort.Slice(fields, func(i, j int) bool { return place(fields[i]) < place(fields[j]) })
	var out []Option
	for _, fd := range fields {
		v := m.Get(fd)
		if fd.Name() == "features" {
			for _, feature := range literalOf(v.Message()).Fields {
				out = append(out, Option{Name: "features." + feature.Key, Value: feature.Value})
			}
			continue
		}
		if !fd.IsList() {
			out = append(out, Option{Name: string(fd.Name()), Value: valueOf(fd, v)})
			continue
		}
		for i := range v.List().Len() {
			out = append(out, Option{Name: string(fd.Name()), Value: valueOf(fd, v.List().Get(i))})
		}
	}
	if value, ok := metaOf(m.GetUnknown()); ok && meta != "" {
		out = append(out, Option{Name: meta, Paren: true, Value: value})
	}
	return out
}

func place(fd protoreflect.FieldDescriptor) float64 {
	if p, ok := optionOrder[fd.FullName()]; ok {
		return p
	}
	return float64(fd.Number())
}

// valueOf renders a value of a standard option. None of them holds maps or unbounded nesting.
func valueOf(fd protoreflect.FieldDescriptor, v protoreflect.Value) Value {
	switch fd.Kind() {
	case protoreflect.StringKind:
		return Value{Kind: StringValue, Text: v.String()}
	case protoreflect.BytesKind:
		return Value{Kind: StringValue, Text: string(v.Bytes())}
	case protoreflect.BoolKind:
		return Value{Kind: BoolValue, Text: strconv.FormatBool(v.Bool())}
	case protoreflect.EnumKind:
		if known := fd.Enum().Values().ByNumber(v.Enum()); known != nil {
			return Value{Kind: IdentValue, Text: string(known.Name())}
		}
		return Value{Kind: NumberValue, Text: strconv.Itoa(int(v.Enum()))}
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return literalOf(v.Message())
	}
	return Value{Kind: NumberValue, Text: v.String()}
}

func literalOf(m protoreflect.Message) Value {
	out := Value{Kind: LiteralValue}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		if !m.Has(fd) {
			continue
		}
		v := m.Get(fd)
		if !fd.IsList() {
			out.Fields = append(out.Fields, LiteralField{Key: string(fd.Name()), Value: valueOf(fd, v)})
			continue
		}
		list := Value{Kind: ListValue}
		for j := range v.List().Len() {
			list.List = append(list.List, valueOf(fd, v.List().Get(j)))
		}
		out.Fields = append(out.Fields, LiteralField{Key: string(fd.Name()), Value: list})
	}
	return out
}

// metaNumber is the number of confluent's extension of every kind of options, which holds a confluent.Meta.
const metaNumber = 1088

// metaOf reads confluent.Meta from the unknown fields of options.
func metaOf(unknown []byte) (Value, bool) {
	var meta []byte
	for len(unknown) > 0 {
		number, kind, n := protowire.ConsumeTag(unknown)
		if n < 0 {
			break
		}
		if number == metaNumber && kind == protowire.BytesType {
			content, size := protowire.ConsumeBytes(unknown[n:])
			if size < 0 {
				break
			}
			meta = append(meta, content...)
		}
		size := protowire.ConsumeFieldValue(number, kind, unknown[n:])
		if size < 0 {
			break
		}
		unknown = unknown[n+size:]
	}
	v := metaLiteral(meta)
	return v, len(v.Fields) > 0
}

// metaLiteral writes the parts of a confluent.Meta as the reference does: doc, params, tags, rules.
func metaLiteral(meta []byte) Value {
	var doc string
	var params, tags, rules []Value
	eachBytes(meta, func(number protowire.Number, content []byte) {
		switch number {
		case 1:
			doc = string(content)
		case 2:
			params = append(params, paramLiteral(content))
		case 3:
			tags = append(tags, Value{Kind: StringValue, Text: string(content)})
		case 4:
			rules = append(rules, stringsLiteral(content, "name", "doc", "expr", "sql"))
		}
	})
	out := Value{Kind: LiteralValue}
	if doc != "" {
		out.Fields = append(out.Fields, LiteralField{Key: "doc", Value: Value{Kind: StringValue, Text: doc}})
	}
	for _, part := range []struct {
		key  string
		list []Value
	}{{"params", params}, {"tags", tags}, {"rules", rules}} {
		if len(part.list) > 0 {
			out.Fields = append(out.Fields, LiteralField{Key: part.key, Value: Value{Kind: ListValue, List: part.list}})
		}
	}
	return out
}

// paramLiteral writes a map entry: key before value, but for the parameters of decimals, where the reference keeps the
// order it once had.
func paramLiteral(entry []byte) Value {
	v := stringsLiteral(entry, "key", "value")
	if len(v.Fields) == 2 && (v.Fields[0].Value.Text == "precision" || v.Fields[0].Value.Text == "scale") {
		v.Fields[0], v.Fields[1] = v.Fields[1], v.Fields[0]
	}
	return v
}

// stringsLiteral reads a message whose fields 1, 2, … are strings of the given names.
func stringsLiteral(content []byte, names ...string) Value {
	out := Value{Kind: LiteralValue}
	found := map[protowire.Number]string{}
	eachBytes(content, func(number protowire.Number, content []byte) { found[number] = string(content) })
	for i, name := range names {
		if text, ok := found[protowire.Number(i+1)]; ok {
			out.Fields = append(out.Fields, LiteralField{Key: name, Value: Value{Kind: StringValue, Text: text}})
		}
	}
	return out
}

// eachBytes calls f for every length-delimited field of an encoded message, up to where it is malformed.
func eachBytes(message []byte, f func(number protowire.Number, content []byte)) {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return
		}
		size := protowire.ConsumeFieldValue(number, kind, message[n:])
		if size < 0 {
			return
		}
		if kind == protowire.BytesType {
			if content, m := protowire.ConsumeBytes(message[n:]); m >= 0 {
				f(number, content)
			}
		}
		message = message[n+size:]
	}
}

// descriptorDepth refuses an encoded descriptor that nests deeper than a text could, before it is decoded. It follows
// messages in messages (FileDescriptorProto.message_type and DescriptorProto.nested_type), the only nesting without end.
func descriptorDepth(data []byte, limit int) error {
	level := [][]byte{data}
	field := protowire.Number(4)
	for depth := 0; len(level) > 0; depth++ {
		if depth > limit {
			return depthError(limit)
		}
		var next [][]byte
		for _, message := range level {
			eachBytes(message, func(number protowire.Number, content []byte) {
				if number == field {
					next = append(next, content)
				}
			})
		}
		level, field = next, 3
	}
	return nil
}
