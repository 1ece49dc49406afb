// Package avro parses Avro schemas: it accepts what the reference server accepts, and prints the text that it stores.
//
// The parser is our own because a registry must keep what a codec library may drop: the order and the digits of
// properties and defaults, the places of everything in the text, types that are only referred to. The rules are those of
// Apache Avro 1.12 as the reference server applies them; differences are listed in testdata/deviations.json.
package avro

import (
	"context"
	"errors"

	"github.com/concord-registry/concord/formats"
)

// Format parses Avro schemas.
type Format struct{}

// Type returns formats.Avro.
func (Format) Type() formats.Type { return formats.Avro }

// Parse implements formats.Format. The referenced texts are parsed first, in their order, into one scope of names; a text
// finds a type by its full name, whatever the reference to it is called.
func (Format) Parse(ctx context.Context, src formats.Source, opt formats.Options) (formats.Schema, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return parse(src, opt)
}

func parse(src formats.Source, opt formats.Options) (*Schema, error) {
	limits := opt.Limits.OrDefault()
	size := len(src.Text)
	for _, r := range src.Resolved {
		size += len(r.Text)
	}
	if size > limits.Bytes {
		return nil, &formats.LimitError{Limit: "bytes", Max: limits.Bytes, Got: size}
	}
	p := &parser{
		types: map[string]*Type{}, fits: map[defaultPair]bool{}, validate: opt.Validate, strict: opt.Strict,
		limits: limits, nameBytes: nameFactor * limits.Bytes,
	}
	s := &Schema{source: src, options: opt, printed: map[string]bool{}}
	for i, r := range src.Resolved {
		root, _, err := p.text(int32(i+1), r.Text)
		if err != nil {
			return nil, located(err, r.Text, r.Name)
		}
		if root.Kind.Named() {
			s.printed[root.Name.Full] = true
		}
	}
	var err error
	if s.root, s.rootPos, err = p.text(0, src.Text); err != nil {
		return nil, located(err, src.Text, "")
	}
	s.nodes, s.owned = p.nodes, p.owned
	if s.canonical, err = s.print(printing{}); err != nil {
		return nil, err
	}
	s.lines = formats.NewLines(src.Text)
	return s, nil
}

// located turns a fault at an offset into a fault at a line and column.
func located(err error, text, reference string) error {
	var fault *jsonError
	if !errors.As(err, &fault) {
		return err
	}
	lines := formats.NewLines(text)
	return &formats.ParseError{Message: fault.message, Span: lines.Span(fault.offset, fault.offset+1), Name: reference}
}

// nameFactor bounds the bytes of all full names together, as a multiple of the limit on the text: a long namespace is
// written once but is part of the name of everything inside it.
const nameFactor = 16

// parser builds the types of a schema and of what it refers to.
type parser struct {
	source           int32
	validate, strict bool
	limits           formats.Limits
	nodes            int
	nameBytes        int // left to spend

	types map[string]*Type // by full name; the first definition of each
	owned []*Type          // the named types that the schema's own text defines, in order

	// What can only be settled at the end of a text, when all its names are known.
	unresolved []unresolved
	redefined  []redefinition
	unions     []*Type
	defaults   []laterDefault

	fits         map[defaultPair]bool // defaults that are known to be valid
	defaultSteps int
}

// unresolved is a use of a name that is not defined yet.
type unresolved struct {
	slot          **Type
	full, written string
	at            Pos
}

// redefinition is a second definition of a name, which is allowed when it says the same.
type redefinition struct {
	first, second *Type
}

type laterDefault struct {
	record *Type
	field  int
}

// text parses one text of the schema.
func (p *parser) text(source int32, text string) (*Type, Pos, error) {
	p.source = source
	v, err := readJSON(text, p.limits, &p.nodes)
	if err != nil {
		return nil, Pos{}, err
	}
	var root *Type
	if err := p.parse(&root, v, ""); err != nil {
		return nil, Pos{}, err
	}
	if err := p.settle(); err != nil {
		return nil, Pos{}, err
	}
	return root, p.at(v), nil
}

// settle resolves forward references and makes the checks that had to wait for them.
func (p *parser) settle() error {
	for _, u := range p.unresolved {
		t := p.types[u.full]
		if t == nil {
			t = p.types[u.written]
		}
		if t == nil {
			return p.failAt(u.at, "the type %s is not defined here or in a referenced schema", shorten(u.full))
		}
		*u.slot = t
	}
	for _, u := range p.unions {
		if err := p.checkUnion(u); err != nil {
			return err
		}
	}
	for _, r := range p.redefined {
		if !sameDefinition(r.first, r.second) {
			return p.failAt(r.second.NamePos, "the type %s is defined before, differently", shorten(r.second.Name.Full))
		}
	}
	for _, d := range p.defaults {
		if err := p.checkDefault(d.record, d.field, true); err != nil {
			return err
		}
	}
	p.unresolved, p.redefined, p.unions, p.defaults = nil, nil, nil, nil
	return nil
}

func (p *parser) at(v *Value) Pos { return Pos{Source: p.source, Start: v.start, End: v.end} }

// parse sets *slot to the type that v describes. space is the enclosing namespace.
func (p *parser) parse(slot **Type, v *Value, space string) error {
	switch v.Kind {
	case StringValue:
		return p.use(slot, v, v.Text, space)
	case ArrayValue:
		return p.union(slot, v, space)
	case ObjectValue:
		return p.object(slot, v, space)
	}
	return p.fail(v, "a schema is a name, an object or an array of schemas, not %s", excerpt(v))
}

func (p *parser) object(slot **Type, v *Value, space string) error {
	kind := v.Get("type")
	if kind == nil || kind.Kind != StringValue {
		return p.fail(v, `this object is not a schema: it needs a "type" that is a string`)
	}
	if k, ok := primitives[kind.Text]; ok {
		*slot = bare[k]
		if kept := props(v, typeAttributes); kept != nil {
			*slot = &Type{Kind: k, Pos: p.at(v), Props: kept, complete: true, Definition: undefined}
		}
		return nil
	}
	switch kind.Text {
	case "record", "error":
		return p.record(slot, v, space, kind.Text == "error")
	case "enum":
		return p.enum(slot, v, space)
	case "fixed":
		return p.fixed(slot, v, space)
	case "array":
		return p.container(slot, v, space, Array, "items")
	case "map":
		return p.container(slot, v, space, Map, "values")
	}
	return p.use(slot, v, kind.Text, space)
}

// use refers to a type by name: in the enclosing namespace or, where the text never defines that, in the null namespace.
func (p *parser) use(slot **Type, v *Value, name, space string) error {
	if k, ok := primitives[name]; ok {
		*slot = bare[k]
		return nil
	}
	full, err := p.name(v, name, space)
	if err != nil {
		return err
	}
	if t, ok := p.types[full.Full]; ok {
		*slot = t
	} else {
		p.unresolved = append(p.unresolved, unresolved{slot: slot, full: full.Full, written: name, at: p.at(v)})
	}
	return nil
}

// name makes a full name and counts its length.
func (p *parser) name(v *Value, name, space string) (Name, error) {
	n := newName(name, space)
	if p.nameBytes -= len(n.Full); p.nameBytes < 0 {
		return n, &formats.LimitError{Limit: "bytes of full names", Max: nameFactor * p.limits.Bytes}
	}
	return n, nil
}

func (p *parser) container(slot **Type, v *Value, space string, kind Kind, attribute string) error {
	items := v.Get(attribute)
	if items == nil {
		return p.fail(v, `this %s needs "%s", the type of what it holds`, kind, attribute)
	}
	t := NewContainer(kind, nil, props(v, typeAttributes))
	t.Pos, t.ItemsPos = p.at(v), p.at(items)
	*slot = t
	return p.parse(&t.Items, items, space)
}

// maxBranches bounds the unions of new schemas. Comparing two unions costs the product of their branches, so that one of
// this size is far beyond what can ever be compared.
const maxBranches = 10_000

func (p *parser) union(slot **Type, v *Value, space string) error {
	n := len(v.Elems)
	if p.validate && n > maxBranches {
		return &formats.LimitError{Limit: "branches in a union", Max: maxBranches, Got: n}
	}
	t := NewUnion(make([]*Type, n))
	t.Pos, t.BranchPos = p.at(v), make([]Pos, n)
	*slot = t
	for i := range v.Elems {
		t.BranchPos[i] = p.at(&v.Elems[i])
		if err := p.parse(&t.Branches[i], &v.Elems[i], space); err != nil {
			return err
		}
	}
	for _, b := range t.Branches {
		if b == nil {
			p.unions = append(p.unions, t)
			return nil
		}
	}
	return p.checkUnion(t)
}

// checkUnion holds a union to the specification: no union inside, and no two branches of one unnamed kind or one name.
func (p *parser) checkUnion(t *Type) error {
	var kinds [Fixed + 1]bool
	var names map[string]bool
	for i, b := range t.Branches {
		twice := false
		switch {
		case b.Kind == Union:
			return p.failAt(t.BranchPos[i], "a union may not be a branch of a union")
		case b.Kind.Named():
			if names == nil {
				names = map[string]bool{}
			}
			twice, names[b.Name.Full] = names[b.Name.Full], true
		default:
			twice, kinds[b.Kind] = kinds[b.Kind], true
		}
		if twice {
			return p.failAt(t.BranchPos[i], "the union has two branches of type %s", shorten(b.short()))
		}
	}
	return nil
}

// Attributes that are part of the language; all others are kept as properties.
var (
	typeAttributes  = map[string]bool{"doc": true, "fields": true, "items": true, "name": true, "namespace": true, "size": true, "symbols": true, "values": true, "type": true, "aliases": true}
	enumAttributes  = map[string]bool{"doc": true, "fields": true, "items": true, "name": true, "namespace": true, "size": true, "symbols": true, "values": true, "type": true, "aliases": true, "default": true}
	fieldAttributes = map[string]bool{"default": true, "doc": true, "name": true, "order": true, "type": true, "aliases": true}
)

func props(v *Value, reserved map[string]bool) []Prop {
	var out []Prop
	for i, key := range v.Keys {
		if !reserved[key] {
			out = append(out, Prop{Key: key, Value: v.Elems[i].clone()})
		}
	}
	return out
}
