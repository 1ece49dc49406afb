package avro

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats/avro"
)

// resolution reads data of a writer as a reader's type, as a decoder does. It is the judge of witnesses.
type resolution struct {
	budget  int
	misread map[string]bool // the codes of changes in meaning that were met
	// defaults are those that were made before: data can be written in few bytes that need a long one many times.
	defaults map[*avro.Value]avro.Datum
}

// refusal is why a decoder cannot read a datum.
type refusal struct {
	code    string
	message string
	path    string // of the value, in the writer's fields
}

// inside puts a step before the path of a refusal, which is made on the way out.
func inside(step string, err error) error {
	if r, ok := err.(*refusal); ok && len(r.path) < maxPath {
		if r.path != "" && r.path[0] != '[' {
			step += "."
		}
		r.path = step + r.path
	}
	return err
}

// maxPath bounds the path of a refusal, in bytes: data can be nested without end.
const maxPath = 1000

func (r *refusal) Error() string { return r.message }

func refuse(code, format string, args ...any) error {
	return &refusal{code: code, message: fmt.Sprintf(format, args...)}
}

var errDatumBudget = errors.New("the data takes too long to resolve")

// maxDatumSteps bounds the values that resolving one datum makes, defaults included.
const maxDatumSteps = 50_000

func newResolution() *resolution {
	return &resolution{budget: maxDatumSteps, misread: map[string]bool{}, defaults: map[*avro.Value]avro.Datum{}}
}

func (x *resolution) spend() error {
	if x.budget--; x.budget < 0 {
		return errDatumBudget
	}
	return nil
}

// read returns what the reader makes of d.
func (x *resolution) read(r *avro.Type, d avro.Datum) (avro.Datum, error) {
	if err := x.spend(); err != nil {
		return avro.Datum{}, err
	}
	w := d.Type
	switch {
	case w.Kind == avro.Union:
		return x.read(r, d.Parts[0])
	case r.Kind == avro.Union:
		k := choose(r, w)
		if k < 0 {
			return avro.Datum{}, refuse(MissingUnionBranch, "the reader's union %s has no branch for %s", r, w)
		}
		if b := r.Branches[k]; b.Kind != avro.Record && b.Kind.Named() && !fullNameMatches(b, w) {
			x.misread[NamespaceMismatch] = true
		}
		part, err := x.read(r.Branches[k], d)
		return avro.Datum{Type: r, Int: int64(k), Parts: []avro.Datum{part}}, err
	case r.Kind != w.Kind && !promotes(w.Kind, r.Kind):
		return avro.Datum{}, refuse(TypeMismatch, "a %s cannot be read as %s", w.Kind, r.Kind)
	}
	if r.Kind.Named() && !namesMatch(r, w) {
		return avro.Datum{}, refuse(NameMismatch, "the writer's type is named %s, the reader's %s", w.Name.Full, r.Name.Full)
	}
	switch r.Kind {
	case avro.Record:
		return x.record(r, d)
	case avro.Array, avro.Map:
		out := avro.Datum{Type: r, Keys: d.Keys}
		for i := range d.Parts {
			part, err := x.read(r.Items, d.Parts[i])
			if err != nil {
				step := strconv.Itoa(i)
				if len(d.Keys) > i {
					step = fmt.Sprintf("%.60q", d.Keys[i])
				}
				return avro.Datum{}, inside("["+step+"]", err)
			}
			out.Parts = append(out.Parts, part)
		}
		return out, nil
	case avro.Enum:
		return x.enum(r, d)
	}
	return x.scalar(r, d)
}

func (x *resolution) record(r *avro.Type, d avro.Datum) (avro.Datum, error) {
	w := d.Type
	from, robbed := sources(r, w)
	for i := range r.Fields {
		if _, ambiguous := source(&r.Fields[i], w); ambiguous {
			return avro.Datum{}, refuse(AmbiguousAlias, "the field %s is more than one field of the writer", r.Fields[i].Name)
		}
	}
	lost := make(map[int]bool, len(robbed))
	for _, i := range robbed {
		lost[i] = true
	}
	out := avro.Datum{Type: r, Parts: make([]avro.Datum, len(r.Fields))}
	for i := range r.Fields {
		f := &r.Fields[i]
		var err error
		switch {
		case from[i] >= 0:
			out.Parts[i], err = x.read(f.Type, d.Parts[from[i]])
			err = inside(w.Fields[from[i]].Name, err)
		case lost[i] && f.Default == nil:
			return avro.Datum{}, refuse(SharedAlias, "the field %s is missing: another field took its data", f.Name)
		case f.Default == nil:
			return avro.Datum{}, refuse(MissingDefault, "the field %s is missing and has no default", f.Name)
		default:
			if lost[i] {
				x.misread[SharedAlias] = true
			}
			out.Parts[i], err = x.defaultOf(f.Type, f.Default)
		}
		if err != nil {
			return avro.Datum{}, err
		}
	}
	return out, nil
}

func (x *resolution) enum(r *avro.Type, d avro.Datum) (avro.Datum, error) {
	symbol := d.Type.Symbols[d.Int]
	if i := r.SymbolIndex(symbol); i >= 0 {
		return avro.Datum{Type: r, Int: int64(i)}, nil
	}
	if r.Default == nil {
		return avro.Datum{}, refuse(MissingEnumSymbols, "the reader's enum %s has no symbol %s and no default", r.Name.Full, symbol)
	}
	x.misread[HiddenSymbols] = true
	return avro.Datum{Type: r, Int: int64(r.SymbolIndex(*r.Default))}, nil
}

// scalar reads what has no parts, and notes where it does not mean to the reader what it meant to the writer.
func (x *resolution) scalar(r *avro.Type, d avro.Datum) (avro.Datum, error) {
	w := d.Type
	out := avro.Datum{Type: r, Int: d.Int, Float: d.Float, Text: d.Text}
	if (w.Kind == avro.Int || w.Kind == avro.Long) && (r.Kind == avro.Float || r.Kind == avro.Double) {
		out.Int, out.Float = 0, float64(d.Int)
		if r.Kind == avro.Float {
			out.Float = float64(float32(d.Int))
		}
	}
	if r.Kind == avro.Fixed && r.Size != w.Size {
		return avro.Datum{}, refuse(FixedSizeMismatch, "the writer's %s has %d bytes, the reader's %d", w.Name.Full, w.Size, r.Size)
	}
	switch code := meaning(r, w); code {
	case "":
	case DecimalPrecision:
		rl, _ := r.Logical()
		wl, _ := w.Logical()
		return avro.Datum{}, refuse(code, "decimals match only when their precisions do: the writer's is %d, the reader's %d", wl.Precision, rl.Precision)
	case BytesAsText:
		if !utf8.ValidString(d.Text) {
			x.misread[code] = true
		}
	case LossyPromotion:
		if back, accuracy := big.NewFloat(out.Float).Int64(); accuracy != big.Exact || back != d.Int {
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
func isZero(d avro.Datum) bool {
	for i := 0; i < len(d.Text); i++ {
		if d.Text[i] != 0 {
			return false
		}
	}
	return d.Int == 0 && d.Float == 0
}

// defaultOf makes a datum of a field's default (specification, "Complex Types", "default").
func (x *resolution) defaultOf(t *avro.Type, v *avro.Value) (avro.Datum, error) {
	if made, ok := x.defaults[v]; ok {
		return made, x.spend()
	}
	out, err := (&avro.DatumReader{Spend: x.spend}).Read(t, v)
	var fault *avro.DatumError
	if errors.As(err, &fault) {
		return out, refuse(InvalidDefault, "the default does not fit its type: %s", fault.Message)
	}
	if err == nil {
		x.defaults[v] = out
	}
	return out, err
}
