package protobuf

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// part is one field of a record as it is written: a number and an item, with what is known of its inside.
type part struct {
	number int32
	item
	inside []part // of a message
	packed []item // of a packed list
	kind   protoreflect.Kind
}

// maxRecordParts bounds a record: required messages can multiply.
const maxRecordParts = 10_000

// recorder builds the smallest record that holds what is asked for and all that its types require.
type recorder struct{ parts int }

// record writes the record that shows a cause: its contents at the message of the visit, wrapped in the messages on the
// way there. It fails when the record would be too large.
func record(c *cause) (parts []part, ok bool) {
	contents := c.contents
	r := &recorder{}
	at := c.at
	for ; at.outer != nil; at = at.outer {
		v := value{message: at.w, contents: contents}
		if at.field.Cardinality == format.Map {
			v.key = &format.Scalar{}
		}
		contents = []content{{field: at.field, list: []value{v}}}
	}
	parts = r.message(at.w, contents)
	return parts, r.parts <= maxRecordParts
}

// message writes a message with the given contents, and the required fields that are not among them. Fields are in the
// order of their numbers, as far as the contents are.
func (r *recorder) message(m *format.MessageModel, contents []content) []part {
	type placed struct {
		at int32
		part
	}
	set := map[int32]bool{}
	var parts []placed
	at := int32(0)
	for _, c := range contents {
		set[c.field.Number] = true
		at = max(at, c.field.Number)
		for _, p := range r.field(c) {
			if m.MessageSet {
				p = setItem(p)
			}
			parts = append(parts, placed{at, p})
		}
	}
	for _, f := range m.Fields {
		if f.Required && !set[f.Number] && r.parts <= maxRecordParts {
			for _, p := range r.field(least(f)) {
				parts = append(parts, placed{f.Number, p})
			}
		}
	}
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].at < parts[j].at })
	out := make([]part, len(parts))
	for i, p := range parts {
		out[i] = p.part
	}
	return out
}

// least is the content of a required field with the shortest encoding.
func least(f *format.FieldModel) content {
	if f.IsMessage() {
		return content{field: f, list: []value{{message: f.Message}}}
	}
	return content{field: f, list: []value{{scalar: firstProbe(f)}}}
}

func (r *recorder) field(c content) []part {
	f := c.field
	if r.parts += 1 + len(c.list); r.parts > maxRecordParts {
		return nil
	}
	var parts []part
	packed := part{number: f.Number, item: item{kind: protowire.BytesType}, kind: f.Kind}
	for _, v := range c.list {
		switch {
		case f.Cardinality == format.Map:
			inside := []part{scalarPart(f.Key, *v.key), {}}
			if f.Value.IsMessage() {
				inside[1] = r.embedded(f.Value, v)
			} else {
				inside[1] = scalarPart(f.Value, v.scalar)
			}
			parts = append(parts, part{number: f.Number, item: item{kind: protowire.BytesType, b: encodeParts(inside)}, inside: inside, kind: f.Kind})
		case f.IsMessage():
			parts = append(parts, r.embedded(f, v))
		case f.Cardinality == format.List && f.Packed:
			one := put(f.Kind, v.scalar)
			packed.packed = append(packed.packed, one)
			packed.b = appendItem(packed.b, one)
		default:
			parts = append(parts, scalarPart(f, v.scalar))
		}
	}
	if len(packed.packed) > 0 {
		parts = append(parts, packed)
	}
	return parts
}

func scalarPart(f *format.FieldModel, v format.Scalar) part {
	return part{number: f.Number, item: put(f.Kind, v), kind: f.Kind}
}

func (r *recorder) embedded(f *format.FieldModel, v value) part {
	inside := r.message(v.message, v.contents)
	return part{number: f.Number, item: item{kind: format.WireType(f.Kind), b: encodeParts(inside)}, inside: inside, kind: f.Kind}
}

// encodeParts writes parts as bytes.
func encodeParts(parts []part) []byte {
	b := []byte{}
	for _, p := range parts {
		b = protowire.AppendTag(b, protowire.Number(p.number), p.item.kind)
		if p.item.kind == protowire.StartGroupType {
			b = append(b, p.b...)
			b = protowire.AppendTag(b, protowire.Number(p.number), protowire.EndGroupType)
			continue
		}
		b = appendItem(b, p.item)
	}
	return b
}

// annotate explains a record field by field, as one would decode it by hand: number, wire type, value.
func annotate(parts []part) string {
	if len(parts) == 0 {
		return "(no bytes)"
	}
	lines := make([]string, len(parts))
	for i, p := range parts {
		lines[i] = strconv.Itoa(int(p.number)) + ": " + p.describe()
	}
	return strings.Join(lines, ", ")
}

func (p part) describe() string {
	switch {
	case p.item.kind == protowire.StartGroupType && len(p.inside) == 0:
		return "GROUP {}"
	case p.item.kind == protowire.StartGroupType:
		return "GROUP { " + annotate(p.inside) + " }"
	case p.inside != nil && len(p.inside) == 0:
		return "LEN 0 {}"
	case p.inside != nil:
		return fmt.Sprintf("LEN %d { %s }", len(p.b), annotate(p.inside))
	case p.packed != nil:
		elements := make([]string, len(p.packed))
		for i, it := range p.packed {
			elements[i] = it.describe(p.kind)
		}
		return fmt.Sprintf("LEN %d [%s]", len(p.b), strings.Join(elements, ", "))
	}
	return p.item.describe(p.kind)
}

func (it item) describe(k protoreflect.Kind) string {
	switch it.kind {
	case protowire.VarintType:
		if k == protoreflect.Sint32Kind || k == protoreflect.Sint64Kind {
			return fmt.Sprintf("VARINT %d (zigzag %d)", it.n, protowire.DecodeZigZag(it.n))
		}
		if int64(it.n) < 0 && familyOf(k) == signedFamily {
			return fmt.Sprintf("VARINT %d (as signed %d)", it.n, int64(it.n))
		}
		return fmt.Sprintf("VARINT %d", it.n)
	case protowire.Fixed32Type:
		if k == protoreflect.FloatKind {
			return fmt.Sprintf("I32 0x%08x (float %v)", uint32(it.n), math.Float32frombits(uint32(it.n)))
		}
		return fmt.Sprintf("I32 0x%08x", uint32(it.n))
	case protowire.Fixed64Type:
		if k == protoreflect.DoubleKind {
			return fmt.Sprintf("I64 0x%016x (double %v)", it.n, math.Float64frombits(it.n))
		}
		return fmt.Sprintf("I64 0x%016x", it.n)
	}
	return fmt.Sprintf("LEN %d %q", len(it.b), it.b)
}
