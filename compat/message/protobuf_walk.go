package message

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/concord-registry/concord/formats/protobuf"
)

// walk goes through a record field by field and says what a decoder stumbles over, and where: decoders themselves say little more than
// that the wire format is invalid.
type walk struct {
	reading *Reading
	path    []place // of the value that is looked at
}

// place is a step of a path. It is spelled out only where there is something to say: names can be long, and fields many.
type place struct {
	known  *protobuf.FieldModel // nil when the schema does not have the field
	number protowire.Number
	index  int // among the elements of a list, as they were written
}

// maxWalkDepth is how deep it goes. The runtime, which decides, goes deeper.
const maxWalkDepth = 100

// where spells the path, or the beginning of a long one.
func (w *walk) where() string {
	var b strings.Builder
	for i, p := range w.path {
		if b.Len() > maxPath {
			break
		}
		if i > 0 {
			b.WriteByte('.')
		}
		name := strconv.Itoa(int(p.number))
		if p.known != nil && p.known.Name != "" {
			name = p.known.Name
		}
		b.WriteString(name[:min(len(name), maxPath+1)])
		if p.listed() {
			b.WriteString("[" + strconv.Itoa(p.index) + "]")
		}
	}
	return b.String()
}

func (p place) listed() bool {
	return p.known != nil && p.known.Cardinality != protobuf.Singular && p.known.Cardinality != protobuf.Map
}

// fault and note say something about the value that is looked at, while there is room for it.
func (w *walk) fault(offset int, format string, args ...any) {
	if len(w.reading.Faults) < maxListed {
		w.reading.fault(Fault{w.where(), at(offset), fmt.Sprintf(format, args...)})
	}
}

func (w *walk) note(offset int, format string, args ...any) {
	if len(w.reading.Notes) < maxListed {
		w.reading.note(Fault{w.where(), at(offset), fmt.Sprintf(format, args...)})
	}
}

// message walks through the fields of one message; field tells what a number stands for. It reports whether the end was reached.
func (w *walk) message(data []byte, offset int, field func(int32) *protobuf.FieldModel, depth int) bool {
	if depth > maxWalkDepth {
		return true
	}
	var seen map[protowire.Number]int
	w.path = append(w.path, place{})
	last := len(w.path) - 1
	defer func() { w.path = w.path[:last] }()
	for len(data) > 0 {
		number, wire, n := protowire.ConsumeTag(data)
		if n < 0 {
			w.path = w.path[:last]
			w.fault(offset, "no field begins here: %s", badTag(data))
			return false
		}
		known := field(int32(number))
		w.path[last] = place{known: known, number: number}
		if w.path[last].listed() {
			if seen == nil {
				seen = map[protowire.Number]int{}
			}
			w.path[last].index = seen[number]
			seen[number]++
		}
		size := protowire.ConsumeFieldValue(number, wire, data[n:])
		if size < 0 {
			w.fault(offset, "the %s goes beyond the end of the %d bytes that are left, or is malformed", wireNames[wire], len(data)-n)
			return false
		}
		if !w.field(known, number, wire, data[n:n+size], offset+n, depth) {
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

// field looks at the value of one field.
func (w *walk) field(known *protobuf.FieldModel, number protowire.Number, wire protowire.Type, value []byte, offset int, depth int) bool {
	switch {
	case wire == protowire.EndGroupType:
		w.fault(offset, "a group ends that did not begin")
		return false
	case known == nil:
		w.note(offset, "the schema has no field %d; a %s of %d bytes is written for it", number, wireNames[wire], len(value))
		return true
	case !takes(known, wire):
		w.fault(offset, "a %s is written, and the schema reads %s from a %s, so decoders pass it over as unknown", wireNames[wire], typeName(known), wireNames[protobuf.WireType(known.Kind)])
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
		return w.message(inner, offset, known.Message.Field, depth+1)
	}
	if wire != protowire.BytesType {
		w.enum(known, value, offset)
		return true
	}
	inner, n := protowire.ConsumeBytes(value)
	offset += n - len(inner)
	switch {
	case known.Cardinality == protobuf.Map:
		return w.message(inner, offset, func(n int32) *protobuf.FieldModel {
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
			w.fault(offset, "the string is not valid UTF-8")
		}
	case known.Message != nil:
		return w.message(inner, offset, known.Message.Field, depth+1)
	}
	return true
}

// enum notes a number that the schema has no name for.
func (w *walk) enum(known *protobuf.FieldModel, value []byte, offset int) {
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
		w.note(offset, "the enum %s has no value %d: %s", known.Enum.Type.Name(), int32(v), what)
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
