package proof

import (
	"bytes"
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Disagreement returns how the reader's record differs from the writer's in a field that both define, empty when it does
// not. What is unset counts as its default.
func Disagreement(wmd protoreflect.MessageDescriptor, w Record, rmd protoreflect.MessageDescriptor, r Record) string {
	return pairing(sameNumber).disagreement(wmd, w, rmd, r)
}

// DisagreementInJSON is Disagreement between fields that have one name in JSON.
func DisagreementInJSON(wmd protoreflect.MessageDescriptor, w Record, rmd protoreflect.MessageDescriptor, r Record) string {
	return pairing(byJSONName).disagreement(wmd, w, rmd, r)
}

// pairing finds the reader's field for one of the writer's.
type pairing func(fw protoreflect.FieldDescriptor, rmd protoreflect.MessageDescriptor) protoreflect.FieldDescriptor

func sameNumber(fw protoreflect.FieldDescriptor, rmd protoreflect.MessageDescriptor) protoreflect.FieldDescriptor {
	return byNumber(rmd, fw.Number())
}

// byJSONName finds a field by its JSON name, and else by its own, which readers of JSON accept too.
func byJSONName(fw protoreflect.FieldDescriptor, rmd protoreflect.MessageDescriptor) protoreflect.FieldDescriptor {
	if fw.IsExtension() {
		for _, fr := range fieldsOf(rmd) {
			if fr.IsExtension() && fr.FullName() == fw.FullName() {
				return fr
			}
		}
		return nil
	}
	if fr := rmd.Fields().ByJSONName(fw.JSONName()); fr != nil {
		return fr
	}
	return rmd.Fields().ByName(protoreflect.Name(fw.JSONName()))
}

func (p pairing) disagreement(wmd protoreflect.MessageDescriptor, w Record, rmd protoreflect.MessageDescriptor, r Record) string {
	for _, fw := range fieldsOf(wmd) {
		fr := p(fw, rmd)
		if fr == nil {
			continue
		}
		if text := p.fields(fw, w, fr, r); text != "" {
			return fmt.Sprintf("%s: %s", fw.FullName(), text)
		}
	}
	return ""
}

func (p pairing) fields(fw protoreflect.FieldDescriptor, w Record, fr protoreflect.FieldDescriptor, r Record) string {
	var a, b []Value
	if held := w[fw.Number()]; held != nil {
		a = held.Values
	}
	if held := r[fr.Number()]; held != nil {
		b = held.Values
	}
	many := func(fd protoreflect.FieldDescriptor) bool { return fd.IsList() || fd.IsMap() }
	if !many(fw) && !many(fr) && fw.Message() == nil && fr.Message() == nil {
		if x, y := effective(fw, w), effective(fr, r); !equalScalar(x, y) {
			return fmt.Sprintf("written %v, read %v", x, y)
		}
		return ""
	}
	switch {
	case fw.IsMap() && fr.IsMap():
		return p.maps(fw, a, fr, b)
	case fw.IsMap() && fr.IsList() && fr.Kind() == protoreflect.MessageKind:
		return p.entries(fw, a, fr, b)
	case fw.IsMap() != fr.IsMap():
		if len(a) > 0 {
			return "a map beside no map"
		}
		return ""
	case !many(fr) && len(a) == 1 && len(b) == 0 && emptyAsText(a[0]) && wire(fr.Kind()) == length && !fr.HasPresence():
		return "" // nothing written but its presence
	case !many(fr) && len(a) == 1 && len(b) == 0 && fr.Message() == nil && fw.Message() == nil && equalScalar(a[0], effective(fr, r)):
		return ""
	case len(a) != len(b):
		return fmt.Sprintf("%d values written, %d read", len(a), len(b))
	}
	for i := range a {
		if text := p.values(fw, a[i], fr, b[i]); text != "" {
			return text
		}
	}
	return ""
}

// emptyAsText reports a message without fields, whose encoding has no bytes.
func emptyAsText(v Value) bool { return v.Message != nil && len(v.Message) == 0 }

func (p pairing) values(fw protoreflect.FieldDescriptor, a Value, fr protoreflect.FieldDescriptor, b Value) string {
	switch {
	case a.Message != nil && b.Message != nil:
		return p.disagreement(fw.Message(), a.Message, fr.Message(), b.Message)
	case a.Message != nil && fr.Kind() == protoreflect.BytesKind:
		if bytes.Equal(Encode(fw.Message(), a.Message), b.Bytes) {
			return ""
		}
		return "other bytes than the message's"
	case a.Message != nil || b.Message != nil:
		return "a message beside something else"
	case !equalScalar(a, b):
		return fmt.Sprintf("written %v, read %v", a, b)
	}
	return ""
}

func (p pairing) maps(fw protoreflect.FieldDescriptor, a []Value, fr protoreflect.FieldDescriptor, b []Value) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d entries written, %d read", len(a), len(b))
	}
	for _, x := range a {
		found := false
		for _, y := range b {
			if equalScalar(*x.Key, *y.Key) {
				found = true
				if text := p.values(fw.MapValue(), x, fr.MapValue(), y); text != "" {
					return text
				}
			}
		}
		if !found {
			return fmt.Sprintf("no entry for the key %v", *x.Key)
		}
	}
	return ""
}

// entries compares a map with a list of messages in place of its entries.
func (p pairing) entries(fw protoreflect.FieldDescriptor, a []Value, fr protoreflect.FieldDescriptor, b []Value) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d entries written, %d read", len(a), len(b))
	}
	if parts := fr.Message().Fields(); len(a) > 0 && (parts.ByNumber(1) == nil || parts.ByNumber(2) == nil) {
		return "entries read as messages that have no place for their key or value"
	}
	for i, x := range a {
		entry := Record{1: {Values: []Value{*x.Key}}, 2: {Values: []Value{{Negative: x.Negative, Number: x.Number, Float: x.Float, Bytes: x.Bytes, Message: x.Message}}}}
		if text := p.disagreement(fw.Message(), entry, fr.Message(), b[i].Message); text != "" {
			return text
		}
	}
	return ""
}

// equalScalar compares values as integers, bits or bytes. Zero is equal to empty and to a float that is zero.
func equalScalar(a, b Value) bool {
	if a.Float == b.Float && (a.Bytes == nil) == (b.Bytes == nil) {
		return a.Number == b.Number && (a.Number == 0 || a.Negative == b.Negative) && bytes.Equal(a.Bytes, b.Bytes)
	}
	return a.Number == 0 && b.Number == 0 && len(a.Bytes) == 0 && len(b.Bytes) == 0
}
