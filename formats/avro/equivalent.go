package avro

import (
	"math"

	"github.com/concord-registry/concord/formats"
)

// Equivalent implements formats.Schema with the reference's notion of one version: equal structure, names, defaults,
// docs and properties, whatever the order of properties and aliases, and whether types are referred to or written out.
func (s *Schema) Equivalent(other formats.Schema) bool {
	o, ok := other.(*Schema)
	if !ok {
		return false
	}
	e := equality{seen: map[typePair]bool{}}
	return e.types(s.root, o.root)
}

type typePair struct{ a, b *Type }

// equality compares the types of two schemas. Records are compared once; while that goes on they count as equal.
type equality struct {
	seen map[typePair]bool
}

func (e *equality) types(a, b *Type) bool {
	if a == b {
		return true
	}
	if a.Kind != b.Kind || a.Name.Full != b.Name.Full || !equalProps(a.Props, b.Props) {
		return false
	}
	switch a.Kind {
	case Record:
		return e.records(a, b)
	case Enum:
		return equalStrings(a.Symbols, b.Symbols) && equalText(a.Default, b.Default) && equalMeta(a, b)
	case Fixed:
		return a.Size == b.Size && equalMeta(a, b)
	case Array, Map:
		return e.types(a.Items, b.Items)
	case Union:
		if len(a.Branches) != len(b.Branches) {
			return false
		}
		for i := range a.Branches {
			if !e.types(a.Branches[i], b.Branches[i]) {
				return false
			}
		}
	}
	return true
}

func (e *equality) records(a, b *Type) bool {
	if len(a.Fields) != len(b.Fields) || !equalMeta(a, b) {
		return false
	}
	pair := typePair{a, b}
	if e.seen[pair] {
		return true
	}
	e.seen[pair] = true
	for i := range a.Fields {
		f, g := &a.Fields[i], &b.Fields[i]
		if !equalFields(f, g) || !equalText(f.Doc, g.Doc) || !equalSets(f.Aliases, g.Aliases) || !e.types(f.Type, g.Type) {
			return false
		}
	}
	return true
}

// equalFields compares fields except for their types, docs and aliases.
func equalFields(f, g *Field) bool {
	if f.Name != g.Name || f.Order != g.Order || !equalProps(f.Props, g.Props) {
		return false
	}
	if f.Default == nil || g.Default == nil {
		return f.Default == g.Default
	}
	return f.Default.equal(g.Default)
}

// sameDefinition reports whether two definitions of one name in one schema say the same. As in the reference, docs,
// aliases and the defaults of enums do not count. Named types inside are the same when they are one type.
func sameDefinition(a, b *Type) bool {
	if a.Kind != b.Kind || a.Size != b.Size || !equalProps(a.Props, b.Props) ||
		!equalStrings(a.Symbols, b.Symbols) || len(a.Fields) != len(b.Fields) {
		return false
	}
	for i := range a.Fields {
		if !equalFields(&a.Fields[i], &b.Fields[i]) || !samePart(a.Fields[i].Type, b.Fields[i].Type) {
			return false
		}
	}
	return true
}

func samePart(a, b *Type) bool {
	if a == b {
		return true
	}
	if a.Kind != b.Kind || a.Kind.Named() || !equalProps(a.Props, b.Props) || len(a.Branches) != len(b.Branches) {
		return false
	}
	for i := range a.Branches {
		if !samePart(a.Branches[i], b.Branches[i]) {
			return false
		}
	}
	return a.Items == nil || samePart(a.Items, b.Items)
}

func equalMeta(a, b *Type) bool {
	if !equalText(a.Doc, b.Doc) || len(a.Aliases) != len(b.Aliases) {
		return false
	}
	names := make(map[string]bool, len(a.Aliases))
	for _, n := range a.Aliases {
		names[n.Full] = true
	}
	for _, n := range b.Aliases {
		if !names[n.Full] {
			return false
		}
	}
	return true
}

func equalText(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func equalStrings(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// equalSets compares lists without repetitions as sets.
func equalSets(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	in := make(map[string]bool, len(a))
	for _, s := range a {
		in[s] = true
	}
	for _, s := range b {
		if !in[s] {
			return false
		}
	}
	return true
}

func equalProps(a, b []Prop) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) == 0 {
		return true
	}
	values := make(map[string]*Value, len(a))
	for _, p := range a {
		values[p.Key] = p.Value
	}
	for _, p := range b {
		if v, ok := values[p.Key]; !ok || !v.equal(p.Value) {
			return false
		}
	}
	return true
}

// equal compares values: objects without regard to order, integers by their digits, decimals as doubles. An integer is
// not equal to a decimal.
func (v *Value) equal(o *Value) bool {
	if v.Kind != o.Kind || len(v.Elems) != len(o.Elems) {
		return false
	}
	switch v.Kind {
	case DecimalValue:
		return math.Float64bits(v.Double()) == math.Float64bits(o.Double())
	case ArrayValue:
		for i := range v.Elems {
			if !v.Elems[i].equal(&o.Elems[i]) {
				return false
			}
		}
		return true
	case ObjectValue:
		members := make(map[string]*Value, len(o.Keys))
		for i, key := range o.Keys {
			members[key] = &o.Elems[i]
		}
		for i, key := range v.Keys {
			if m, ok := members[key]; !ok || !v.Elems[i].equal(m) {
				return false
			}
		}
		return true
	}
	return v.Text == o.Text
}
