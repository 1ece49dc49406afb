package proof

import (
	"encoding/binary"
	"math"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// The wire types of the encoding.
const (
	varint = 0
	i64    = 1
	length = 2
	start  = 3
	end    = 4
	i32    = 5
)

func wire(k protoreflect.Kind) int {
	switch k {
	case protoreflect.DoubleKind, protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return i64
	case protoreflect.FloatKind, protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return i32
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return length
	case protoreflect.GroupKind:
		return start
	}
	return varint
}

// Encode writes a record of the given type, fields by number.
func Encode(md protoreflect.MessageDescriptor, record Record) []byte {
	numbers := make([]protoreflect.FieldNumber, 0, len(record))
	for n := range record {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var b []byte
	for _, n := range numbers {
		fd := byNumber(md, n)
		held := record[n]
		if fd.IsPacked() && len(held.Values) > 0 {
			var run []byte
			for _, v := range held.Values {
				run = appendScalar(run, fd, v)
			}
			b = appendLength(tag(b, n, length), run)
			continue
		}
		for _, v := range held.Values {
			b = appendValue(b, n, fd, v)
		}
	}
	return b
}

func tag(b []byte, n protoreflect.FieldNumber, kind int) []byte {
	return binary.AppendUvarint(b, uint64(n)<<3|uint64(kind))
}

func appendLength(b, content []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(content))), content...)
}

func appendValue(b []byte, n protoreflect.FieldNumber, fd protoreflect.FieldDescriptor, v Value) []byte {
	switch {
	case fd.IsMap():
		value := v
		value.Key = nil
		entry := appendValue(nil, 1, fd.MapKey(), *v.Key)
		entry = appendValue(entry, 2, fd.MapValue(), value)
		return appendLength(tag(b, n, length), entry)
	case fd.Kind() == protoreflect.GroupKind:
		b = append(tag(b, n, start), Encode(fd.Message(), v.Message)...)
		return tag(b, n, end)
	case fd.Kind() == protoreflect.MessageKind:
		return appendLength(tag(b, n, length), Encode(fd.Message(), v.Message))
	}
	return appendScalar(tag(b, n, wire(fd.Kind())), fd, v)
}

func appendScalar(b []byte, fd protoreflect.FieldDescriptor, v Value) []byte {
	switch fd.Kind() {
	case protoreflect.StringKind, protoreflect.BytesKind:
		return appendLength(b, v.Bytes)
	case protoreflect.FloatKind:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(math.Float64frombits(v.Number))))
	case protoreflect.DoubleKind:
		return binary.LittleEndian.AppendUint64(b, v.Number)
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return binary.LittleEndian.AppendUint32(b, uint32(v.int64()))
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return binary.LittleEndian.AppendUint64(b, uint64(v.int64()))
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		n := v.int64()
		return binary.AppendUvarint(b, uint64(n<<1)^uint64(n>>63))
	}
	return binary.AppendUvarint(b, uint64(v.int64()))
}
