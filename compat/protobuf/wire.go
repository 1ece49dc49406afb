package protobuf

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// field compares what the writer may put into a field with what the reader takes out of the same number.
func (a *analysis) field(v *visit, fw, fr *format.FieldModel) {
	switch {
	case fw.Cardinality == format.Map || fr.Cardinality == format.Map:
		a.maps(v, fw, fr)
	case fw.IsMessage() || fr.IsMessage():
		a.messages(v, fw, fr)
	default:
		a.scalars(v, fw, fr)
		if fw.Cardinality == format.Singular && fr.Cardinality == format.Singular && !fw.Required && !same(fw.Kind, fw.Default, fr.Kind, fr.Default) {
			a.add(&cause{code: codeDefaultChanged, class: misread, exact: true, spec: true, at: v, w: fw, r: fr, scalar: &fw.Default, got: &fr.Default, contents: []content{}})
		}
	}
}

// scalars tries the values of a scalar field, or lists of them.
func (a *analysis) scalars(v *visit, fw, fr *format.FieldModel) {
	if fw.Cardinality == fr.Cardinality && a.alike(fw, fr) {
		return
	}
	found := map[string]bool{}
	var two []format.Scalar
	for one := range probes(fw, fr) {
		if a.spent(1) {
			return
		}
		if len(two) < 2 {
			two = append(two, one)
		}
		if fw.Cardinality == format.List || fw.Presence || !zero(familyOf(fw.Kind), one) {
			list := [...]format.Scalar{one}
			a.try(v, fw, fr, list[:], found)
		}
	}
	if fw.Cardinality == format.List && fr.Cardinality == format.Singular {
		if len(two) == 1 {
			two = append(two, two[0])
		}
		a.try(v, fw, fr, two, found)
	}
}

// alike reports that every value of one type is read as it is written in the other, whether packed or not.
func (a *analysis) alike(w, r *format.FieldModel) bool {
	switch {
	case w.Kind != r.Kind:
		return false
	case w.Kind == protoreflect.StringKind:
		return w.UTF8 || !r.UTF8
	case w.Enum == nil || !r.Enum.Closed || w.Enum == r.Enum:
		return true
	case !w.Enum.Closed:
		return false
	}
	pair := enumPair{w.Enum, r.Enum}
	declared, known := a.declared[pair]
	if !known {
		declared = true
		for n := range w.Enum.Names {
			if _, ok := r.Enum.Names[n]; !ok {
				declared = false
				break
			}
		}
		a.steps += len(w.Enum.Names)
		a.declared[pair] = declared
	}
	return declared
}

// try notes what goes wrong with a field of that content, once for each code; something that breaks the public update
// rules comes before something that does not.
func (a *analysis) try(v *visit, fw, fr *format.FieldModel, list []format.Scalar, found map[string]bool) {
	a.items = encode(a.items[:0], fw, list)
	class, spec := meet(fw, fr, list, a.items)
	if class == information {
		return
	}
	code := codeOf(fw, fr, class, list)
	if class == silentDrop && fr.Required {
		class, spec = decodeError, true
	}
	key := code
	if spec {
		key += "!"
	}
	if found[key] || !spec && found[code+"!"] {
		return
	}
	found[key] = true
	c := &cause{code: code, class: class, exact: true, spec: spec, at: v, w: fw, r: fr, contents: []content{{field: fw, list: scalarValues(list)}}}
	if len(list) == 1 {
		one := list[0]
		c.scalar = &one
		if got, how := take(fr, put(fw.Kind, one)); how == read {
			c.got = &got
		}
	}
	a.add(c)
}

func scalarValues(list []format.Scalar) []value {
	out := make([]value, len(list))
	for i := range list {
		out[i] = value{scalar: list[i]}
	}
	return out
}

// encode appends a field's content to items as the writer writes it: element by element, or packed.
func encode(items []item, fw *format.FieldModel, list []format.Scalar) []item {
	packed := item{kind: protowire.BytesType}
	for _, one := range list {
		it := put(fw.Kind, one)
		if fw.Cardinality == format.List && fw.Packed {
			packed.b = appendItem(packed.b, it)
		} else {
			items = append(items, it)
		}
	}
	if fw.Cardinality == format.List && fw.Packed && len(list) > 0 {
		items = append(items, packed)
	}
	return items
}

// appendItem writes an item without its tag.
func appendItem(b []byte, it item) []byte {
	switch it.kind {
	case protowire.VarintType:
		return protowire.AppendVarint(b, it.n)
	case protowire.Fixed32Type:
		return protowire.AppendFixed32(b, uint32(it.n))
	case protowire.Fixed64Type:
		return protowire.AppendFixed64(b, it.n)
	}
	return protowire.AppendBytes(b, it.b)
}

// meet says what the reader makes of a scalar field with that content, written as items, and whether that breaks the public
// update rules.
func meet(fw, fr *format.FieldModel, list []format.Scalar, items []item) (class, bool) {
	allowed := permitted(fw, fr)
	if fr.Cardinality == format.List {
		got, how := takeList(fr, items)
		switch {
		case how == failure:
			return decodeError, !utf8Only(fw, fr)
		case len(got) < len(list):
			return silentDrop, !(allowed && fw.Cardinality == format.List)
		case len(got) > len(list):
			return misread, true
		}
		for i := range got {
			if !same(fw.Kind, list[i], fr.Kind, got[i]) {
				return misread, !allowed
			}
		}
		return information, false
	}
	got, set, failed := takeLast(fr, items)
	last := list[len(list)-1]
	switch {
	case failed:
		return decodeError, !utf8Only(fw, fr)
	case len(list) > 1 && set:
		return lossy, !allowed
	case len(list) > 1:
		return silentDrop, true
	case !set && fw.Required && fr.Required:
		return decodeError, true
	case !set && same(fw.Kind, last, fr.Kind, fr.Default):
		return information, false // the value cannot be told from an unset field
	case !set:
		return silentDrop, !(allowed && fw.Cardinality == format.Singular && fr.Oneof < 0 && group(fw.Kind) == "varint")
	case !same(fw.Kind, last, fr.Kind, got):
		return misread, !allowed
	}
	return information, false
}

// utf8Only reports whether a failure can only come from text that is not UTF-8, which the public update rules excuse.
func utf8Only(fw, fr *format.FieldModel) bool {
	return group(fw.Kind) == "text" && fr.Kind == protoreflect.StringKind
}

// takeLast decodes the items of one number as a singular field: the last one counts.
func takeLast(fr *format.FieldModel, items []item) (v format.Scalar, set, failed bool) {
	for _, it := range items {
		switch one, how := take(fr, it); how {
		case read:
			v, set = one, true
		case failure:
			return v, false, true
		}
	}
	return v, set, false
}

// codeOf names what goes wrong between two scalar fields.
func codeOf(fw, fr *format.FieldModel, class class, list []format.Scalar) string {
	gw, gr := group(fw.Kind), group(fr.Kind)
	sameWire := format.WireType(fw.Kind) == format.WireType(fr.Kind)
	switch {
	case class == decodeError && utf8Only(fw, fr):
		return codeUTF8
	case fw.Cardinality == format.List && fr.Cardinality == format.Singular && fw.Packed:
		return codePackedToOne
	case fw.Cardinality == format.List && fr.Cardinality == format.Singular && len(list) > 1 && sameWire:
		return codeRepeatedToOne
	case !sameWire:
		return codeWireType
	case (class == silentDrop || class == decodeError) && fr.Kind == protoreflect.EnumKind:
		return codeEnumClosed
	case (gw == "zigzag") != (gr == "zigzag"):
		return codeZigZag
	case gw != gr:
		return codeBits
	case fr.Kind == protoreflect.BoolKind:
		return codeToBool
	case width(fw.Kind) > width(fr.Kind):
		return codeNarrowed
	}
	return codeSign
}

// width is the number of bits of an integer kind.
func width(k protoreflect.Kind) int {
	switch k {
	case protoreflect.BoolKind:
		return 1
	case protoreflect.Int64Kind, protoreflect.Uint64Kind, protoreflect.Sint64Kind, protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return 64
	}
	return 32
}
