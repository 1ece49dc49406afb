package avro

import (
	"errors"

	"github.com/concord-registry/concord/formats/avro"
)

// portable copies a reader's type for the library, so that it has no more freedom than the specification gives:
//
//   - aliases that name no type of the writer are left out, because the library takes one without a dot for a type of
//     that simple name in any namespace, and refuses names that start with a dot;
//   - in fields without a default, null is moved behind the other branches of a union, because the library takes a union
//     that starts with null for a default. The order of a reader's branches has no other bearing on null.
type portable struct {
	writers map[string]bool // the full names of the writer's types
	copies  map[*avro.Type]*avro.Type
	budget  int
}

var errPortable = errors.New("the schema is too large to verify messages with " + verifier)

const maxPortable = 50_000

func newPortable(writers map[string]bool) *portable {
	return &portable{writers: writers, copies: map[*avro.Type]*avro.Type{}, budget: maxPortable}
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
	c := *t
	p.copies[t] = &c
	if p.budget -= 1 + len(t.Fields) + len(t.Branches); p.budget < 0 {
		return &c
	}
	c.Aliases = nil
	for _, a := range t.Aliases {
		if p.writers[a.Full] && !dotted(t, a) {
			c.Aliases = append(c.Aliases, a)
		}
	}
	if t.Items != nil {
		c.Items = p.of(t.Items)
	}
	c.Branches = make([]*avro.Type, len(t.Branches))
	for i, b := range t.Branches {
		c.Branches[i] = p.of(b)
	}
	c.Fields = make([]avro.Field, len(t.Fields))
	for i, f := range t.Fields {
		f.Type = p.of(f.Type)
		if f.Default == nil {
			f.Type = nullLast(f.Type)
		}
		c.Fields[i] = f
	}
	return &c
}

func nullLast(t *avro.Type) *avro.Type {
	if t.Kind != avro.Union || len(t.Branches) < 2 || t.Branches[0].Kind != avro.Null {
		return t
	}
	c := *t
	c.Branches = append(append([]*avro.Type(nil), t.Branches[1:]...), t.Branches[0])
	return &c
}
