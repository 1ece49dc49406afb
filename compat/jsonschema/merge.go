package jsonschema

// merge returns the shape that holds the rules of both; where both have one, that of b counts.
func merge(a, b *shape) *shape {
	m := *a
	switch a.kind {
	case stringKind:
		t := *a.text
		override(&t.maxLength, b.text.maxLength)
		override(&t.minLength, b.text.minLength)
		if b.text.pattern != nil {
			t.pattern = b.text.pattern
		}
		m.text = &t
	case numberKind:
		n := *a.number
		override(&n.maximum, b.number.maximum)
		override(&n.minimum, b.number.minimum)
		override(&n.exclusiveMaximum, b.number.exclusiveMaximum)
		override(&n.exclusiveMinimum, b.number.exclusiveMinimum)
		if b.number.multipleOf != nil {
			n.multipleOf = b.number.multipleOf
		}
		n.integer = n.integer || b.number.integer
		m.number = &n
	case arrayKind:
		m.array = mergeArrays(a.array, b.array)
	case objectKind:
		m.object = mergeObjects(a.object, b.object)
	}
	return &m
}

func override(to *limit, from limit) {
	if from.set {
		*to = from
	}
}

func overrideShape(to **shape, from *shape) {
	if from != nil {
		*to = from
	}
}

func mergeArrays(a, b *arrayRules) *arrayRules {
	m := *a
	overrideShape(&m.all, b.all)
	overrideShape(&m.additional, b.additional)
	overrideShape(&m.unevaluated, b.unevaluated)
	m.items = append(append([]*shape(nil), a.items...), b.items...)
	m.closed = a.closed || b.closed
	m.unique = a.unique || b.unique
	override(&m.maxItems, b.maxItems)
	override(&m.minItems, b.minItems)
	override(&m.maxContains, b.maxContains)
	override(&m.minContains, b.minContains)
	return &m
}

func mergeObjects(a, b *objectRules) *objectRules {
	m := *a
	m.properties, m.index, m.required = nil, nil, map[string]bool{}
	for _, o := range []*objectRules{a, b} {
		for _, p := range o.properties {
			m.add(p.name, p.shape)
		}
		for name := range o.required {
			m.required[name] = true
		}
	}
	m.patterns = append(append([]pattern(nil), a.patterns...), b.patterns...)
	m.closed = a.closed || b.closed
	overrideShape(&m.additional, b.additional)
	overrideShape(&m.unevaluated, b.unevaluated)
	m.dependentRequired = append(append([]dependency(nil), a.dependentRequired...), b.dependentRequired...)
	m.dependentSchemas = append(append([]property(nil), a.dependentSchemas...), b.dependentSchemas...)
	override(&m.maxProperties, b.maxProperties)
	override(&m.minProperties, b.minProperties)
	return &m
}
