package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// tally counts the types of fields by name.
type tally struct {
	fields *fieldIndex
	kinds  []string // of types by number, found on first use
	names  map[uint32]*usage
}

// usage is how one name is used: a small list, because most names have one kind of value.
type usage struct {
	count int
	types []typeUse
}

type typeUse struct {
	typ     uint32
	count   int
	subject string
}

func newTally(x *fieldIndex) *tally {
	return &tally{fields: x, kinds: make([]string, len(x.types.texts)), names: map[uint32]*usage{}}
}

// maxTypesOfName bounds the types that are told apart for one name.
const maxTypesOfName = 32

func (t *tally) add(f field, e *entry) {
	u := t.names[f.name]
	if u == nil {
		u = &usage{}
		t.names[f.name] = u
	}
	u.count++
	for i := range u.types {
		if u.types[i].typ == f.typ {
			u.types[i].count++
			return
		}
	}
	if len(u.types) < maxTypesOfName {
		u.types = append(u.types, typeUse{f.typ, 1, e.name})
	}
}

func (t *tally) kind(typ uint32) string {
	if t.kinds[typ] == "" {
		t.kinds[typ] = kindOf(t.fields.types.texts[typ])
	}
	return t.kinds[typ]
}

// disagreements lists the names whose types are of more than one kind.
func (t *tally) disagreements() []Disagreement {
	found := []Disagreement{}
	for name, u := range t.names {
		if len(u.types) < 2 {
			continue
		}
		byKind := map[string]*TypeCount{}
		best := map[string]int{}
		for _, use := range u.types {
			kind := t.kind(use.typ)
			if byKind[kind] == nil {
				byKind[kind] = &TypeCount{}
			}
			k := byKind[kind]
			k.Count += use.count
			if use.count > best[kind] {
				best[kind], k.Type, k.Subject = use.count, t.fields.types.texts[use.typ], use.subject
			}
		}
		if len(byKind) < 2 {
			continue
		}
		d := Disagreement{Name: t.fields.names.texts[name], Count: u.count}
		for _, k := range byKind {
			d.Types = append(d.Types, *k)
		}
		slices.SortFunc(d.Types, func(a, b TypeCount) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Type, b.Type)) })
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b Disagreement) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Name, b.Name)) })
	return found[:min(len(found), maxDisagreements)]
}

// kinds of value, by the words that the formats have for them. Sizes of numbers are no disagreement.
var kindWords = map[string]string{
	"int": "integer", "long": "integer", "integer": "integer", "int32": "integer", "int64": "integer", "uint32": "integer", "uint64": "integer",
	"sint32": "integer", "sint64": "integer", "fixed32": "integer", "fixed64": "integer", "sfixed32": "integer", "sfixed64": "integer",
	"float": "number", "double": "number", "number": "number",
	"string": "text", "uuid": "text", "bool": "boolean", "boolean": "boolean",
	"timestamp": "time", "timestamp-millis": "time", "timestamp-micros": "time", "timestamp-nanos": "time", "string (date-time)": "time",
}

// kindOf returns what kind of value a type stands for, whatever the format and whether it may be absent.
func kindOf(typ string) string {
	typ = strings.TrimPrefix(strings.TrimPrefix(typ, "optional "), "required ")
	if branches := strings.Split(typ, " | "); len(branches) > 1 {
		branches = slices.DeleteFunc(branches, func(b string) bool { return b == "null" })
		if len(branches) > 1 {
			return strings.ToLower(typ)
		}
		typ = branches[0]
	}
	if element, list := strings.CutPrefix(typ, "repeated "); list {
		return "list of " + kindOf(element)
	}
	if element, list := strings.CutPrefix(typ, "array<"); list {
		return "list of " + kindOf(strings.TrimSuffix(element, ">"))
	}
	folded := strings.ToLower(typ)
	if kind, known := kindWords[folded]; known {
		return kind
	}
	// A logical type or a format stands before or after the type that carries it.
	word, _, _ := strings.Cut(folded, " (")
	if kind, known := kindWords[word]; known {
		return kind
	}
	return word
}
