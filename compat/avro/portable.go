package avro

import (
	"errors"
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats/avro"
)

// portable copies a reader's type for the library, so that it has no more freedom than the specification gives:
//
//   - aliases that name no type of the writer are left out, because the library takes one without a dot for a type of
//     that simple name in any namespace, and refuses names that start with a dot;
//   - in fields without a default, null is moved behind the other branches of a union, because the library takes a union
//     that starts with null for a default. The order of a reader's branches has no other bearing on null;
//   - defaults that are not values of their type are replaced, and aliases of fields that decoders pass over are left out,
//     unless they are what is in question, because the library then refuses the whole schema.
type portable struct {
	faults  bool            // keep such defaults and aliases
	writers map[string]bool // the full names of the writer's types
	copies  map[*avro.Type]*avro.Type
	budget  int
}

var errPortable = errors.New("the schema is too large to verify messages with " + verifier)

const maxPortable = 50_000

func newPortable(writers map[string]bool, faults bool) *portable {
	return &portable{faults: faults, writers: writers, copies: map[*avro.Type]*avro.Type{}, budget: maxPortable}
}

// writerNames collects the full names of the types of a schema.
func writerNames(root *avro.Type) map[string]bool {
	names := map[string]bool{}
	walk(root, func(t *avro.Type) {
		if t.Kind.Named() {
			names[t.Name.Full] = true
		}
	})
	return names
}

// walk calls f for every type that can be reached from root, once.
func walk(root *avro.Type, f func(*avro.Type)) {
	seen := map[*avro.Type]bool{root: true}
	for pending := []*avro.Type{root}; len(pending) > 0; {
		t := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		f(t)
		enter := func(p *avro.Type) {
			if p != nil && !seen[p] {
				seen[p] = true
				pending = append(pending, p)
			}
		}
		enter(t.Items)
		for _, b := range t.Branches {
			enter(b)
		}
		for i := range t.Fields {
			enter(t.Fields[i].Type)
		}
	}
}

func (p *portable) copy(root *avro.Type) (*avro.Type, error) {
	out := p.of(root)
	if p.budget < 0 {
		return nil, errPortable
	}
	return out, nil
}

func (p *portable) of(t *avro.Type) *avro.Type {
	if c := p.copies[t]; c != nil {
		return c
	}
	c := t.Copy()
	p.copies[t] = c
	if p.budget -= 1 + len(t.Fields) + len(t.Branches); p.budget < 0 {
		return c
	}
	switch {
	case t.Items != nil:
		c.Items = p.of(t.Items)
	case t.Kind == avro.Union:
		c.Branches = make([]*avro.Type, len(t.Branches))
		for i, b := range t.Branches {
			c.Branches[i] = p.of(b)
		}
	case t.Kind.Named():
		c.Aliases, c.Fields = p.aliases(t), p.fields(t)
	}
	return c
}

// aliases are those by which the writer's schema knows the type.
func (p *portable) aliases(t *avro.Type) []avro.Name {
	var out []avro.Name
	for _, a := range t.Aliases {
		if p.writers[a.Full] && !dotted(t, a) {
			out = append(out, a)
		}
	}
	return out
}

func (p *portable) fields(t *avro.Type) []avro.Field {
	fields := make([]avro.Field, len(t.Fields))
	taken := map[string]bool{}
	for i := range t.Fields {
		taken[t.Fields[i].Name] = true
	}
	for i, f := range t.Fields {
		f.Type = p.of(f.Type)
		if !p.faults {
			f.Aliases = freeAliases(f.Aliases, taken)
		}
		if f.Default == nil {
			f.Type = nullLast(f.Type)
		} else if !p.faults {
			if _, err := newResolution().defaultOf(t.Fields[i].Type, f.Default); err != nil {
				f.Default = standIn(t.Fields[i].Type, 0)
			}
		}
		fields[i] = f
	}
	return fields
}

// freeAliases returns the aliases that no field before has, be it as its name, and enters them.
func freeAliases(aliases []string, taken map[string]bool) []string {
	var out []string
	for _, a := range aliases {
		if !taken[a] {
			taken[a] = true
			out = append(out, a)
		}
	}
	return out
}

func nullLast(t *avro.Type) *avro.Type {
	if t.Kind != avro.Union || len(t.Branches) < 2 || t.Branches[0].Kind != avro.Null {
		return t
	}
	return avro.NewUnion(append(slices.Clone(t.Branches[1:]), t.Branches[0]))
}

// standIn is some default that is a value of t, or nil.
func standIn(t *avro.Type, depth int) *avro.Value {
	if depth > 20 {
		return nil
	}
	switch t.Kind {
	case avro.Null:
		return &avro.Value{Kind: avro.NullValue, Text: "null"}
	case avro.Boolean:
		return &avro.Value{Kind: avro.BoolValue, Text: "false"}
	case avro.Int, avro.Long, avro.Float, avro.Double:
		return &avro.Value{Kind: avro.IntValue, Text: "0"}
	case avro.Bytes, avro.String:
		return &avro.Value{Kind: avro.StringValue, Text: smallestText(t)}
	case avro.Fixed:
		return &avro.Value{Kind: avro.StringValue, Text: strings.Repeat("\x00", min(t.Size, maxWitness))}
	case avro.Enum:
		if len(t.Symbols) > 0 {
			return &avro.Value{Kind: avro.StringValue, Text: t.Symbols[0]}
		}
		return nil
	case avro.Array:
		return &avro.Value{Kind: avro.ArrayValue}
	case avro.Map:
		return &avro.Value{Kind: avro.ObjectValue}
	case avro.Union:
		if len(t.Branches) > 0 {
			return standIn(t.Branches[0], depth+1)
		}
		return nil
	}
	out := &avro.Value{Kind: avro.ObjectValue}
	for i := range t.Fields {
		v := standIn(t.Fields[i].Type, depth+1)
		if v == nil || len(out.Elems) > maxPortable {
			return nil
		}
		out.Keys, out.Elems = append(out.Keys, t.Fields[i].Name), append(out.Elems, *v)
	}
	return out
}
