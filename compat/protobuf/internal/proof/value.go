package proof

import (
	"math"
	"math/rand/v2"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Record is a message value: what each of its fields holds. A field that is not there is unset.
type Record map[protoreflect.FieldNumber]*Held

// Held is what a field holds: one value for a singular field, any number for lists and maps.
type Held struct{ Values []Value }

// Value is an integer (bools and enums are integers), the bits of a float, bytes, a message, or an entry of a map.
type Value struct {
	Negative bool   // of an integer
	Number   uint64 // the magnitude of an integer, or the bits of a float64
	Float    bool
	Bytes    []byte
	Message  Record
	Key      *Value
}

// Integer is the value of an integer, a bool or an enum.
func Integer(n int64) Value {
	if n < 0 {
		return Value{Negative: true, Number: -uint64(n)}
	}
	return Value{Number: uint64(n)}
}

func (v Value) int64() int64 {
	if v.Negative {
		return int64(-v.Number)
	}
	return int64(v.Number)
}

// Random makes up a record of a message type that a writer could write. It fails when a required field leads back to the
// type without end.
func Random(md protoreflect.MessageDescriptor, rng *rand.Rand) (Record, bool) {
	return random(md, rng, 0)
}

func random(md protoreflect.MessageDescriptor, rng *rand.Rand, depth int) (Record, bool) {
	if depth > 12 {
		return nil, false
	}
	record := Record{}
	chosen := map[protoreflect.OneofDescriptor]protoreflect.FieldDescriptor{}
	for i := range md.Oneofs().Len() {
		o := md.Oneofs().Get(i)
		chosen[o] = o.Fields().Get(rng.IntN(o.Fields().Len()))
	}
	for _, fd := range fieldsOf(md) {
		required := fd.Cardinality() == protoreflect.Required
		if o := fd.ContainingOneof(); o != nil && chosen[o] != fd {
			continue
		}
		if !required && (rng.IntN(100) < 45 || depth > 3 && fd.Message() != nil) {
			continue
		}
		held, ok := hold(fd, rng, depth)
		if !ok && required {
			return nil, false
		}
		if ok {
			record[fd.Number()] = held
		}
	}
	return record, true
}

func hold(fd protoreflect.FieldDescriptor, rng *rand.Rand, depth int) (*Held, bool) {
	n := 1
	if fd.IsMap() || fd.IsList() {
		n = 1 + rng.IntN(3)
	}
	held := &Held{}
	keys := map[string]bool{}
	for range n {
		if !fd.IsMap() {
			v, ok := one(fd, rng, depth)
			if !ok {
				return nil, false
			}
			held.Values = append(held.Values, v)
			continue
		}
		key, _ := one(fd.MapKey(), rng, depth)
		v, ok := one(fd.MapValue(), rng, depth)
		if !ok {
			return nil, false
		}
		if id := string(appendScalar(nil, fd.MapKey(), key)); !keys[id] {
			keys[id] = true
			v.Key = &key
			held.Values = append(held.Values, v)
		}
	}
	// A field without presence that holds zero is not written.
	if !fd.IsList() && !fd.IsMap() && !fd.HasPresence() && isZero(held.Values[0]) {
		return nil, false
	}
	return held, true
}

func isZero(v Value) bool { return v.Message == nil && v.Number == 0 && len(v.Bytes) == 0 }

// Values at the ends of the ranges of the integer types.
var edges = []int64{0, 1, -1, 2, 7, 127, 128, math.MaxInt32, math.MinInt32, math.MaxInt32 + 1, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64, math.MinInt64}

func one(fd protoreflect.FieldDescriptor, rng *rand.Rand, depth int) (Value, bool) {
	bits := rng.Uint64() >> rng.IntN(64)
	if rng.IntN(2) == 0 {
		bits = uint64(edges[rng.IntN(len(edges))])
	}
	switch fd.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		m, ok := random(fd.Message(), rng, depth+1)
		return Value{Message: m}, ok
	case protoreflect.BoolKind:
		return Value{Number: bits & 1}, true
	case protoreflect.EnumKind:
		values := fd.Enum().Values()
		if fd.Enum().IsClosed() || rng.IntN(2) == 0 {
			return Integer(int64(values.Get(rng.IntN(values.Len())).Number())), true
		}
		return Integer(int64(int32(bits))), true
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return Integer(int64(int32(bits))), true
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return Integer(int64(bits)), true
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return Value{Number: bits & math.MaxUint32}, true
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return Value{Number: bits}, true
	case protoreflect.FloatKind:
		return Value{Float: true, Number: math.Float64bits(math.Round(rng.NormFloat64()*1000) / 4)}, true
	case protoreflect.DoubleKind:
		return Value{Float: true, Number: math.Float64bits(math.Round(rng.NormFloat64()*1e9) / 4)}, true
	}
	content := make([]byte, rng.IntN(6))
	for i := range content {
		content[i] = byte(rng.IntN(128))
		if fd.Kind() == protoreflect.BytesKind || !checked(fd) {
			content[i] = byte(rng.IntN(256))
		}
	}
	return Value{Bytes: content}, true
}

// Float is the value of a float or double.
func Float(x float64) Value { return Value{Float: true, Number: math.Float64bits(x)} }
