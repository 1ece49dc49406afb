package avro

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// Identity implements formats.Schema with the reference's notion of one version: equal structure, names, defaults, docs and
// properties, whatever the order of properties and aliases, and whether types are referred to or written out.
func (s *Schema) Identity() formats.Identity {
	w := identityWriter{written: map[*Type]bool{}}
	w.typ(s.root)
	return formats.IdentityOf(w.out)
}

// identityWriter writes types so that two schemas have the same bytes exactly when they are the same version. Lists have
// no order where order does not count; every text and list says its length, so that nothing runs into its neighbour. A
// named type is written where it is met first and stands for itself from then on: in a schema there is one for each name.
type identityWriter struct {
	out     []byte
	written map[*Type]bool
	// loose leaves out docs, aliases and the defaults of enums, and writes no named type out but the first.
	loose bool
}

func (w *identityWriter) number(n int) { w.out = binary.AppendUvarint(w.out, uint64(n)) }

func (w *identityWriter) text(s string) {
	w.number(len(s))
	w.out = append(w.out, s...)
}

func (w *identityWriter) optional(s *string) {
	w.present(s != nil)
	if s != nil {
		w.text(*s)
	}
}

func (w *identityWriter) present(is bool) {
	if is {
		w.out = append(w.out, 1)
	} else {
		w.out = append(w.out, 0)
	}
}

func (w *identityWriter) typ(t *Type) {
	w.out = append(w.out, byte(t.Kind))
	if t.Kind.Named() {
		w.text(t.Name.Full)
		if w.loose || w.written[t] {
			return
		}
		w.written[t] = true
	}
	w.definition(t)
}

// definition writes everything about a type but its kind and name.
func (w *identityWriter) definition(t *Type) {
	w.props(t.Props)
	switch t.Kind {
	case Record:
		w.meta(t)
		w.number(len(t.Fields))
		for i := range t.Fields {
			w.field(&t.Fields[i])
		}
	case Enum:
		w.meta(t)
		w.number(len(t.Symbols))
		for _, symbol := range t.Symbols {
			w.text(symbol)
		}
		if !w.loose {
			w.optional(t.Default)
		}
	case Fixed:
		w.meta(t)
		w.number(t.Size)
	case Array, Map:
		w.typ(t.Items)
	case Union:
		w.number(len(t.Branches))
		for _, branch := range t.Branches {
			w.typ(branch)
		}
	}
}

// meta writes the doc and the aliases of a named type.
func (w *identityWriter) meta(t *Type) {
	if w.loose {
		return
	}
	w.optional(t.Doc)
	names := make([]string, len(t.Aliases))
	for i, alias := range t.Aliases {
		names[i] = alias.Full
	}
	w.set(names)
}

func (w *identityWriter) set(names []string) {
	w.number(len(names))
	for _, name := range slices.Sorted(slices.Values(names)) {
		w.text(name)
	}
}

func (w *identityWriter) field(f *Field) {
	w.text(f.Name)
	w.out = append(w.out, byte(f.Order))
	w.props(f.Props)
	if !w.loose {
		w.optional(f.Doc)
		w.set(f.Aliases)
	}
	w.present(f.Default != nil)
	if f.Default != nil {
		w.value(f.Default)
	}
	w.typ(f.Type)
}

func (w *identityWriter) props(props []Prop) {
	w.number(len(props))
	if len(props) > 1 {
		props = slices.Clone(props)
		slices.SortFunc(props, func(a, b Prop) int { return strings.Compare(a.Key, b.Key) })
	}
	for _, p := range props {
		w.text(p.Key)
		w.value(p.Value)
	}
}

// value writes a value: objects without regard to order, integers by their digits, decimals as doubles. An integer is not
// equal to a decimal.
func (w *identityWriter) value(v *Value) {
	w.out = append(w.out, byte(v.Kind))
	switch v.Kind {
	case DecimalValue:
		w.out = binary.BigEndian.AppendUint64(w.out, math.Float64bits(v.Double()))
	case ArrayValue:
		w.number(len(v.Elems))
		for i := range v.Elems {
			w.value(&v.Elems[i])
		}
	case ObjectValue:
		w.number(len(v.Elems))
		order := v.order(false)
		slices.SortFunc(order, func(a, b int) int { return strings.Compare(v.Keys[a], v.Keys[b]) })
		for _, i := range order {
			w.text(v.Keys[i])
			w.value(&v.Elems[i])
		}
	default:
		w.text(v.Text)
	}
}

// sameDefinition reports whether two definitions of one name in one schema say the same. As in the reference, docs,
// aliases and the defaults of enums do not count. Named types inside are the same when they are one type.
func sameDefinition(a, b *Type) bool {
	first, second := identityWriter{loose: true}, identityWriter{loose: true}
	first.definition(a)
	second.definition(b)
	return a.Kind == b.Kind && bytes.Equal(first.out, second.out)
}
