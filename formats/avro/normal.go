package avro

import (
	"github.com/concord-registry/concord/formats"
	"math"
	"slices"
)

// Normalized implements formats.Schema. It follows the reference where that keeps the meaning: properties, their
// members, aliases and the members of defaults are sorted, numbers of float and double defaults are written as such, empty
// docs of types are dropped. It does not drop defaults, namespaces or "error" as the reference's normalization does
// (testdata/deviations.json).
func (s *Schema) Normalized() (formats.Schema, error) {
	text, err := s.print(printing{normal: true})
	if err != nil {
		return nil, err
	}
	if text == s.source.Text {
		return s, nil
	}
	src := s.source
	src.Text = text
	return parse(src, s.options)
}

// normalProps sorts properties. Where they make a valid logical type, its attributes come first, as in the reference.
func normalProps(props []Prop, t *Type) []Prop {
	first := map[string]int{}
	if t != nil {
		if l, ok := t.Logical(); ok {
			first["logicalType"] = 3
			if l.Name == Decimal {
				first["precision"] = 2
				if l.Scale != 0 {
					first["scale"] = 1
				}
			}
		}
	}
	out := slices.Clone(props)
	slices.SortFunc(out, func(a, b Prop) int {
		if d := first[b.Key] - first[a.Key]; d != 0 {
			return d
		}
		return compareUTF16(a.Key, b.Key)
	})
	return out
}

// normalDefault writes a default with sorted members and with the numbers of its type. A value that does not fit the
// type is kept as it is.
func (w *writer) normalDefault(t *Type, v *Value) {
	if w.stopped() {
		return
	}
	t = defaultBranch(t, v)
	switch {
	case (t.Kind == Float || t.Kind == Double) && (v.Kind == IntValue || v.Kind == DecimalValue):
		w.normalNumber(t.Kind, v)
	case t.Kind == Array && v.Kind == ArrayValue:
		w.open("[")
		for i := range v.Elems {
			w.element()
			w.normalDefault(t.Items, &v.Elems[i])
		}
		w.close("]")
	case (t.Kind == Map || t.Kind == Record) && v.Kind == ObjectValue:
		w.open("{")
		for _, i := range v.order(true) {
			member := &v.Elems[i]
			w.key(v.Keys[i])
			if t.Kind == Map {
				w.normalDefault(t.Items, member)
			} else if f := t.FieldIndex(v.Keys[i]); f >= 0 {
				w.normalDefault(t.Fields[f].Type, member)
			} else {
				w.value(member, true)
			}
		}
		w.close("}")
	default:
		w.value(v, true)
	}
}

// normalNumber writes a float's number with the digits a float has, unless it is outside the range of floats.
func (w *writer) normalNumber(kind Kind, v *Value) {
	f := v.Double()
	single := float32(f)
	if kind == Float && !math.IsInf(float64(single), 0) && (single != 0 || f == 0) {
		w.decimal(FormatFloat(single))
		return
	}
	w.decimal(FormatDouble(f))
}

// defaultBranch returns the branch of a union that a default is of: the first it fits. Other types are returned as they
// are, and so is a union with no fitting branch.
func defaultBranch(t *Type, v *Value) *Type {
	if t.Kind != Union {
		return t
	}
	steps := 0
	for _, b := range t.Branches {
		c := defaultCheck{fits: map[defaultPair]bool{}, seen: map[defaultPair]bool{}, steps: &steps}
		if c.valid(b, v, 0) {
			return b
		}
	}
	return t
}
