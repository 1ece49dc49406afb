package protobuf

import (
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// item is one field of an encoded record without its number: a wire type, and a number or bytes.
type item struct {
	kind protowire.Type
	n    uint64
	b    []byte
}

// put encodes a scalar.
func put(k protoreflect.Kind, v format.Scalar) item {
	it := item{kind: format.WireType(k), n: v.Bits}
	switch k {
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		it.n = protowire.EncodeZigZag(int64(v.Bits))
	case protoreflect.FloatKind:
		it.n = uint64(math.Float32bits(float32(math.Float64frombits(v.Bits))))
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		it.n = uint64(uint32(v.Bits))
	case protoreflect.StringKind, protoreflect.BytesKind:
		it.b = []byte(v.Text)
	}
	return it
}

// reading is what a decoder makes of an item.
type reading uint8

const (
	read    reading = iota // a value
	unknown                // bytes of an unknown field: another wire type, or a number that a closed enum does not have
	failure                // the whole record is refused
)

// take decodes an item as a field of f's kind.
func take(f *format.FieldModel, it item) (format.Scalar, reading) {
	if it.kind != format.WireType(f.Kind) {
		return format.Scalar{}, unknown
	}
	v := format.Scalar{Bits: it.n}
	switch f.Kind {
	case protoreflect.BoolKind:
		v.Bits = 0
		if it.n != 0 {
			v.Bits = 1
		}
	case protoreflect.Int32Kind, protoreflect.Sfixed32Kind:
		v.Bits = uint64(int64(int32(it.n)))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		v.Bits = uint64(uint32(it.n))
	case protoreflect.Sint32Kind:
		v.Bits = uint64(protowire.DecodeZigZag(it.n & math.MaxUint32))
	case protoreflect.Sint64Kind:
		v.Bits = uint64(protowire.DecodeZigZag(it.n))
	case protoreflect.FloatKind:
		v.Bits = math.Float64bits(float64(math.Float32frombits(uint32(it.n))))
	case protoreflect.EnumKind:
		v.Bits = uint64(int64(int32(it.n)))
		if f.Enum.Closed && !declares(f.Enum, v) {
			return v, unknown
		}
	case protoreflect.StringKind, protoreflect.BytesKind:
		v = format.Scalar{Text: string(it.b)}
		if f.Kind == protoreflect.StringKind && f.UTF8 && !utf8.Valid(it.b) {
			return v, failure
		}
	}
	return v, read
}

func declares(e *format.EnumModel, v format.Scalar) bool {
	_, ok := e.Names[int32(v.Bits)]
	return ok
}

// takeList decodes the items of one number as a list of f's kind, packed or not.
func takeList(f *format.FieldModel, items []item) (list []format.Scalar, outcome reading) {
	for _, it := range items {
		if it.kind != protowire.BytesType || !format.Packable(f.Kind) {
			v, how := take(f, it)
			if how == failure {
				return nil, failure
			}
			if how == read {
				list = append(list, v)
			}
			continue
		}
		for b := it.b; len(b) > 0; {
			one, n := unpack(format.WireType(f.Kind), b)
			if n < 0 {
				return nil, failure
			}
			b = b[n:]
			if v, how := take(f, one); how == read {
				list = append(list, v)
			}
		}
	}
	return list, read
}

// unpack reads one element of a packed list.
func unpack(kind protowire.Type, b []byte) (item, int) {
	it := item{kind: kind}
	n := -1
	switch kind {
	case protowire.VarintType:
		it.n, n = protowire.ConsumeVarint(b)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(b)
		it.n = uint64(v)
	case protowire.Fixed64Type:
		it.n, n = protowire.ConsumeFixed64(b)
	}
	return it, n
}

// family groups the kinds whose values can be compared with each other.
type family uint8

const (
	signedFamily family = iota
	unsignedFamily
	floatFamily
	textFamily
)

func familyOf(k protoreflect.Kind) family {
	switch k {
	case protoreflect.StringKind, protoreflect.BytesKind:
		return textFamily
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return floatFamily
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind, protoreflect.BoolKind:
		return unsignedFamily
	}
	return signedFamily
}

// same reports whether two values of two kinds are one value: equal integers (a bool is 0 or 1, an enum its number), equal
// bits of floats, equal bytes. Across these groups only zero and empty values are one.
func same(kw protoreflect.Kind, a format.Scalar, kr protoreflect.Kind, b format.Scalar) bool {
	fw, fr := familyOf(kw), familyOf(kr)
	switch {
	case fw == textFamily && fr == textFamily:
		return a.Text == b.Text
	case fw == floatFamily && fr == floatFamily:
		x, y := math.Float64frombits(a.Bits), math.Float64frombits(b.Bits)
		return a.Bits == b.Bits || x != x && y != y
	case fw <= unsignedFamily && fr <= unsignedFamily:
		return a.Bits == b.Bits && (fw == fr || int64(a.Bits) >= 0)
	}
	return zero(fw, a) && zero(fr, b)
}

func zero(f family, v format.Scalar) bool {
	if f == textFamily {
		return v.Text == ""
	}
	return v.Bits == 0
}

// group is a set of kinds that the public rules for updating messages call compatible with each other.
func group(k protoreflect.Kind) string {
	switch k {
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return "zigzag"
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return "fixed32"
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return "fixed64"
	case protoreflect.FloatKind:
		return "float"
	case protoreflect.DoubleKind:
		return "double"
	case protoreflect.StringKind, protoreflect.BytesKind:
		return "text"
	case protoreflect.MessageKind:
		return "message"
	case protoreflect.GroupKind:
		return "group"
	}
	return "varint"
}

// permitted reports whether the public rules for updating messages call a change from w to r compatible for the values
// that both sides can hold.
func permitted(w, r *format.FieldModel) bool {
	gw, gr := group(w.Kind), group(r.Kind)
	switch {
	case w.Cardinality == format.Map && r.Cardinality == format.Map:
		return permitted(w.Key, r.Key) && permitted(w.Value, r.Value)
	case w.Cardinality == format.Map || r.Cardinality == format.Map:
		return (w.Cardinality == format.List || r.Cardinality == format.List) && gw == gr
	case gw != gr && !(gw == "message" && r.Kind == protoreflect.BytesKind) && !(w.Kind == protoreflect.BytesKind && gr == "message"):
		return false
	}
	return w.Cardinality == r.Cardinality || gw == "text" || gw == "message"
}
