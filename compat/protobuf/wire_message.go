package protobuf

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// filled is content for a field that differs from its default and, if it can, from zero, the shortest there is. A message is
// as empty as it can be.
func filled(f *format.FieldModel) content {
	switch {
	case f.Cardinality == format.Map:
		key := format.Scalar{}
		return content{field: f, list: []value{{key: &key, scalar: f.Value.Default, message: f.Value.Message}}}
	case f.IsMessage():
		return content{field: f, list: []value{{message: f.Message}}}
	}
	found := firstProbe(f)
	for v := range probes(f, f) {
		if f.Cardinality == format.List {
			break
		}
		if same(f.Kind, v, f.Kind, f.Default) {
			continue
		}
		if found = v; !zero(familyOf(f.Kind), v) {
			break
		}
	}
	return content{field: f, list: []value{{scalar: found}}}
}

// messages compares fields of which at least one holds messages. What is inside messages on both sides is compared when
// the pair of their types is visited.
func (a *analysis) messages(v *visit, fw, fr *format.FieldModel) {
	if !writable(fw) {
		return
	}
	add := func(code string, class class, spec bool, contents ...content) {
		if fr.Required && class == silentDrop {
			class = decodeError
		}
		a.add(&cause{code: code, class: class, exact: true, spec: spec, at: v, w: fw, r: fr, contents: contents})
	}
	toOne := fw.Cardinality == format.List && fr.Cardinality == format.Singular
	switch {
	case fw.IsMessage() && fr.IsMessage() && fw.Kind != fr.Kind:
		add(codeGroup, silentDrop, true, filled(fw))
	case fw.IsMessage() && fr.IsMessage():
		if toOne {
			a.merged(v, fw, fr)
		}
	case format.WireType(fw.Kind) == format.WireType(fr.Kind) && fw.IsMessage() && fr.Kind == protoreflect.BytesKind:
		// The bytes are the encoded message, which is what such a change is made for.
		if toOne {
			one := filled(fw)
			one.list = append(one.list, one.list[0])
			add(codeRepeatedToOne, lossy, false, one)
		}
	case format.WireType(fw.Kind) == format.WireType(fr.Kind) && fw.IsMessage():
		a.asText(v, fw, fr)
	case fr.IsMessage() && fr.Kind == protoreflect.MessageKind && (format.WireType(fw.Kind) == format.WireType(fr.Kind) || fw.Packed):
		// A single letter, number or boolean is never a whole message: it is a tag without a value.
		add(codeBytesAsMessage, decodeError, true, content{field: fw, list: []value{{scalar: unlikeMessage(fw)}}})
	default:
		a.otherWireType(v, fw, fr)
	}
}

// writable reports whether the writer can put anything into the field.
func writable(f *format.FieldModel) bool {
	if f.Cardinality == format.Map {
		return f.Value.Message == nil || f.Value.Message.Height >= 0
	}
	return f.Message == nil || f.Message.Height >= 0
}

// unlikeMessage is a value whose encoding no decoder takes for a message.
func unlikeMessage(f *format.FieldModel) format.Scalar {
	if group(f.Kind) == "text" {
		return format.Scalar{Text: "a"}
	}
	return firstProbe(f)
}

// merged is a list of messages read as one: the reader unites what the elements set.
func (a *analysis) merged(v *visit, fw, fr *format.FieldModel) {
	list := []value{{message: fw.Message}, {message: fw.Message}}
	for i, f := range fw.Message.Fields {
		if i < 2 && !f.Required && writable(f) {
			list[i].contents = []content{filled(f)}
		}
	}
	a.add(&cause{code: codeMessagesMerged, class: lossy, exact: true, at: v, w: fw, r: fr, contents: []content{{field: fw, list: list}}})
}

// asText is a message read as a string: its encoding is no text that anybody wrote.
func (a *analysis) asText(v *visit, fw, fr *format.FieldModel) {
	one := value{message: fw.Message}
	class := misread
	for _, f := range fw.Message.Fields {
		if !writable(f) {
			continue
		}
		if bad, ok := notUTF8(f); ok && fr.UTF8 {
			one.contents, class = []content{bad}, decodeError
			break
		}
		if one.contents == nil && !f.Required {
			one.contents = []content{filled(f)}
		}
	}
	if one.contents == nil && fw.Message.Height == 0 && !hasRequired(fw.Message) && !fr.Presence && fr.Cardinality == format.Singular {
		return // always empty, and so is the text
	}
	a.add(&cause{code: codeMessageAsText, class: class, exact: true, spec: true, at: v, w: fw, r: fr, contents: []content{{field: fw, list: []value{one}}}})
}

func hasRequired(m *format.MessageModel) bool {
	for _, f := range m.Fields {
		if f.Required {
			return true
		}
	}
	return false
}

// notUTF8 is content for a field whose encoding is not UTF-8, if a short one is known.
func notUTF8(f *format.FieldModel) (content, bool) {
	if f.Cardinality == format.Map || f.IsMessage() {
		return content{}, false
	}
	for v := range probes(f, f) {
		it := put(f.Kind, v)
		negative := group(f.Kind) == "varint" && int64(v.Bits) < 0 && f.Kind != protoreflect.BoolKind
		if negative || group(f.Kind) == "text" && v.Text == "\xff" || (f.Kind == protoreflect.Fixed32Kind || f.Kind == protoreflect.Fixed64Kind) && it.n == 1<<32-1 {
			return content{field: f, list: []value{{scalar: v}}}, true
		}
	}
	return content{}, false
}

// otherWireType is a message beside a scalar whose encoding has another form: the reader sees nothing, or for a packed
// list some elements that nobody wrote.
func (a *analysis) otherWireType(v *visit, fw, fr *format.FieldModel) {
	c := &cause{code: codeWireType, class: silentDrop, exact: true, spec: true, at: v, w: fw, r: fr, contents: []content{filled(fw)}}
	if !fw.IsMessage() && !fw.Presence && !canDiffer(fw) {
		return
	}
	if fr.Required {
		c.class = decodeError
	}
	a.add(c)
}
