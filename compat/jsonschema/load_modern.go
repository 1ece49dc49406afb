package jsonschema

import (
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// loadModern reads a schema of 2019-09 or 2020-12. Every keyword is a shape of its own; shapes of one kind in one schema
// object are merged, the rest stand side by side in an implied allOf.
func (l *loader) loadModern(v *model.Value) *shape {
	var s *shape
	for i := range v.Members {
		s = join(s, l.keyword(v, v.Members[i]), v)
	}
	for _, name := range []string{"properties", "patternProperties"} {
		if v.Get(name).Is(model.Object) {
			s = join(s, l.members(v, name), v)
		}
	}
	switch {
	case s == nil:
		s = &shape{kind: anything, value: v}
	case s.kind == combinedKind && s.implied && s.criterion == allOf && len(s.parts) == 1:
		s = s.parts[0]
	}
	if s.value != v {
		copied := *s
		s, s.value = &copied, v
	}
	return l.annotate(s, v, model.Draft2020)
}

// members reads properties or patternProperties; nil when there are none.
func (l *loader) members(v *model.Value, keyword string) *shape {
	o := &objectRules{}
	if keyword == "properties" {
		l.properties(o, v.Get(keyword))
	} else {
		l.patterns(o, v.Get(keyword))
	}
	if len(o.properties)+len(o.patterns) == 0 {
		return nil
	}
	return &shape{kind: objectKind, object: o, value: v}
}

// keyword reads one keyword; nil when it does not count.
func (l *loader) keyword(v *model.Value, m model.Member) *shape {
	switch m.Key {
	case "$ref", "$dynamicRef", "$recursiveRef":
		if m.Value.Is(model.String) {
			return l.reference(v, m.Key)
		}
	case "enum":
		if m.Value.Is(model.Array) {
			return &shape{kind: enumKind, values: m.Value.Items, value: v}
		}
	case "const":
		return &shape{kind: constKind, values: []*model.Value{m.Value}, value: v}
	case "allOf", "anyOf", "oneOf":
		if m.Value.Is(model.Array) {
			return l.combinedModern(v, criterion(m.Key), m.Value)
		}
	case "not":
		if m.Value.IsSchema() {
			return &shape{kind: notKind, inner: l.load(m.Value), value: v}
		}
	case "if":
		return &shape{kind: conditionalKind, value: v}
	case "type":
		return l.typeModern(v, m.Value)
	case "minLength", "maxLength", "pattern":
		return l.stringKeyword(v, m)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		return l.numberKeyword(v, m)
	}
	if s := l.arrayKeyword(v, m); s != nil {
		return s
	}
	return l.objectKeyword(v, m)
}

// combinedModern reads allOf, anyOf or oneOf. An implied allOf among the subschemas dissolves into the list.
func (l *loader) combinedModern(v *model.Value, keyword criterion, list *model.Value) *shape {
	s := &shape{kind: combinedKind, criterion: keyword, value: v}
	for _, item := range list.Items {
		if part := l.load(item); part != nil {
			s.parts = append(s.parts, flatten(part)...)
		}
	}
	return s
}

func (l *loader) typeModern(v, declared *model.Value) *shape {
	switch {
	case declared.Is(model.String):
		return bare(v, declared.Text)
	case declared.Is(model.Array):
		s := &shape{kind: combinedKind, criterion: anyOf, implied: true, value: v}
		for _, name := range declared.Items {
			if part := bare(v, name.Text); part != nil {
				s.parts = append(s.parts, part)
			}
		}
		return s
	}
	return nil
}

// bare is a type without further rules.
func bare(v *model.Value, name string) *shape {
	s := &shape{value: v}
	switch name {
	case "string":
		s.kind, s.text = stringKind, &stringRules{}
	case "integer", "number":
		s.kind, s.number = numberKind, &numberRules{integer: name == "integer"}
	case "boolean":
		s.kind = booleanKind
	case "null":
		s.kind = nullKind
	case "array":
		s.kind, s.array = arrayKind, &arrayRules{}
	case "object":
		s.kind, s.object = objectKind, &objectRules{}
	default:
		return nil
	}
	return s
}

func (l *loader) stringKeyword(v *model.Value, m model.Member) *shape {
	r := &stringRules{}
	switch m.Key {
	case "minLength":
		r.minLength = readLimit(m.Value)
	case "maxLength":
		r.maxLength = readLimit(m.Value)
	case "pattern":
		r.pattern = stringOf(v, m.Key)
	}
	return &shape{kind: stringKind, text: r, value: v}
}

func (l *loader) numberKeyword(v *model.Value, m model.Member) *shape {
	r := &numberRules{}
	switch m.Key {
	case "minimum":
		r.minimum = readLimit(m.Value)
	case "maximum":
		r.maximum = readLimit(m.Value)
	case "exclusiveMinimum":
		r.exclusiveMinimum = readLimit(m.Value)
	case "exclusiveMaximum":
		r.exclusiveMaximum = readLimit(m.Value)
	case "multipleOf":
		if m.Value.Is(model.Number) {
			r.multipleOf = m.Value
		}
	}
	return &shape{kind: numberKind, number: r, value: v}
}

func (l *loader) arrayKeyword(v *model.Value, m model.Member) *shape {
	r := &arrayRules{}
	switch m.Key {
	case "minItems":
		r.minItems = readLimit(m.Value)
	case "maxItems":
		r.maxItems = readLimit(m.Value)
	case "uniqueItems":
		r.unique = m.Value.IsTrue()
	case "contains":
		r.minContains, r.maxContains = limit{set: true, value: 1}, readLimit(v.Get("maxContains"))
		if least := readLimit(v.Get("minContains")); least.set {
			r.minContains = least
		}
	case "unevaluatedItems":
		r.unevaluated = l.load(m.Value)
	case "prefixItems":
		for _, item := range m.Value.Items {
			if s := l.load(item); s != nil {
				r.items = append(r.items, s)
			}
		}
	case "items":
		switch {
		case m.Value.IsFalse():
			r.closed = true
		case m.Value.Is(model.Object) && v.Get("prefixItems") == nil:
			r.all = l.load(m.Value)
		case m.Value.Is(model.Object):
			r.additional = l.load(m.Value)
		}
	default:
		return nil
	}
	return &shape{kind: arrayKind, array: r, value: v}
}

func (l *loader) objectKeyword(v *model.Value, m model.Member) *shape {
	r := &objectRules{}
	switch m.Key {
	case "minProperties":
		r.minProperties = readLimit(m.Value)
	case "maxProperties":
		r.maxProperties = readLimit(m.Value)
	case "required":
		r.require(m.Value)
	case "additionalProperties":
		switch {
		case m.Value.IsFalse():
			r.closed = true
		case m.Value.Is(model.Object):
			r.additional = l.load(m.Value)
		}
	case "unevaluatedProperties":
		r.unevaluated = l.load(m.Value)
	case "propertyNames":
	case "dependentRequired", "dependentSchemas":
		if !m.Value.Is(model.Object) {
			return nil
		}
		for _, d := range m.Value.Members {
			l.dependency(r, d)
		}
	default:
		return nil
	}
	return &shape{kind: objectKind, object: r, value: v}
}

// join puts the shape of one more keyword to those before it.
func join(s, more *shape, v *model.Value) *shape {
	switch {
	case more == nil:
		return s
	case s == nil:
		return more
	case s.kind == more.kind && mergeable(s.kind):
		return merge(s, more)
	case impliedAnyWith(s, more.kind):
		return absorb(s, more)
	case impliedAnyWith(more, s.kind):
		return absorb(more, s)
	}
	joined := &shape{kind: combinedKind, criterion: allOf, implied: true, value: v}
	for _, part := range append(append([]*shape(nil), flatten(s)...), flatten(more)...) {
		joined = absorb(joined, part)
	}
	return joined
}

func mergeable(k kind) bool {
	return k == stringKind || k == numberKind || k == objectKind || k == arrayKind
}

// impliedAnyWith reports whether s is a list of types one of which is of kind k.
func impliedAnyWith(s *shape, k kind) bool {
	if s.kind != combinedKind || s.criterion != anyOf || !s.implied {
		return false
	}
	for _, part := range s.parts {
		if part.kind == k {
			return true
		}
	}
	return false
}

// flatten returns the parts of an implied allOf, and any other shape alone.
func flatten(s *shape) []*shape {
	if s.kind == combinedKind && s.criterion == allOf && s.implied {
		return s.parts
	}
	return []*shape{s}
}

// absorb returns s with more merged into its first part of the same kind, or appended.
func absorb(s, more *shape) *shape {
	copied := *s
	copied.parts = append([]*shape(nil), s.parts...)
	for i, part := range copied.parts {
		if part.kind == more.kind && mergeable(more.kind) {
			copied.parts[i] = merge(part, more)
			return &copied
		}
	}
	copied.parts = append(copied.parts, more)
	return &copied
}
