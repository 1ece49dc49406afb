package message

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/concord-registry/concord/formats/protobuf"
)

// walk goes through a record field by field and says what a decoder stumbles over, and where: decoders themselves say little more than
// that the wire format is invalid.
type walk struct{ reading *Reading }

// maxWalkDepth is how deep it goes. The runtime, which decides, goes deeper.
const maxWalkDepth = 100

// maxWalkPath bounds a path, in bytes.
const maxWalkPath = 1000

// message walks through the fields of one message; field tells what a number stands for. It reports whether the end was reached.
func (w *walk) message(data []byte, offset int, path string, field func(int32) *protobuf.FieldModel, depth int) bool {
	if depth > maxWalkDepth {
		return true
	}
	seen := map[protowire.Number]int{}
	for len(data) > 0 {
		number, wire, n := protowire.ConsumeTag(data)
		if n < 0 {
			w.reading.fault(Fault{path, at(offset), "no field begins here: " + badTag(data)})
			return false
		}
		known := field(int32(number))
		where := step(path, known, number)
		if known != nil && known.Cardinality != protobuf.Singular && known.Cardinality != protobuf.Map {
			where += "[" + strconv.Itoa(seen[number]) + "]"
		}
		seen[number]++
		size := protowire.ConsumeFieldValue(number, wire, data[n:])
		if size < 0 {
			w.reading.fault(Fault{where, at(offset), fmt.Sprintf("the %s goes beyond the end of the %d bytes that are left, or is malformed", wireNames[wire], len(data)-n)})
			return false
		}
		if !w.field(known, number, wire, data[n:n+size], offset+n, where, depth) {
			return false
		}
		data, offset = data[n+size:], offset+n+size
	}
	return true
}

// badTag says why no field begins with these bytes.
func badTag(data []byte) string {
	v, n := protowire.ConsumeVarint(data)
	switch {
	case n < 0:
		return "the number of the field does not end"
	case v>>3 == 0:
		return fmt.Sprintf("%02x stands for field 0, which does not exist", data[0])
	case v&7 > 5:
		return fmt.Sprintf("%02x stands for wire type %d, which does not exist", data[0], v&7)
	}
	return fmt.Sprintf("the field number %d is too large", v>>3)
}

var wireNames = map[protowire.Type]string{
	protowire.VarintType: "varint", protowire.Fixed32Type: "4-byte value", protowire.Fixed64Type: "8-byte value",
	protowire.BytesType: "length-delimited value", protowire.StartGroupType: "group", protowire.EndGroupType: "end of a group",
}

// step is the path of a field.
func step(path string, known *protobuf.FieldModel, number protowire.Number) string {
	name := strconv.Itoa(int(number))
	if known != nil && known.Name != "" {
		name = known.Name
	}
	switch {
	case path == "":
		return name
	case len(path) > maxWalkPath:
		return path
	}
	return path + "." + name
}

// field looks at the value of one field.
func (w *walk) field(known *protobuf.FieldModel, number protowire.Number, wire protowire.Type, value []byte, offset int, where string, depth int) bool {
	switch {
	case wire == protowire.EndGroupType:
		w.reading.fault(Fault{where, at(offset), "a group ends that did not begin"})
		return false
	case known == nil:
		w.reading.note(Fault{where, at(offset), fmt.Sprintf("the schema has no field %d; a %s of %d bytes is written for it", number, wireNames[wire], len(value))})
		return true
	case !takes(known, wire):
		w.reading.fault(Fault{where, at(offset), fmt.Sprintf("a %s is written, and the schema reads %s from a %s, so decoders pass it over as unknown", wireNames[wire], typeName(known), wireNames[protobuf.WireType(known.Kind)])})
		return true
	}
	if known.Message != nil && known.Message.MessageSet {
		return true // its fields are not written as fields
	}
	if wire == protowire.StartGroupType {
		inner, n := protowire.ConsumeGroup(number, value)
		if n < 0 || known.Message == nil {
			return true
		}
		return w.message(inner, offset, where, known.Message.Field, depth+1)
	}
	if wire != protowire.BytesType {
		w.enum(known, value, offset, where)
		return true
	}
	inner, n := protowire.ConsumeBytes(value)
	offset += n - len(inner)
	switch {
	case known.Cardinality == protobuf.Map:
		return w.message(inner, offset, where, func(n int32) *protobuf.FieldModel {
			switch n {
			case 1:
				return known.Key
			case 2:
				return known.Value
			}
			return nil
		}, depth+1)
	case known.Kind == protoreflect.StringKind:
		if known.UTF8 && !utf8.Valid(inner) {
			w.reading.fault(Fault{where, at(offset), "the string is not valid UTF-8"})
		}
	case known.Message != nil:
		return w.message(inner, offset, where, known.Message.Field, depth+1)
	}
	return true
}

// enum notes a number that the schema has no name for.
func (w *walk) enum(known *protobuf.FieldModel, value []byte, offset int, where string) {
	if known.Enum == nil {
		return
	}
	v, n := protowire.ConsumeVarint(value)
	if n < 0 {
		return
	}
	if _, named := known.Enum.Names[int32(v)]; !named {
		what := "decoders show the number"
		if known.Enum.Closed {
			what = "decoders pass it over as unknown"
		}
		w.reading.note(Fault{where, at(offset), fmt.Sprintf("the enum %s has no value %d: %s", known.Enum.Type.Name(), int32(v), what)})
	}
}

// takes reports whether a decoder reads a field from that wire type. Lists of numbers are read packed and unpacked.
func takes(f *protobuf.FieldModel, wire protowire.Type) bool {
	return wire == protobuf.WireType(f.Kind) || wire == protowire.BytesType && f.Cardinality == protobuf.List && protobuf.Packable(f.Kind)
}

func typeName(f *protobuf.FieldModel) string {
	switch {
	case f.Cardinality == protobuf.Map:
		return "a map"
	case f.Message != nil:
		return f.Message.Name()
	case f.Enum != nil:
		return f.Enum.Type.Name()
	}
	return f.Kind.String()
}
