package protobuf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"sync"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/concord-registry/concord/formats"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// verifiedBy names the decoder that confirms witnesses, and its version.
var verifiedBy = sync.OnceValue(func() string {
	const module = "google.golang.org/protobuf"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == module {
				return module + "/types/dynamicpb " + dep.Version
			}
		}
	}
	return module + "/types/dynamicpb"
})

// decoder decodes records of one schema.
type decoder struct {
	linked *format.Linked
	types  *dynamicpb.Types
}

func newDecoder(s *format.Schema) (*decoder, error) {
	linked, err := s.Linked()
	if err != nil {
		return nil, err
	}
	return &decoder{linked: linked, types: dynamicpb.NewTypes(linked.Files)}, nil
}

// whyNot shortens the error of a schema that cannot be compiled.
func whyNot(err error) string {
	if fault, ok := err.(*formats.ParseError); ok {
		return fault.Message
	}
	return err.Error()
}

// decode reads a record as a message of that type. Three rules are applied here because the runtime at hand does not know
// them: how message sets are encoded, that the text of extensions is checked in editions too, and that undeclared numbers of
// closed enums are unknown fields. Only then is it checked that required fields are there.
func (d *decoder) decode(m *format.MessageModel, record []byte) (protoreflect.Message, error) {
	md := d.linked.Message(m.Type)
	if md == nil {
		return nil, fmt.Errorf("no message %s", m.Name())
	}
	if d.linked.MessageSets {
		record = plainSets(m, record)
	}
	msg := dynamicpb.NewMessage(md)
	if err := (proto.UnmarshalOptions{Resolver: d.resolver(), AllowPartial: true}).Unmarshal(record, msg); err != nil {
		return msg, plain(err)
	}
	if err := checkExtensions(msg); err != nil {
		return msg, err
	}
	closeEnums(msg)
	if err := proto.CheckInitialized(msg); err != nil {
		return msg, &missingError{plain(err)}
	}
	return msg, nil
}

// missingError is that a required field is not set; the rest of the record was read.
type missingError struct{ error }

// plain is an error without the runtime's prefix, in which the kind of white space varies on purpose.
func plain(err error) error {
	return fmt.Errorf("%s", strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "proto: "))
}

// resolver finds extensions of the schema only; what is linked into this program is none of its business.
func (d *decoder) resolver() interface {
	protoregistry.MessageTypeResolver
	protoregistry.ExtensionTypeResolver
} {
	return d.types
}

// json is the JSON mapping of a message, in one line. Fields that are required and missing do not stop it.
func (d *decoder) json(m protoreflect.Message) string {
	text, err := protojson.MarshalOptions{Resolver: d.resolver(), AllowPartial: true}.Marshal(m.Interface())
	if err != nil {
		return fmt.Sprintf("(no JSON form: %v)", plain(err))
	}
	return compact(text)
}

func compact(text []byte) string {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		return string(text)
	}
	return out.String()
}

// decodeJSON reads a JSON text, ignoring members that the type does not have.
func (d *decoder) decodeJSON(m *format.MessageModel, text string) (protoreflect.Message, error) {
	md := d.linked.Message(m.Type)
	if md == nil {
		return nil, fmt.Errorf("no message %s", m.Name())
	}
	msg := dynamicpb.NewMessage(md)
	if err := (protojson.UnmarshalOptions{Resolver: d.resolver(), AllowPartial: true, DiscardUnknown: true}).Unmarshal([]byte(text), msg); err != nil {
		return msg, plain(err)
	}
	return msg, nil
}

// closeEnums applies the rule for closed enums: a number without a name is an unknown field, in a map the whole entry.
func closeEnums(m protoreflect.Message) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsMap():
			closeMap(m, fd, v.Map())
		case fd.IsList():
			closeList(m, fd, v.List())
		case fd.Message() != nil:
			closeEnums(v.Message())
		case undeclared(fd, v):
			m.Clear(fd)
			m.SetUnknown(protowire.AppendVarint(protowire.AppendTag(m.GetUnknown(), fd.Number(), protowire.VarintType), uint64(v.Enum())))
		}
		return true
	})
}

// checkExtensions refuses text that is not UTF-8 in extensions whose edition says that it must be.
func checkExtensions(m protoreflect.Message) (err error) {
	check := func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.Message() != nil:
			err = checkExtensions(v.Message())
		case fd.IsExtension() && fd.Kind() == protoreflect.StringKind && checksText(fd) && !utf8.ValidString(v.String()):
			err = fmt.Errorf("field %s contains invalid UTF-8", fd.FullName())
		}
		return err == nil
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsMap():
			v.Map().Range(func(_ protoreflect.MapKey, inside protoreflect.Value) bool { return check(fd.MapValue(), inside) })
		case fd.IsList():
			for i := range v.List().Len() {
				if !check(fd, v.List().Get(i)) {
					break
				}
			}
		default:
			check(fd, v)
		}
		return err == nil
	})
	return err
}

// checksText reports whether the feature utf8_validation is on, which a field takes over from what it is declared in.
func checksText(fd protoreflect.FieldDescriptor) bool {
	if fd.ParentFile().Syntax() != protoreflect.Editions {
		return false // the runtime does it where it is to be done
	}
	for d := protoreflect.Descriptor(fd); d != nil; d = d.Parent() {
		if o, ok := d.Options().(interface {
			GetFeatures() *descriptorpb.FeatureSet
		}); ok && o.GetFeatures().GetUtf8Validation() != descriptorpb.FeatureSet_UTF8_VALIDATION_UNKNOWN {
			return o.GetFeatures().GetUtf8Validation() == descriptorpb.FeatureSet_VERIFY
		}
	}
	return true // the default of edition 2023
}

func undeclared(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
	return fd.Enum() != nil && fd.Enum().IsClosed() && fd.Enum().Values().ByNumber(v.Enum()) == nil
}

func closeMap(m protoreflect.Message, fd protoreflect.FieldDescriptor, entries protoreflect.Map) {
	var lost []protoreflect.MapKey
	entries.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		if fd.MapValue().Message() != nil {
			closeEnums(v.Message())
		} else if undeclared(fd.MapValue(), v) {
			lost = append(lost, k)
		}
		return true
	})
	for _, k := range lost {
		entries.Clear(k)
	}
}

func closeList(m protoreflect.Message, fd protoreflect.FieldDescriptor, list protoreflect.List) {
	kept := 0
	for i := range list.Len() {
		v := list.Get(i)
		if fd.Message() != nil {
			closeEnums(v.Message())
		}
		if !undeclared(fd, v) {
			list.Set(kept, v)
			kept++
		}
	}
	list.Truncate(kept)
}

// fieldOf returns the descriptor of the field of that number, extensions that are set or known included.
func (d *decoder) fieldOf(m protoreflect.Message, number int32) protoreflect.FieldDescriptor {
	n := protoreflect.FieldNumber(number)
	if fd := m.Descriptor().Fields().ByNumber(n); fd != nil {
		return fd
	}
	if xt, err := d.types.FindExtensionByNumber(m.Descriptor().FullName(), n); err == nil {
		return xt.TypeDescriptor()
	}
	return nil
}

// follow returns the message that a decoded record holds at the end of a way, at its first element everywhere. Numbers
// gives the field to take at each step. It returns nil when the record does not go that far.
func (d *decoder) follow(m protoreflect.Message, numbers []int32) protoreflect.Message {
	for _, number := range numbers {
		fd := d.fieldOf(m, number)
		if fd == nil || !m.Has(fd) {
			return nil
		}
		switch v := m.Get(fd); {
		case fd.IsMap():
			if fd.MapValue().Message() == nil {
				return nil
			}
			v.Map().Range(func(_ protoreflect.MapKey, inside protoreflect.Value) bool {
				m = inside.Message()
				return false
			})
		case fd.Message() == nil:
			return nil
		case fd.IsList():
			m = v.List().Get(0).Message()
		default:
			m = v.Message()
		}
	}
	return m
}

// scalar turns a value of the runtime into ours.
func scalar(fd protoreflect.FieldDescriptor, v protoreflect.Value) format.Scalar {
	switch x := v.Interface().(type) {
	case bool:
		if x {
			return format.Scalar{Bits: 1}
		}
	case int32:
		return format.Scalar{Bits: uint64(int64(x))}
	case int64:
		return format.Scalar{Bits: uint64(x)}
	case uint32:
		return format.Scalar{Bits: uint64(x)}
	case uint64:
		return format.Scalar{Bits: x}
	case float32:
		return format.Scalar{Bits: math.Float64bits(float64(x))}
	case float64:
		return format.Scalar{Bits: math.Float64bits(x)}
	case string:
		return format.Scalar{Text: x}
	case []byte:
		return format.Scalar{Text: string(x)}
	case protoreflect.EnumNumber:
		return format.Scalar{Bits: uint64(int64(x))}
	}
	return format.Scalar{}
}
