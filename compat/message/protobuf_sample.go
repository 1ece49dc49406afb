package message

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// maxRequiredValues is up to how many values required fields, which cannot be left out, may have together: a few messages
// that require several of one another make billions.
const maxRequiredValues = 10 * maxSampleValues

// filler puts an example into every field of a message. It gives up when values exceeds maxRequiredValues.
type filler struct {
	values int
	open   []protoreflect.FullName // the messages around the field
}

// sampleSeconds is 2024-02-29T12:30:00Z.
const sampleSeconds = 1709209800

func (f *filler) fill(m protoreflect.Message, depth int) {
	md := m.Descriptor()
	f.open = append(f.open, md.FullName())
	defer func() { f.open = f.open[:len(f.open)-1] }()
	fields := md.Fields()
	if md.FullName() == "google.protobuf.Timestamp" {
		m.Set(fields.ByName("seconds"), protoreflect.ValueOfInt64(sampleSeconds))
		return
	}
	for i := range fields.Len() {
		fd := fields.Get(i)
		if one := fd.ContainingOneof(); one != nil && one.Fields().Get(0) != fd {
			continue // one member is enough, and it is the first
		}
		if fd.Cardinality() != protoreflect.Required && !f.wanted(fd, depth) {
			continue
		}
		if f.values++; f.values > maxRequiredValues {
			return
		}
		switch {
		case fd.IsMap():
			key := f.scalar(fd.MapKey()).MapKey()
			entries := m.Mutable(fd).Map()
			value := entries.NewValue()
			entries.Set(key, f.value(fd.MapValue(), value, depth))
		case fd.IsList():
			list := m.Mutable(fd).List()
			list.Append(f.value(fd, list.NewElement(), depth))
		case fd.Message() != nil:
			f.fill(m.Mutable(fd).Message(), depth+1)
		default:
			m.Set(fd, f.scalar(fd))
		}
	}
}

// wanted reports whether a field that may be left out is filled: not where it leads back to a message around it.
func (f *filler) wanted(fd protoreflect.FieldDescriptor, depth int) bool {
	inner := fd.Message()
	if fd.IsMap() {
		inner = fd.MapValue().Message()
	}
	if f.values > maxSampleValues || inner != nil && depth >= maxSampleDepth {
		return false
	}
	if inner == nil {
		return true
	}
	for _, name := range f.open {
		if name == inner.FullName() {
			return false
		}
	}
	// What an Any holds must be known to whoever reads it.
	return inner.FullName() != "google.protobuf.Any"
}

func (f *filler) value(fd protoreflect.FieldDescriptor, empty protoreflect.Value, depth int) protoreflect.Value {
	if fd.Message() == nil {
		return f.scalar(fd)
	}
	f.fill(empty.Message(), depth+1)
	return empty
}

func (f *filler) scalar(fd protoreflect.FieldDescriptor) protoreflect.Value {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		// The first is often UNSPECIFIED, and the JSON mapping leaves it out.
		values := fd.Enum().Values()
		return protoreflect.ValueOfEnum(values.Get(min(1, values.Len()-1)).Number())
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(1)
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(1)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(1)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(1)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(1.5)
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(1.5)
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(fd.Name()))
	}
	return protoreflect.ValueOfString(string(fd.Name()))
}
