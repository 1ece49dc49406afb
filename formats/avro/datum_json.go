package avro

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats"
)

// ParseDatum reads a datum of type t from JSON. It takes the JSON encoding of the specification, and is kind to people who
// write it by hand: a branch of a union need not be named where only one takes the value, and a field with a default may be
// left out. The error is a *DatumError, or a *formats.LimitError.
func ParseDatum(t *Type, text string, limits formats.Limits) (Datum, error) {
	nodes := 0
	v, err := readJSON(text, limits.OrDefault(), &nodes)
	var fault *jsonError
	switch {
	case errors.As(err, &fault):
		at := formats.NewLines(text).Span(fault.offset, fault.offset)
		return Datum{}, &DatumError{Offset: -1, Message: fmt.Sprintf("this is no JSON: %s (line %d, column %d)", fault.message, at.Start.Line, at.Start.Column)}
	case err != nil:
		return Datum{}, err
	}
	values := 0
	return (&DatumReader{Tagged: true, Spend: func() error {
		if values++; values > maxDatumValues {
			return &formats.LimitError{Limit: "values", Max: maxDatumValues}
		}
		return nil
	}}).Read(t, v)
}

// DatumReader makes data of JSON values.
type DatumReader struct {
	// Tagged: the values are a message's: a union's branch may be named, and members that a record does not have are an error.
	// Otherwise they are the default of a field, as the specification spells it ("Complex Types", "default").
	Tagged bool
	// Spend is called for every value that is made; its error ends the reading.
	Spend func() error
}

func misfit(format string, args ...any) error {
	return &DatumError{Offset: -1, Message: fmt.Sprintf(format, args...)}
}

// Read makes a datum of type t from v. What does not fit is a *DatumError.
func (r *DatumReader) Read(t *Type, v *Value) (Datum, error) {
	if err := r.Spend(); err != nil {
		return Datum{}, err
	}
	out := Datum{Type: t}
	bad := func() (Datum, error) { return Datum{}, misfit("%s is not a value of type %s", v.short(), t) }
	switch t.Kind {
	case Null:
		if v.Kind != NullValue {
			return bad()
		}
	case Boolean:
		if v.Kind != BoolValue {
			return bad()
		}
		if v.Text == "true" {
			out.Int = 1
		}
	case Int, Long:
		n, ok := v.Int64()
		if !ok || t.Kind == Int && int64(int32(n)) != n {
			return bad()
		}
		out.Int = n
	case Float, Double:
		f, ok := r.float(t, v)
		if !ok {
			return bad()
		}
		out.Float = f
	case String:
		if v.Kind != StringValue || !utf8.ValidString(v.Text) {
			return bad()
		}
		out.Text = v.Text
	case Bytes, Fixed:
		b, ok := latin1(v)
		switch {
		case !ok:
			return bad()
		case t.Kind == Fixed && len(b) != t.Size:
			return Datum{}, misfit("%s has %d bytes, and %s has %d", v.short(), len(b), t, t.Size)
		}
		out.Text = b
	case Enum:
		if v.Kind != StringValue || t.SymbolIndex(v.Text) < 0 {
			return bad()
		}
		out.Int = int64(t.SymbolIndex(v.Text))
	case Union:
		return r.union(t, v)
	case Record:
		return r.record(t, v)
	default:
		return r.collection(t, v)
	}
	return out, nil
}

func (r *DatumReader) float(t *Type, v *Value) (float64, bool) {
	if r.Tagged && v.Kind == StringValue {
		switch v.Text {
		case "NaN", "Infinity", "-Infinity":
			return parseDouble(v.Text)
		}
	}
	if v.Kind != IntValue && v.Kind != DecimalValue {
		return 0, false
	}
	f := v.Double()
	if t.Kind == Float {
		single := float64(float32(f))
		return single, math.IsInf(single, 0) == math.IsInf(f, 0)
	}
	return f, true
}

// latin1 turns a string of the code points U+0000 to U+00FF into bytes.
func latin1(v *Value) (string, bool) {
	if v.Kind != StringValue {
		return "", false
	}
	b := make([]byte, 0, len(v.Text))
	for _, c := range v.Text {
		if c > 0xFF {
			return "", false
		}
		b = append(b, byte(c))
	}
	return string(b), true
}

// union reads a named branch, else the first that the value fits: since 1.12 a default may be of any branch.
func (r *DatumReader) union(t *Type, v *Value) (Datum, error) {
	if r.Tagged && len(v.Keys) == 1 {
		for k, b := range t.Branches {
			if b.Kind != Null && (b.BranchName() == v.Keys[0] || b.Kind.Named() && b.Name.Local == v.Keys[0]) {
				part, err := r.Read(b, &v.Elems[0])
				return Datum{Type: t, Int: int64(k), Parts: []Datum{part}}, err
			}
		}
	}
	var last error
	for k, b := range t.Branches {
		part, err := r.Read(b, v)
		var fault *DatumError
		switch {
		case err == nil:
			return Datum{Type: t, Int: int64(k), Parts: []Datum{part}}, nil
		case !errors.As(err, &fault):
			return Datum{}, err
		case fault.Path != "":
			last = err // the kind is right, something inside is not
		}
	}
	if last != nil {
		return Datum{}, last
	}
	return Datum{}, misfit("%s fits no branch of the union %s; name the one you mean: {\"%s\": …}", v.short(), t, lastBranch(t))
}

func lastBranch(t *Type) string {
	if len(t.Branches) == 0 {
		return "…"
	}
	return t.Branches[len(t.Branches)-1].BranchName()
}

func (r *DatumReader) record(t *Type, v *Value) (Datum, error) {
	if v.Kind != ObjectValue {
		return Datum{}, misfit("%s is not a value of type %s", v.short(), t)
	}
	given := make([]*Value, len(t.Fields))
	for k, key := range v.Keys {
		if i := t.FieldIndex(key); i >= 0 {
			given[i] = &v.Elems[k]
		} else if r.Tagged {
			return Datum{}, misfit("%s has no field %q; it has %s", t, shortened(key), fieldList(t))
		}
	}
	out := Datum{Type: t}
	for i := range t.Fields {
		f := &t.Fields[i]
		from, value := r, given[i]
		if value == nil {
			from, value = &DatumReader{Spend: r.Spend}, f.Default
		}
		if value == nil {
			return Datum{}, misfit("the field %s of %s is missing, and has no default", f.Name, t)
		}
		part, err := from.Read(f.Type, value)
		if err != nil {
			return Datum{}, under(f.Name, err)
		}
		out.Parts = append(out.Parts, part)
	}
	return out, nil
}

// fieldList names the fields of a record, or the first of many.
func fieldList(t *Type) string {
	const most = 20
	var names []string
	for i := range t.Fields {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, t.Fields[i].Name)
	}
	if len(names) == 0 {
		return "no fields"
	}
	return strings.Join(names, ", ")
}

func (r *DatumReader) collection(t *Type, v *Value) (Datum, error) {
	if t.Kind == Array && v.Kind != ArrayValue || t.Kind == Map && v.Kind != ObjectValue {
		return Datum{}, misfit("%s is not a value of type %s", v.short(), t)
	}
	out := Datum{Type: t, Keys: v.Keys}
	for i := range v.Elems {
		part, err := r.Read(t.Items, &v.Elems[i])
		if err != nil {
			step := strconv.Itoa(i)
			if t.Kind == Map {
				step = strconv.Quote(shortened(v.Keys[i]))
			}
			return Datum{}, under("["+step+"]", err)
		}
		out.Parts = append(out.Parts, part)
	}
	return out, nil
}

// short shows a value in a message about it.
func (v *Value) short() string {
	switch v.Kind {
	case NullValue:
		return "null"
	case StringValue:
		return strconv.Quote(shortened(v.Text))
	case ArrayValue:
		return "an array"
	case ObjectValue:
		return "an object"
	}
	return shortened(v.Text)
}
