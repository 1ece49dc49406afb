package protobuf

import (
	"fmt"
	"math"
	"runtime/debug"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"

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
type decoder struct{ *format.Decoder }

func newDecoder(linked *format.Linked) *decoder { return &decoder{linked.Decoder()} }

// reads reports whether the decoder knows a message.
func (d *decoder) reads(m *format.MessageModel) bool { return d.Linked().Message(m.Type) != nil }

// whyNot shortens the error of a schema that cannot be compiled.
func whyNot(err error) string {
	if fault, ok := err.(*formats.ParseError); ok {
		return fault.Message
	}
	return err.Error()
}

// json is the JSON mapping of a message, in one line. Fields that are required and missing do not stop it.
func (d *decoder) json(m protoreflect.Message) string {
	text, err := d.JSON(m)
	if err != nil {
		return fmt.Sprintf("(no JSON form: %v)", err)
	}
	return text
}

// fieldOf returns the descriptor of the field of that number, extensions that are set or known included.
func (d *decoder) fieldOf(m protoreflect.Message, number int32) protoreflect.FieldDescriptor {
	n := protoreflect.FieldNumber(number)
	if fd := m.Descriptor().Fields().ByNumber(n); fd != nil {
		return fd
	}
	if xt, err := d.Resolver().FindExtensionByNumber(m.Descriptor().FullName(), n); err == nil {
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
