package protobuf

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// jsonPair compares two messages as the JSON mapping pairs their fields: by JSON name, which may also be the reader's
// declared name. Members that the reader does not know are ignored.
func (a *analysis) jsonPair(v *visit) []*visit {
	var next []*visit
	if special(v.w) != special(v.r) {
		a.addJSON(v, codeJSONType, nil, nil, nil)
		return nil
	}
	if special(v.w) != "" {
		return nil // the same well-known type, which has a form of its own
	}
	for _, fw := range v.w.Fields {
		fr := readsJSON(v.r, fw.JSONName)
		if unresolved(fw) || fr != nil && unresolved(fr) {
			a.undecided = true
			continue
		}
		if fr == nil && fw.IsExtension && a.reader.Extensions[fw.Name] && writesJSON(fw) {
			a.addJSON(v, codeJSONNameReused, fw, nil, nil)
			continue
		}
		if fr == nil {
			if at := v.r.Field(fw.Number); at != nil && source(v.w, at) == nil && writesJSON(fw) {
				a.addJSON(v, codeJSONNameChanged, fw, at, nil)
			}
			continue
		}
		if twin := source(v.w, fr); twin != nil && twin != fw && (fr.Number != fw.Number || inOneText(twin, fw)) {
			a.twins(v, twin, fw, fr)
			continue
		}
		if fr.Name != fw.Name && fr.Number != fw.Number && !fw.IsExtension && !dropsJSON(fw, fr) {
			a.addJSON(v, codeJSONNameReused, fw, fr, nil)
		}
		a.jsonField(v, fw, fr)
		if sub := below(v, fw, fr); sub != nil && fw.Cardinality == fr.Cardinality {
			next = append(next, sub)
		}
	}
	for _, o := range v.r.Oneofs {
		var set []content
		for _, f := range o.Members {
			if fw := source(v.w, f); fw != nil && fw.Cardinality == format.Singular && !unresolved(fw) && writesJSON(fw) {
				set = append(set, filled(fw))
			}
		}
		if first, second, ok := independent(set, set); ok {
			c := a.addJSON(v, codeJSONOneof, first.field, nil, nil)
			c.other, c.contents = second.field.Name, []content{first, second}
		}
	}
	return next
}

// twins notes that the reader takes two fields of the writer for one of its own: the first by its JSON name, the second by
// its declared name.
func (a *analysis) twins(v *visit, first, second, fr *format.FieldModel) {
	if !writesJSON(second) {
		return
	}
	c := a.addJSON(v, codeJSONNameReused, second, fr, nil)
	c.other = first.JSONName
	if inOneText(first, second) {
		c.contents = []content{filled(first), c.contents[0]}
	}
}

// dropsJSON reports whether a reader of JSON drops whatever the writer's field holds, as it drops fields that it does not
// know: numbers of 64 bits are written as strings, and a string that names no value of an enum counts as unknown.
func dropsJSON(fw, fr *format.FieldModel) bool {
	if fr.Enum == nil || fw.Cardinality != fr.Cardinality || fw.Cardinality == format.Map {
		return false
	}
	switch fw.Kind {
	case protoreflect.Int64Kind, protoreflect.Uint64Kind, protoreflect.Sint64Kind, protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return true
	}
	return false
}

// inOneText reports whether two fields of a message can stand in one JSON text.
func inOneText(first, second *format.FieldModel) bool {
	return writesJSON(first) && writesJSON(second) && (first.Oneof < 0 || first.Oneof != second.Oneof)
}

// readsJSON is the field that a reader of JSON puts a member of that name into: the one of that JSON name, or else the one
// that is declared with it.
func readsJSON(r *format.MessageModel, name string) *format.FieldModel {
	if f := r.InJSON(name); f != nil {
		return f
	}
	return named(r, name)
}

// source is the field of a writer that ends up in a reader's field, if any. Where there are two, it is the one of the same
// JSON name.
func source(w *format.MessageModel, fr *format.FieldModel) *format.FieldModel {
	if f := w.InJSON(fr.JSONName); f != nil || fr.IsExtension {
		return f
	}
	return w.InJSON(fr.Name)
}

// special is the full name of a message type that the JSON mapping writes in a form of its own, else empty.
func special(m *format.MessageModel) string {
	if m.Type.Unit.Reference != nil || m.Type.Unit.Own() {
		return ""
	}
	switch name := m.Type.FullName(); strings.TrimPrefix(name, "google.protobuf.") {
	case "Any", "Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue":
		return name
	case "BoolValue", "Int32Value", "Int64Value", "UInt32Value", "UInt64Value", "FloatValue", "DoubleValue", "StringValue", "BytesValue":
		return "wrapper" // a scalar; what it holds is compared by its field
	}
	return ""
}

// addJSON notes a cause of the JSON relation.
func (a *analysis) addJSON(v *visit, code string, fw, fr *format.FieldModel, one *format.Scalar) *cause {
	c := &cause{code: code, class: misread, json: true, at: v, w: fw, r: fr, scalar: one, contents: []content{}}
	if fw != nil {
		held := filled(fw)
		if one != nil && fw.Cardinality != format.Map {
			held.list = []value{{scalar: *one}}
		}
		c.contents = []content{held}
	}
	a.add(c)
	return c
}

// jsonField compares two fields of one JSON name.
func (a *analysis) jsonField(v *visit, fw, fr *format.FieldModel) {
	switch {
	case !writesJSON(fw):
	case fw.Cardinality != fr.Cardinality:
		a.addJSON(v, codeJSONType, fw, fr, nil)
	case fw.Cardinality == format.Map:
		a.jsonPart(v, fw, fr, fw.Key, fr.Key, "key")
		a.jsonPart(v, fw, fr, fw.Value, fr.Value, "value")
	case fw.IsMessage() != fr.IsMessage():
		a.addJSON(v, codeJSONType, fw, fr, nil)
	case fw.IsMessage():
	default:
		a.jsonScalars(v, fw, fr)
	}
}

// writesJSON reports whether the field can be in a JSON text at all.
func writesJSON(f *format.FieldModel) bool { return writable(f) && (f.Presence || canDiffer(f)) }

// jsonScalars compares two scalar fields, or the elements of two lists.
func (a *analysis) jsonScalars(v *visit, fw, fr *format.FieldModel) {
	if one, code := a.jsonProbe(fw, fr); code != "" {
		a.addJSON(v, code, fw, fr, one)
		return
	}
	if fw.Cardinality == format.Singular && !fw.Required && !sameJSON(fw, fw.Default, fr, fr.Default) {
		code := codeDefaultChanged
		if fw.Enum != nil && fr.Enum != nil && fw.Default == fr.Default {
			code = codeJSONEnumName
		}
		c := a.addJSON(v, code, fw, fr, nil)
		c.contents, c.scalar, c.got = []content{}, &fw.Default, &fr.Default
	}
}

// jsonEnums identifies a comparison of enums in JSON.
type jsonEnums struct {
	enumPair
	list, presence bool
	unset          format.Scalar // the reader's default
}

// jsonKinds identifies a comparison of two types without enums in JSON. There are few, and what comes of them is always the
// same.
type jsonKinds struct {
	w, r           protoreflect.Kind
	list, presence bool
	anyBytes       bool // the writer's strings are not checked
}

var inJSON sync.Map // of jsonKinds to jsonOutcome

type jsonOutcome struct {
	one  *format.Scalar
	code string
}

// jsonProbe tries values of w and returns the first that r reads as another one, with the code for it.
func (a *analysis) jsonProbe(w, r *format.FieldModel) (*format.Scalar, string) {
	if w.Kind == r.Kind && (w.Enum == nil || w.Enum == r.Enum) {
		return nil, ""
	}
	if w.Enum == nil && r.Enum == nil {
		key := jsonKinds{w.Kind, r.Kind, w.Cardinality == format.List, w.Presence, !w.UTF8}
		if known, ok := inJSON.Load(key); ok {
			return known.(jsonOutcome).one, known.(jsonOutcome).code
		}
		one, code := a.jsonTry(w, r)
		if a.steps <= maxSteps { // else it was broken off
			inJSON.Store(key, jsonOutcome{one, code})
		}
		return one, code
	}
	key := jsonEnums{enumPair{w.Enum, r.Enum}, w.Cardinality == format.List, w.Presence, r.Default}
	known, ok := a.inJSON[key]
	if w.Enum == nil || r.Enum == nil || !ok {
		known.one, known.code = a.jsonTry(w, r)
		a.inJSON[key] = known
	}
	return known.one, known.code
}

func (a *analysis) jsonTry(w, r *format.FieldModel) (*format.Scalar, string) {
	for one := range probes(w, r) {
		if a.spent(1) {
			return nil, ""
		}
		if w.Cardinality == format.Singular && !w.Presence && zero(familyOf(w.Kind), one) {
			continue // such a value is not written
		}
		token, ok := writeJSON(w, one)
		if !ok {
			continue
		}
		got, how := readJSON(r, token)
		if how == unknown {
			got = r.Default
		}
		if how == failure || how == unknown && w.Cardinality == format.List || !sameJSON(w, one, r, got) {
			if w.Enum != nil && r.Enum != nil {
				return &one, codeJSONEnumName
			}
			return &one, codeJSONType
		}
	}
	return nil, ""
}

// jsonPart compares the keys or values of two maps. Keys are always strings in JSON.
func (a *analysis) jsonPart(v *visit, fw, fr, pw, pr *format.FieldModel, part string) {
	code := ""
	var one *format.Scalar
	switch {
	case pw.IsMessage() != pr.IsMessage():
		code = codeJSONType
	case pw.IsMessage():
		return
	case part == "key" && familyOf(pw.Kind) != familyOf(pr.Kind) && (familyOf(pw.Kind) == textFamily || familyOf(pr.Kind) == textFamily):
		code = codeJSONType
	default:
		one, code = a.jsonProbe(pw, pr)
	}
	if code == "" {
		return
	}
	c := a.addJSON(v, code, fw, fr, one)
	c.part = part
	if one != nil && part == "key" {
		c.contents[0].list[0].key = one
	} else if one != nil {
		c.contents[0].list[0].scalar = *one
	}
}

// token is a JSON scalar: its text, quoted or bare.
type token struct {
	text   string
	quoted bool
}

// writeJSON is the JSON mapping of a scalar. It fails for strings that are not UTF-8.
func writeJSON(f *format.FieldModel, v format.Scalar) (token, bool) {
	switch f.Kind {
	case protoreflect.BoolKind:
		return token{text: strconv.FormatBool(v.Bits != 0)}, true
	case protoreflect.StringKind:
		return token{v.Text, true}, utf8.ValidString(v.Text)
	case protoreflect.BytesKind:
		return token{base64.StdEncoding.EncodeToString([]byte(v.Text)), true}, true
	case protoreflect.EnumKind:
		if name, ok := f.Enum.Names[int32(v.Bits)]; ok {
			return token{name, true}, true
		}
		return token{text: strconv.Itoa(int(int32(v.Bits)))}, true
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		x := math.Float64frombits(v.Bits)
		if math.IsInf(x, 0) {
			return token{strings.Replace(strings.TrimPrefix(strconv.FormatFloat(x, 'g', -1, 64), "+"), "Inf", "Infinity", 1), true}, true
		}
		return token{text: strconv.FormatFloat(x, 'g', -1, 64)}, true
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return token{strconv.FormatInt(int64(v.Bits), 10), true}, true
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return token{strconv.FormatUint(v.Bits, 10), true}, true
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return token{text: strconv.FormatUint(v.Bits, 10)}, true
	}
	return token{text: strconv.FormatInt(int64(v.Bits), 10)}, true
}

// readJSON reads a JSON scalar as a field of f's kind, as the JSON mapping of the Go runtime does when it ignores what it
// does not know.
func readJSON(f *format.FieldModel, t token) (format.Scalar, reading) {
	switch f.Kind {
	case protoreflect.BoolKind:
		if !t.quoted && (t.text == "true" || t.text == "false") {
			return format.Scalar{Bits: map[bool]uint64{true: 1}[t.text == "true"]}, read
		}
		return format.Scalar{}, failure
	case protoreflect.StringKind:
		if t.quoted {
			return format.Scalar{Text: t.text}, read
		}
		return format.Scalar{}, failure
	case protoreflect.BytesKind:
		if content, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(t.text, "=")); t.quoted && err == nil {
			return format.Scalar{Text: string(content)}, read
		}
		return format.Scalar{}, failure
	case protoreflect.EnumKind:
		return readJSONEnum(f.Enum, t)
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		size := 64
		if f.Kind == protoreflect.FloatKind {
			size = 32
		}
		x, err := strconv.ParseFloat(t.text, size)
		if err != nil || t.text == "true" || t.text == "false" {
			return format.Scalar{}, failure
		}
		return format.Scalar{Bits: math.Float64bits(x)}, read
	}
	return readJSONInteger(f.Kind, t)
}

func readJSONEnum(e *format.EnumModel, t token) (format.Scalar, reading) {
	if t.quoted {
		if n, ok := e.Numbers[t.text]; ok {
			return format.Scalar{Bits: uint64(int64(n))}, read
		}
		return format.Scalar{}, unknown
	}
	n, err := strconv.ParseInt(t.text, 10, 32)
	if err != nil {
		return format.Scalar{}, failure
	}
	return format.Scalar{Bits: uint64(n)}, read
}

// readJSONInteger accepts numbers that are whole, written in any way, and such numbers in quotes.
func readJSONInteger(k protoreflect.Kind, t token) (format.Scalar, reading) {
	bits := 32
	if width(k) == 64 {
		bits = 64
	}
	text := t.text
	if x, err := strconv.ParseFloat(text, 64); err == nil && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		text = strconv.FormatFloat(x, 'f', 0, 64)
	}
	if familyOf(k) == unsignedFamily {
		n, err := strconv.ParseUint(text, 10, bits)
		if err != nil {
			return format.Scalar{}, failure
		}
		return format.Scalar{Bits: n}, read
	}
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return format.Scalar{}, failure
	}
	return format.Scalar{Bits: uint64(n)}, read
}

// sameJSON is same, but enums are compared by the name of their number where both have one.
func sameJSON(w *format.FieldModel, a format.Scalar, r *format.FieldModel, b format.Scalar) bool {
	if w.Enum == nil || r.Enum == nil {
		return same(w.Kind, a, r.Kind, b)
	}
	x, known := w.Enum.Names[int32(a.Bits)]
	_, knownToo := r.Enum.Names[int32(b.Bits)]
	if !known || !knownToo {
		return a.Bits == b.Bits
	}
	n, ok := r.Enum.Numbers[x]
	return ok && n == int32(b.Bits)
}
