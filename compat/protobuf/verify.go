package protobuf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
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

// decode reads a record as a message of that type. Undeclared numbers of closed enums become unknown fields, which the
// runtime leaves to us; only then is it checked that required fields are there.
func (d *decoder) decode(m *format.MessageModel, record []byte) (protoreflect.Message, error) {
	md := d.linked.Message(m.Type)
	if md == nil {
		return nil, fmt.Errorf("no message %s", m.Name())
	}
	msg := dynamicpb.NewMessage(md)
	if err := (proto.UnmarshalOptions{Resolver: d.resolver(), AllowPartial: true}).Unmarshal(record, msg); err != nil {
		return msg, plain(err)
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
