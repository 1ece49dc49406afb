package protobuf

import (
	"iter"
	"math"
	"slices"
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

// known holds the probes of the kinds for which they do not depend on the reader's type.
var known = func() map[protoreflect.Kind][]format.Scalar {
	lists := map[protoreflect.Kind][]format.Scalar{
		protoreflect.BoolKind:   {{Bits: 0}, {Bits: 1}},
		protoreflect.FloatKind:  floats(0, 1.5, -2, math.Inf(1)),
		protoreflect.DoubleKind: floats(0, 1.5, -2, math.Inf(1), 1e300),
		protoreflect.StringKind: {{}, {Text: "a"}},
		protoreflect.BytesKind:  {{}, {Text: "a"}, {Text: "\xff"}},
	}
	for k := protoreflect.Kind(1); k.IsValid(); k++ {
		if format.WireType(k) == protowire.BytesType || format.WireType(k) == protowire.StartGroupType || lists[k] != nil {
			continue
		}
		var values []format.Scalar
		for _, n := range edges {
			if v := (format.Scalar{Bits: uint64(n)}); fits(k, v) {
				values = append(values, v)
			}
		}
		lists[k] = bySize(k, values)
	}
	return lists
}()

func floats(list ...float64) []format.Scalar {
	values := make([]format.Scalar, len(list))
	for i, f := range list {
		values[i] = format.Scalar{Bits: math.Float64bits(f)}
	}
	return values
}

// anyBytes are the probes of strings that are not checked.
var anyBytes = known[protoreflect.BytesKind]

// probes yields values that a writer may give w, such that if any value is read wrongly as r, one of these is. Those with
// the shortest encoding come first, and among them the declared numbers of enums, which mean something to people.
func probes(w, r *format.FieldModel) iter.Seq[format.Scalar] {
	switch {
	case w.Kind == protoreflect.StringKind && !w.UTF8:
		return slices.Values(anyBytes)
	case w.Kind != protoreflect.EnumKind && (r.Kind != protoreflect.EnumKind || format.WireType(w.Kind) != protowire.VarintType):
		return slices.Values(known[w.Kind])
	case w.Kind == protoreflect.EnumKind && w.Enum.Closed:
		return slices.Values(w.Enum.Declared)
	}
	var extra []format.Scalar
	if r.Kind == protoreflect.EnumKind {
		for _, n := range []int64{int64(r.Enum.Gap), int64(r.Enum.First) + math.MaxUint32 + 1} {
			if v := (format.Scalar{Bits: uint64(n)}); fits(w.Kind, v) {
				extra = append(extra, v)
			}
		}
	}
	if w.Kind == protoreflect.EnumKind {
		return merged(w.Kind, w.Enum.Declared, known[w.Kind], extra)
	}
	return merged(w.Kind, nil, known[w.Kind], extra)
}

// merged yields the values of lists that are each in order of size, in order of size.
func merged(k protoreflect.Kind, lists ...[]format.Scalar) iter.Seq[format.Scalar] {
	return func(yield func(format.Scalar) bool) {
		at := make([]int, len(lists))
		for {
			best := -1
			for i, list := range lists {
				if at[i] < len(list) && (best < 0 || size(put(k, list[at[i]])) < size(put(k, lists[best][at[best]]))) {
					best = i
				}
			}
			if best < 0 || !yield(lists[best][at[best]]) {
				return
			}
			at[best]++
		}
	}
}

// firstProbe is the value with the shortest encoding.
func firstProbe(f *format.FieldModel) format.Scalar {
	for v := range probes(f, f) {
		return v
	}
	return format.Scalar{}
}

// fits reports whether an integer is a value of the kind.
func fits(k protoreflect.Kind, v format.Scalar) bool {
	n := int64(v.Bits)
	switch k {
	case protoreflect.BoolKind:
		return v.Bits <= 1
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
