package avro

import "github.com/concord-registry/concord/formats"

// checkDefault holds a field's default to the field's type, as far as the reference does: by JSON type; a union's default
// may fit any branch; symbols and lengths are not looked at. What depends on a type that is not defined yet is put off
// to the end of the text.
func (p *parser) checkDefault(record *Type, i int, last bool) error {
	f := &record.Fields[i]
	c := &defaultCheck{fits: p.fits, seen: map[defaultPair]bool{}, steps: &p.defaultSteps}
	valid := c.valid(f.Type, f.Default, 0)
	if p.defaultSteps > defaultFactor*p.limits.Nodes {
		return &formats.LimitError{Limit: "steps in checking defaults", Max: defaultFactor * p.limits.Nodes}
	}
	if valid {
		return nil
	}
	if c.undefined && !last {
		p.defaults = append(p.defaults, laterDefault{record: record, field: i})
		return nil
	}
	if c.open != nil {
		return p.failAt(f.DefaultPos, "the default of the field %s depends on the record %s, inside which it stands", shorten(f.Name), shorten(c.open.Name.Full))
	}
	return p.failAt(f.DefaultPos, "the default of the field %s is %s, which is not a value of its type %s", shorten(f.Name), excerpt(f.Default), shorten(f.Type.String()))
}

type defaultPair struct {
	t *Type
	v *Value
}

// defaultFactor bounds the work of checking defaults, as a multiple of the limit on nodes: a default may rely on the
// defaults of a large record, and many may do so.
const defaultFactor = 4

// defaultCheck decides whether values fit types. Every pair is looked at once, so a default that contains itself through
// the defaults of other fields does not end up valid.
type defaultCheck struct {
	fits      map[defaultPair]bool // pairs that were found valid for any field of the schema
	seen      map[defaultPair]bool // pairs met for this field
	steps     *int
	open      *Type // a record that was needed before it was complete
	undefined bool  // a type was needed that is not defined yet
}

func (c *defaultCheck) valid(t *Type, v *Value, depth int) bool {
	*c.steps++
	if t == nil {
		c.undefined = true
		return false
	}
	if v == nil || depth > maxDepth {
		return false
	}
	switch t.Kind {
	case Record, Array, Map, Union:
		pair := defaultPair{t, v}
		if c.fits[pair] || c.seen[pair] {
			return c.fits[pair]
		}
		c.seen[pair] = true
		ok := c.composite(t, v, depth+1)
		if ok {
			c.fits[pair] = true
		}
		return ok
	}
	return scalarDefault(t, v)
}

func scalarDefault(t *Type, v *Value) bool {
	switch t.Kind {
	case Null:
		return v.Kind == NullValue
	case Boolean:
		return v.Kind == BoolValue
	case Int:
		_, ok := v.Int32()
		return ok
	case Long:
		_, ok := v.Int64()
		return ok
	case Float, Double:
		return v.Kind == IntValue || v.Kind == DecimalValue
	}
	return v.Kind == StringValue
}

func (c *defaultCheck) composite(t *Type, v *Value, depth int) bool {
	switch t.Kind {
	case Union:
		for _, b := range t.Branches {
			if c.valid(b, v, depth) {
				return true
			}
		}
		return false
	case Array, Map:
		if (t.Kind == Array) != (v.Kind == ArrayValue) || (t.Kind == Map) != (v.Kind == ObjectValue) {
			return false
		}
		for i := range v.Elems {
			if !c.valid(t.Items, &v.Elems[i], depth) {
				return false
			}
		}
		return true
	}
	return c.record(t, v, depth)
}

func (c *defaultCheck) record(t *Type, v *Value, depth int) bool {
	if v.Kind != ObjectValue {
		return false
	}
	if !t.complete {
		c.open = t
		return false
	}
	get := v.Get
	if len(v.Keys) > 8 {
		members := make(map[string]*Value, len(v.Keys))
		for i, key := range v.Keys {
			members[key] = &v.Elems[i]
		}
		get = func(key string) *Value { return members[key] }
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		value := get(f.Name)
		if value == nil {
			value = f.Default
		}
		if !c.valid(f.Type, value, depth) {
			return false
		}
	}
	return true
}
