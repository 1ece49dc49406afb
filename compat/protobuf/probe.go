package protobuf

import (
	"math"
	"sort"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// Integers at which one of the conversions between kinds begins to go wrong, or just does not yet.
var edges = []int64{
	0, 1, 2, 3, -1, -2, math.MaxInt32, math.MinInt32, math.MaxInt32 + 1, math.MinInt32 - 1, math.MaxUint32, math.MaxUint32 + 1, math.MaxUint32 + 2,
	math.MaxInt64, math.MinInt64,
}

// probes lists values that a writer may give w, such that if any value is read wrongly as r, one of these is. Those with
// the shortest encoding come first, and among them the declared numbers of enums, which mean something to people.
func probes(w, r *format.FieldModel) []format.Scalar {
	var values []format.Scalar
	add := func(n int64) { values = append(values, format.Scalar{Bits: uint64(n)}) }
	switch w.Kind {
	case protoreflect.BoolKind:
		add(0)
		add(1)
		return values
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		for _, f := range []float64{0, 1.5, -2, math.Inf(1)} {
			values = append(values, format.Scalar{Bits: math.Float64bits(f)})
		}
		if w.Kind == protoreflect.DoubleKind {
			values = append(values, format.Scalar{Bits: math.Float64bits(1e300)})
		}
		return values
	case protoreflect.StringKind, protoreflect.BytesKind:
		values = append(values, format.Scalar{}, format.Scalar{Text: "a"})
		if w.Kind == protoreflect.BytesKind || !w.UTF8 {
			values = append(values, format.Scalar{Text: "\xff"})
		}
		return values
	case protoreflect.EnumKind:
		for _, v := range w.Enum.Type.Enum.Values {
			add(int64(v.Number))
		}
		if w.Enum.Closed {
			return bySize(w.Kind, values)
		}
	}
	for _, n := range edges {
		add(n)
	}
	if r.Kind == protoreflect.EnumKind {
		add(int64(r.Enum.Gap))
		add(int64(r.Enum.First) + math.MaxUint32 + 1)
	}
	fitting := values[:0]
	for _, v := range values {
		if fits(w.Kind, v) {
			fitting = append(fitting, v)
		}
	}
	return bySize(w.Kind, fitting)
}

// fits reports whether an integer is a value of the kind.
func fits(k protoreflect.Kind, v format.Scalar) bool {
	n := int64(v.Bits)
	switch k {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind, protoreflect.EnumKind:
		return n == int64(int32(n))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return v.Bits <= math.MaxUint32
	}
	return true
}

// bySize orders values by the length of their encoding.
func bySize(k protoreflect.Kind, values []format.Scalar) []format.Scalar {
	sort.SliceStable(values, func(i, j int) bool { return size(put(k, values[i])) < size(put(k, values[j])) })
	return values
}

func size(it item) int {
	switch it.kind {
	case protowire.Fixed32Type:
		return 4
	case protowire.Fixed64Type:
		return 8
	case protowire.BytesType:
		return len(it.b)
	}
	return protowire.SizeVarint(it.n)
}
