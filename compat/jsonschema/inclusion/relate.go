package inclusion

// How whole schemas relate to each other, asked in the hope that the answer is easy: it saves taking them apart.

// easySteps is how much work such a question is worth.
const easySteps = 3000

// included reports whether everything a accepts is known to be accepted by b.
func (sv *solver) included(a, b *schema) bool {
	return a.composite() && b.composite() && len(a.anyOf)+len(a.oneOf) <= maxMembers && sv.easilyEmpty(goal{is(a), isNot(b)})
}

// maxMembers is up to how many members of a union are worth a question about the union.
const maxMembers = 12

// disjoint reports whether no instance of kind k is accepted by both, because of what a says plainly. That b is violated
// then needs no further attention in a branch that has established a: the facts of a see to it. An a that leaves a choice
// would not do, for the violation of b may be part of the very choice by which a comes to hold.
func (sv *solver) disjoint(a, b *schema, k kind) bool {
	return sv.apart(a, b, k) || a.composite() && b.composite() && a.plain(4) && sv.easilyEmpty(goal{is(a), is(b)})
}

// plain reports whether requiring s leads to facts alone, without a choice.
func (s *schema) plain(depth int) bool {
	if depth == 0 || len(s.anyOf)+len(s.oneOf) > 0 || s.not != nil || s.ifs != nil {
		return false
	}
	if r := s.objects; r != nil && (len(r.needs)+len(r.dependent) > 0 || r.unevaluated != nil) {
		return false
	}
	if r := s.arrays; r != nil && r.unevaluated != nil {
		return false
	}
	for _, part := range s.allOf {
		if !part.plain(depth - 1) {
			return false
		}
	}
	return true
}

// composite reports whether s consists of other schemas, so that asking about it as a whole can pay.
func (s *schema) composite() bool {
	return s.objects != nil || s.arrays != nil || len(s.allOf)+len(s.anyOf)+len(s.oneOf) > 0 || s.ifs != nil
}

func (sv *solver) easilyEmpty(g goal) bool {
	g, possible := g.normal()
	if !possible {
		return true
	}
	key := g.key()
	if sv.tried[key] {
		return false
	}
	result := answer{}
	enough := sv.budget.within(easySteps, func() { result = sv.solve(g) })
	if !enough {
		sv.tried[key] = true
	}
	return result.verdict == empty
}

// apart reports whether two schemas visibly have no instance of kind k in common: they allow different kinds, or require
// the same property with different values, as the members of a tagged union do.
func (sv *solver) apart(a, b *schema, k kind) bool {
	if !sv.kindsOf(a).has(k) || !sv.kindsOf(b).has(k) {
		return true
	}
	if k != objectKind {
		return false
	}
	ta, tb := sv.tagsOf(a, 3), sv.tagsOf(b, 3)
	for name, values := range ta {
		if other, ok := tb[name]; ok && values.disjoint(other) {
			return true
		}
	}
	return false
}

func (set *valueSet) disjoint(other *valueSet) bool {
	for id := range set.index {
		if other.index[id] {
			return false
		}
	}
	return true
}

// tagsOf returns the properties that objects must have and whose values s lists.
func (sv *solver) tagsOf(s *schema, depth int) map[string]*valueSet {
	if tags, ok := sv.tags[s]; ok {
		return tags
	}
	var tags map[string]*valueSet
	if r := s.objects; r != nil {
		for _, name := range r.required {
			if value := r.property(name); value != nil && value.values != nil {
				if tags == nil {
					tags = map[string]*valueSet{}
				}
				tags[name] = value.values
			}
		}
	}
	if depth > 0 {
		for _, part := range s.allOf {
			for name, values := range sv.tagsOf(part, depth-1) {
				if tags == nil {
					tags = map[string]*valueSet{}
				}
				tags[name] = values
			}
		}
	}
	sv.tags[s] = tags
	return tags
}
