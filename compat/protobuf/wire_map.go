package protobuf

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// maps compares fields of which at least one is a map. A map is a list of entries with a key and a value on the wire.
func (a *analysis) maps(v *visit, fw, fr *format.FieldModel) {
	if !writable(fw) {
		return
	}
	switch {
	case fw.Cardinality == format.Map && fr.Cardinality == format.Map:
		a.part(v, fw, fr, fw.Key, fr.Key, "key")
		a.part(v, fw, fr, fw.Value, fr.Value, "value")
	case fw.Cardinality == format.Map && fr.Cardinality == format.List && fr.Kind == protoreflect.MessageKind:
		a.mapToList(v, fw, fr)
	case fw.Cardinality == format.List && fw.Kind == protoreflect.MessageKind:
		one := filled(fw)
		one.list = append(one.list, one.list[0])
		a.add(&cause{code: codeListToMap, class: lossy, exact: true, at: v, w: fw, r: fr, contents: []content{one}})
		a.entries(v, fw, fr, fw.Message.Field(1), fr.Key, "key")
		a.entries(v, fw, fr, fw.Message.Field(2), fr.Value, "value")
	default:
		class := misread
		if fr.Required {
			class = decodeError
		}
		a.add(&cause{code: codeMapShape, class: class, exact: true, spec: true, at: v, w: fw, r: fr, contents: []content{filled(fw)}})
	}
}

// part compares the keys or the values of two maps. An entry whose value a closed enum does not have is lost as a whole;
// a key or value of another wire type is read as its default.
func (a *analysis) part(v *visit, fw, fr *format.FieldModel, pw, pr *format.FieldModel, part string) {
	allowed := permitted(fw, fr)
	add := func(code string, class class, spec bool, one *format.Scalar, got *format.Scalar) {
		c := &cause{code: code, class: class, exact: true, spec: spec, at: v, w: fw, r: fr, part: part, scalar: one, got: got}
		held := filled(fw)
		if one != nil && part == "key" {
			held.list[0].key = one
		} else if one != nil {
			held.list[0].scalar = *one
		}
		c.contents = []content{held}
		a.add(c)
	}
	switch {
	case pw.IsMessage() && pr.IsMessage():
		return
	case pw.IsMessage() && pr.Kind == protoreflect.BytesKind:
		return
	case pw.IsMessage() && pr.Kind == protoreflect.StringKind:
		a.mapValueAsText(v, fw, fr, pr)
		return
	case pw.IsMessage():
		add(codeWireType, misread, true, nil, nil)
		return
	case pr.IsMessage() && format.WireType(pw.Kind) == format.WireType(pr.Kind):
		one := format.Scalar{Text: "a"}
		add(codeBytesAsMessage, decodeError, true, &one, nil)
		return
	case pr.IsMessage():
		one := firstProbe(pw)
		add(codeWireType, misread, true, &one, nil)
		return
	}
	found := map[string]bool{}
	if a.alike(pw, pr) {
		return
	}
	for one := range probes(pw, pr) {
		if a.spent(1) {
			return
		}
		got, how := take(pr, put(pw.Kind, one))
		class, spec := misread, !permitted(pw, pr)
		switch {
		case how == failure:
			class, spec = decodeError, false
		case how == unknown && pr.Kind == protoreflect.EnumKind && format.WireType(pw.Kind) == format.WireType(pr.Kind):
			class, spec = silentDrop, !allowed
		case how == unknown && same(pw.Kind, one, pr.Kind, pr.Default), how == read && same(pw.Kind, one, pr.Kind, got):
			continue
		case how == unknown:
			got = pr.Default
		}
		code := codeOf(pw, pr, class, []format.Scalar{one})
		if part == "key" && code != codeUTF8 {
			code = codeMapKey
		}
		if !found[code] {
			found[code] = true
			kept := &got
			if class == silentDrop {
				kept = nil
			}
			add(code, class, spec, &one, kept)
		}
	}
}

// mapValueAsText is the messages of a map read as strings.
func (a *analysis) mapValueAsText(v *visit, fw, fr, pr *format.FieldModel) {
	held := filled(fw)
	class := misread
	for _, f := range fw.Value.Message.Fields {
		if bad, ok := notUTF8(f); ok && pr.UTF8 {
			held.list[0].contents, class = []content{bad}, decodeError
			break
		}
		if held.list[0].contents == nil && !f.Required && writable(f) {
			held.list[0].contents = []content{filled(f)}
		}
	}
	a.add(&cause{code: codeMessageAsText, class: class, exact: true, spec: true, at: v, w: fw, r: fr, part: "value", contents: []content{held}})
}

// mapToList is a map read as a list of messages: well if these are its entries.
func (a *analysis) mapToList(v *visit, fw, fr *format.FieldModel) {
	key, val := fr.Message.Field(1), fr.Message.Field(2)
	if key == nil || val == nil {
		a.add(&cause{code: codeMapToList, class: misread, exact: true, spec: true, at: v, w: fw, r: fr, contents: []content{filled(fw)}})
		return
	}
	for _, f := range fr.Message.Fields {
		if f.Required && f.Number > 2 {
			a.add(&cause{code: codeRequiredAdded, class: decodeError, exact: true, spec: true, at: v, w: fw, r: f, contents: []content{filled(fw)}})
		}
	}
	a.entries(v, fw, fr, fw.Key, key, "key")
	a.entries(v, fw, fr, fw.Value, val, "value")
}

// entries compares a part of a map with the field of a message that stands for it. What goes wrong is told of the field
// that holds the entries.
func (a *analysis) entries(v *visit, fw, fr *format.FieldModel, pw, pr *format.FieldModel, part string) {
	if pw == nil || pr == nil || unresolved(pw) || unresolved(pr) {
		return
	}
	inner := newAnalysis(a.ctx)
	inner.wire = true
	inner.field(v, pw, pr)
	a.steps += inner.steps
	code := codeListToMap
	if fw.Cardinality == format.Map {
		code = codeMapToList
	}
	for _, c := range inner.causes {
		if c.code == codeDefaultChanged {
			continue
		}
		held := filled(fw)
		if fw.Cardinality == format.Map {
			switch {
			case c.scalar != nil && part == "key":
				held.list[0].key = c.scalar
			case c.scalar != nil:
				held.list[0].scalar = *c.scalar
			}
		} else {
			held.list[0].contents = c.contents
		}
		c.code, c.at, c.w, c.r, c.part, c.contents = code, v, fw, fr, part, []content{held}
		a.add(c)
	}
}
