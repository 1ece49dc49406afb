package inclusion

// require establishes that a schema accepts the instance.
func (b *branch) require(s *schema) bool {
	if !b.sv.kindsOf(s).has(b.kind) {
		return false
	}
	if s.values != nil {
		values := s.values.of(b.kind)
		if len(values) == 0 {
			return false
		}
		b.establish(among{values})
	}
	switch b.kind {
	case numberKind:
		b.requireNumber(s)
	case stringKind:
		b.requireString(s.strings)
	case arrayKind:
		if s.arrays != nil {
			b.requireArray(s)
		}
	case objectKind:
		if s.objects != nil && !b.requireObject(s) {
			return false
		}
	}
	return b.requireInPlace(s)
}

// of returns the values of one kind.
func (set *valueSet) of(k kind) []any {
	var out []any
	for _, v := range set.list {
		if kindOf(v) == k {
			out = append(out, v)
		}
	}
	return out
}

// requireInPlace takes apart the keywords that apply schemas to the same instance.
func (b *branch) requireInPlace(s *schema) bool {
	for _, part := range s.allOf {
		if !b.assert(is(part)) {
			return false
		}
	}
	if s.not != nil && !b.assert(isNot(s.not)) {
		return false
	}
	if len(s.anyOf) > 0 {
		var c choice
		for _, part := range s.anyOf {
			c.alternatives = append(c.alternatives, byLiteral(is(part)))
		}
		if !b.choose(c) {
			return false
		}
	}
	if len(s.oneOf) > 0 {
		var c choice
		for i, part := range s.oneOf {
			only := []literal{is(part)}
			for k, other := range s.oneOf {
				if k != i {
					only = append(only, isNot(other))
				}
			}
			c.alternatives = append(c.alternatives, byLiteral(only...))
		}
		if !b.choose(c) {
			return false
		}
	}
	if s.ifs != nil && (s.then != nil || s.els != nil) {
		then, otherwise := byLiteral(is(s.ifs)), byLiteral(isNot(s.ifs))
		if s.then != nil {
			then.literals = append(then.literals, is(s.then))
		}
		if s.els != nil {
			otherwise.literals = append(otherwise.literals, is(s.els))
		}
		return b.choose(choice{alternatives: []alternative{then, otherwise}})
	}
	return true
}

func (b *branch) requireNumber(s *schema) {
	if s.integer {
		b.establish(divisible{whole})
	}
	r := s.numbers
	if r == nil {
		return
	}
	if r.min != nil {
		b.establish(atLeast{r.min, r.minOpen})
	}
	if r.max != nil {
		b.establish(atMost{r.max, r.maxOpen})
	}
	if r.multipleOf != nil {
		b.establish(divisible{r.multipleOf})
	}
}

func (b *branch) requireString(r *stringRules) {
	if r == nil {
		return
	}
	if r.minLength > 0 {
		b.establish(minLength{r.minLength})
	}
	if r.maxLength != none {
		b.establish(maxLength{r.maxLength})
	}
	if r.pattern != nil {
		b.establish(matches{r.pattern})
	}
	for _, p := range r.predicates {
		b.establish(obeys{p})
	}
}

func (b *branch) requireArray(s *schema) {
	r := s.arrays
	if len(r.prefix) > 0 || r.rest != nil {
		b.establish(r.itemsAre())
	}
	if r.minItems > 0 {
		b.establish(minItems{r.minItems})
	}
	if r.maxItems != none {
		b.establish(maxItems{r.maxItems})
	}
	if r.unique {
		b.establish(distinct{})
	}
	if r.contains != nil && (r.minContains > 0 || r.maxContains != none) {
		b.establish(counts{is: is(r.contains), min: r.minContains, max: r.maxContains})
	}
	if r.unevaluated != nil {
		b.evaluations = append(b.evaluations, &evaluation{schema: s})
	}
}

func (r *arrayRules) itemsAre() itemsAre {
	var f itemsAre
	for _, s := range r.prefix {
		f.prefix = append(f.prefix, is(s))
	}
	if r.rest != nil {
		rest := is(r.rest)
		f.rest = &rest
	}
	return f
}

func (b *branch) requireObject(s *schema) bool {
	r := s.objects
	for _, name := range r.required {
		b.establish(has{name})
	}
	if len(r.names) > 0 || len(r.patterns) > 0 || r.additional != nil {
		b.establish(members{r})
	}
	if r.minProperties > 0 {
		b.establish(minProperties{r.minProperties})
	}
	if r.maxProperties != none {
		b.establish(maxProperties{r.maxProperties})
	}
	if r.propertyNames != nil {
		b.establish(namesAre{is(r.propertyNames)})
	}
	if len(r.opaque) > 0 {
		b.establish(unknowable{what: r.unknowable()})
	}
	for _, n := range r.needs {
		all := alternative{}
		for _, other := range n.others {
			all.facts = append(all.facts, has{other})
		}
		if !b.choose(choice{alternatives: []alternative{byFact(lacks{n.name}), all}}) {
			return false
		}
	}
	for _, d := range r.dependent {
		if !b.choose(choice{alternatives: []alternative{byFact(lacks{d.name}), byLiteral(is(d.schema))}}) {
			return false
		}
	}
	if r.unevaluated != nil {
		b.evaluations = append(b.evaluations, &evaluation{schema: s})
	}
	return true
}
