package protobuf

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// content of a decoded field: its values in order, each with its key in a map.
type decoded struct {
	fd     protoreflect.FieldDescriptor // of the values
	values []protoreflect.Value
	keys   []protoreflect.MapKey
	set    bool
}

func contentOf(m protoreflect.Message, fd protoreflect.FieldDescriptor) decoded {
	d := decoded{fd: fd, set: m.Has(fd)}
	v := m.Get(fd)
	switch {
	case fd.IsMap():
		d.fd = fd.MapValue()
		v.Map().Range(func(k protoreflect.MapKey, one protoreflect.Value) bool {
			d.keys, d.values = append(d.keys, k), append(d.values, one)
			return true
		})
	case fd.IsList():
		for i := range v.List().Len() {
			d.values = append(d.values, v.List().Get(i))
		}
	default:
		d.values = []protoreflect.Value{v}
	}
	return d
}

// differs reports whether two fields of decoded messages disagree: a value that is not the one written, less or more of
// them, or a default that is another one. What is in messages on both sides is left to the fields inside.
func differs(wm protoreflect.Message, wfd protoreflect.FieldDescriptor, rm protoreflect.Message, rfd protoreflect.FieldDescriptor, equal func(wfd protoreflect.FieldDescriptor, a protoreflect.Value, rfd protoreflect.FieldDescriptor, b protoreflect.Value) bool) bool {
	w, r := contentOf(wm, wfd), contentOf(rm, rfd)
	one := func(i, j int) bool { return !equal(w.fd, w.values[i], r.fd, r.values[j]) }
	switch {
	case wfd.IsMap() || rfd.IsMap():
		return mapsDiffer(wfd, w, rfd, r, equal)
	case wfd.IsList() && rfd.IsList():
		if len(w.values) != len(r.values) {
			return true
		}
		for i := range w.values {
			if one(i, i) {
				return true
			}
		}
		return false
	case wfd.IsList():
		bothMessages := wfd.Message() != nil && rfd.Message() != nil
		return len(w.values) > 1 || len(w.values) == 1 && (one(0, 0) || bothMessages && !r.set)
	case rfd.IsList():
		return w.set && (len(r.values) != 1 || one(0, 0)) || !w.set && len(r.values) > 0
	case wfd.Message() != nil || rfd.Message() != nil:
		return w.set != r.set || w.set && one(0, 0)
	}
	return one(0, 0)
}

func mapsDiffer(wfd protoreflect.FieldDescriptor, w decoded, rfd protoreflect.FieldDescriptor, r decoded, equal func(protoreflect.FieldDescriptor, protoreflect.Value, protoreflect.FieldDescriptor, protoreflect.Value) bool) bool {
	if !wfd.IsMap() && !wfd.IsList() || !rfd.IsMap() && !rfd.IsList() {
		return w.set || r.set // a map beside a singular field
	}
	if len(w.values) != len(r.values) {
		return true
	}
	if !wfd.IsMap() || !rfd.IsMap() {
		return len(w.values) > 0 && (wfd.Message() == nil || rfd.Message() == nil || !entriesMatch(wfd, w, rfd, r, equal))
	}
	for i, k := range w.keys {
		found := false
		for j, other := range r.keys {
			if equal(wfd.MapKey(), k.Value(), rfd.MapKey(), other.Value()) && equal(w.fd, w.values[i], r.fd, r.values[j]) {
				found = true
			}
		}
		if !found {
			return true
		}
	}
	return false
}

// entriesMatch compares a map with a list of messages that stand for its entries, one by one.
func entriesMatch(wfd protoreflect.FieldDescriptor, w decoded, rfd protoreflect.FieldDescriptor, r decoded, equal func(protoreflect.FieldDescriptor, protoreflect.Value, protoreflect.FieldDescriptor, protoreflect.Value) bool) bool {
	parts := func(fd protoreflect.FieldDescriptor, d decoded, number protoreflect.FieldNumber) (protoreflect.FieldDescriptor, []protoreflect.Value) {
		var values []protoreflect.Value
		if fd.IsMap() {
			for i := range d.values {
				if number == 1 {
					values = append(values, d.keys[i].Value())
				} else {
					values = append(values, d.values[i])
				}
			}
			return fd.Message().Fields().ByNumber(number), values
		}
		inside := fd.Message().Fields().ByNumber(number)
		if inside == nil || inside.IsList() || inside.IsMap() {
			return nil, nil
		}
		for _, v := range d.values {
			values = append(values, v.Message().Get(inside))
		}
		return inside, values
	}
	for _, number := range []protoreflect.FieldNumber{1, 2} {
		fw, a := parts(wfd, w, number)
		fr, b := parts(rfd, r, number)
		if fw == nil || fr == nil {
			return false
		}
		for i := range a {
			if !equal(fw, a[i], fr, b[i]) {
				return false
			}
		}
	}
	return true
}

// equalOnWire compares two values as numbers, bits or bytes. A message and the bytes of its encoding are equal.
func equalOnWire(wfd protoreflect.FieldDescriptor, a protoreflect.Value, rfd protoreflect.FieldDescriptor, b protoreflect.Value) bool {
	switch {
	case wfd.Message() != nil && rfd.Message() != nil:
		return true
	case wfd.Message() != nil:
		raw, err := proto.MarshalOptions{Deterministic: true, AllowPartial: true}.Marshal(a.Message().Interface())
		return err == nil && rfd.Kind() == protoreflect.BytesKind && string(raw) == string(b.Bytes())
	case rfd.Message() != nil:
		return false
	}
	return same(wfd.Kind(), scalar(wfd, a), rfd.Kind(), scalar(rfd, b))
}

// equalInJSON is equalOnWire, but values of enums are equal when they have one name.
func equalInJSON(wfd protoreflect.FieldDescriptor, a protoreflect.Value, rfd protoreflect.FieldDescriptor, b protoreflect.Value) bool {
	if wfd.Enum() == nil || rfd.Enum() == nil {
		return equalOnWire(wfd, a, rfd, b)
	}
	x, y := wfd.Enum().Values().ByNumber(a.Enum()), rfd.Enum().Values().ByNumber(b.Enum())
	if x == nil || y == nil {
		return a.Enum() == b.Enum()
	}
	other := rfd.Enum().Values().ByName(x.Name())
	return other != nil && other.Number() == b.Enum()
}
