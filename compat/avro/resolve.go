package avro

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats/avro"
)

// resolution reads data of a writer as a reader's type, as a decoder does. It is the judge of witnesses.
type resolution struct {
	budget  int
	misread map[string]bool // the codes of changes in meaning that were met
}

// refusal is why a decoder cannot read a datum.
type refusal struct {
	code    string
	message string
}

func (r *refusal) Error() string { return r.message }

func refuse(code, format string, args ...any) error {
	return &refusal{code: code, message: fmt.Sprintf(format, args...)}
}

var errDatumBudget = errors.New("the data takes too long to resolve")

// maxDatumSteps bounds the values that resolving one datum makes, defaults included.
const maxDatumSteps = 50_000

func newResolution() *resolution {
	return &resolution{budget: maxDatumSteps, misread: map[string]bool{}}
}

func (x *resolution) spend() error {
	if x.budget--; x.budget < 0 {
		return errDatumBudget
	}
	return nil
}

// read returns what the reader makes of d.
func (x *resolution) read(r *avro.Type, d datum) (datum, error) {
	if err := x.spend(); err != nil {
		return datum{}, err
	}
	w := d.t
	switch {
	case w.Kind == avro.Union:
		return x.read(r, d.parts[0])
	case r.Kind == avro.Union:
		k := choose(r, w)
		if k < 0 {
			return datum{}, refuse(MissingUnionBranch, "the reader's union %s has no branch for %s", r, w)
		}
		if b := r.Branches[k]; b.Kind != avro.Record && b.Kind.Named() && !fullNameMatches(b, w) {
			x.misread[NamespaceMismatch] = true
		}
		part, err := x.read(r.Branches[k], d)
		return datum{t: r, n: int64(k), parts: []datum{part}}, err
	case r.Kind != w.Kind && !promotes(w.Kind, r.Kind):
		return datum{}, refuse(TypeMismatch, "a %s cannot be read as %s", w.Kind, r.Kind)
	}
	if r.Kind.Named() && !namesMatch(r, w) {
		return datum{}, refuse(NameMismatch, "the writer's type is named %s, the reader's %s", w.Name.Full, r.Name.Full)
	}
	switch r.Kind {
	case avro.Record:
		return x.record(r, d)
	case avro.Array, avro.Map:
		out := datum{t: r, keys: d.keys}
		for i := range d.parts {
			part, err := x.read(r.Items, d.parts[i])
			if err != nil {
				return datum{}, err
			}
			out.parts = append(out.parts, part)
		}
		return out, nil
	case avro.Enum:
		return x.enum(r, d)
	}
	return x.scalar(r, d)
}

func (x *resolution) record(r *avro.Type, d datum) (datum, error) {
	w := d.t
	from, robbed := sources(r, w)
	for i := range r.Fields {
		if _, ambiguous := source(&r.Fields[i], w); ambiguous {
			return datum{}, refuse(AmbiguousAlias, "the field %s is more than one field of the writer", r.Fields[i].Name)
		}
	}
	lost := make(map[int]bool, len(robbed))
	for _, i := range robbed {
		lost[i] = true
	}
	out := datum{t: r, parts: make([]datum, len(r.Fields))}
	for i := range r.Fields {
		f := &r.Fields[i]
		var err error
		switch {
		case from[i] >= 0:
			out.parts[i], err = x.read(f.Type, d.parts[from[i]])
		case lost[i] && f.Default == nil:
			return datum{}, refuse(SharedAlias, "the field %s is missing: another field took its data", f.Name)
		case f.Default == nil:
			return datum{}, refuse(MissingDefault, "the field %s is missing and has no default", f.Name)
		default:
			if lost[i] {
				x.misread[SharedAlias] = true
			}
			out.parts[i], err = x.defaultOf(f.Type, f.Default)
		}
		if err != nil {
			return datum{}, err
		}
	}
	return out, nil
}

func (x *resolution) enum(r *avro.Type, d datum) (datum, error) {
	symbol := d.t.Symbols[d.n]
	if i := r.SymbolIndex(symbol); i >= 0 {
		return datum{t: r, n: int64(i)}, nil
	}
	if r.Default == nil {
		return datum{}, refuse(MissingEnumSymbols, "the reader's enum %s has no symbol %s and no default", r.Name.Full, symbol)
	}
	x.misread[HiddenSymbols] = true
	return datum{t: r, n: int64(r.SymbolIndex(*r.Default))}, nil
}

// scalar reads what has no parts, and notes where it does not mean to the reader what it meant to the writer.
func (x *resolution) scalar(r *avro.Type, d datum) (datum, error) {
	w := d.t
	out := datum{t: r, n: d.n, f: d.f, b: d.b}
	if (w.Kind == avro.Int || w.Kind == avro.Long) && (r.Kind == avro.Float || r.Kind == avro.Double) {
		out.n, out.f = 0, float64(d.n)
		if r.Kind == avro.Float {
			out.f = float64(float32(d.n))
		}
	}
	if r.Kind == avro.Fixed && r.Size != w.Size {
		return datum{}, refuse(FixedSizeMismatch, "the writer's %s has %d bytes, the reader's %d", w.Name.Full, w.Size, r.Size)
	}
	switch code := meaning(r, w); code {
	case "":
	case DecimalPrecision:
		rl, _ := r.Logical()
		wl, _ := w.Logical()
		return datum{}, refuse(code, "decimals match only when their precisions do: the writer's is %d, the reader's %d", wl.Precision, rl.Precision)
	case BytesAsText:
		if !utf8.ValidString(d.b) {
			x.misread[code] = true
		}
	case LossyPromotion:
		if back, accuracy := big.NewFloat(out.f).Int64(); accuracy != big.Exact || back != d.n {
			x.misread[code] = true
		}
	default:
		if !isZero(d) {
			x.misread[code] = true
		}
	}
	return out, nil
}

// isZero reports whether a scalar is zero, and so the same in any unit.
func isZero(d datum) bool {
	for i := 0; i < len(d.b); i++ {
		if d.b[i] != 0 {
			return false
		}
	}
	return d.n == 0 && d.f == 0
}

// defaultOf makes a datum of a field's default (specification, "Complex Types", "default").
func (x *resolution) defaultOf(t *avro.Type, v *avro.Value) (datum, error) {
	if err := x.spend(); err != nil {
		return datum{}, err
	}
	out := datum{t: t}
	bad := func() (datum, error) {
		return datum{}, refuse(InvalidDefault, "the default is not a value of type %s", t)
	}
	switch t.Kind {
	case avro.Null:
		if v.Kind != avro.NullValue {
			return bad()
		}
	case avro.Boolean:
		if v.Kind != avro.BoolValue {
			return bad()
		}
		if v.Text == "true" {
			out.n = 1
		}
	case avro.Int, avro.Long:
		n, ok := v.Int64()
		if !ok || t.Kind == avro.Int && int64(int32(n)) != n {
			return bad()
		}
		out.n = n
	case avro.Float, avro.Double:
		if v.Kind != avro.IntValue && v.Kind != avro.DecimalValue {
			return bad()
		}
		if out.f = v.Double(); t.Kind == avro.Float {
			if out.f = float64(float32(out.f)); math.IsInf(out.f, 0) != math.IsInf(v.Double(), 0) {
				return bad()
			}
		}
	case avro.String:
		if v.Kind != avro.StringValue || !utf8.ValidString(v.Text) {
			return bad()
		}
		out.b = v.Text
	case avro.Bytes, avro.Fixed:
		b, ok := latin1(v)
		if !ok || t.Kind == avro.Fixed && len(b) != t.Size {
			return bad()
		}
		out.b = b
	case avro.Enum:
		if v.Kind != avro.StringValue || t.SymbolIndex(v.Text) < 0 {
			return bad()
		}
		out.n = int64(t.SymbolIndex(v.Text))
	default:
		return x.defaultParts(t, v)
	}
	return out, nil
}

// latin1 turns a string of the code points U+0000 to U+00FF into bytes.
func latin1(v *avro.Value) (string, bool) {
	if v.Kind != avro.StringValue {
		return "", false
	}
	var b []byte
	for _, c := range v.Text {
		if c > 0xFF {
			return "", false
		}
		b = append(b, byte(c))
	}
	return string(b), true
}

func (x *resolution) defaultParts(t *avro.Type, v *avro.Value) (datum, error) {
	out := datum{t: t}
	switch {
	case t.Kind == avro.Union:
		// Since 1.12 a default may be of any branch: the first that it fits.
		for k, b := range t.Branches {
			part, err := x.defaultOf(b, v)
			if err == nil {
				return datum{t: t, n: int64(k), parts: []datum{part}}, nil
			}
			if errors.Is(err, errDatumBudget) {
				return datum{}, err
			}
		}
	case t.Kind == avro.Array && v.Kind == avro.ArrayValue, t.Kind == avro.Map && v.Kind == avro.ObjectValue:
		out.keys = v.Keys
		for i := range v.Elems {
			part, err := x.defaultOf(t.Items, &v.Elems[i])
			if err != nil {
				return datum{}, err
			}
			out.parts = append(out.parts, part)
		}
		return out, nil
	case t.Kind == avro.Record && v.Kind == avro.ObjectValue:
		for i := range t.Fields {
			f := &t.Fields[i]
			value := v.Get(f.Name)
			if value == nil {
				value = f.Default
			}
			if value == nil {
				return datum{}, refuse(InvalidDefault, "the default of type %s has no field %s", t, f.Name)
			}
			part, err := x.defaultOf(f.Type, value)
			if err != nil {
				return datum{}, err
			}
			out.parts = append(out.parts, part)
		}
		return out, nil
	}
	return datum{}, refuse(InvalidDefault, "the default is not a value of type %s", t)
}
