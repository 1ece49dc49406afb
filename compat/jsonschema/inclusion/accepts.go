package inclusion

// truth is the outcome of applying a schema to an instance. Some assertions nobody can evaluate; see predicate.check.
type truth uint8

const (
	no truth = iota
	unsure
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// not is the truth of the opposite.
func (t truth) not() truth { return yes - t }

// satisfies applies every literal of a goal to an instance.
func (sv *solver) satisfies(instance any, g goal) truth {
	result := yes
	for _, l := range g {
		result = min(result, sv.holds(instance, l))
		if result == no {
			return no
		}
	}
	return result
}

func (sv *solver) holds(instance any, l literal) truth {
	t := sv.accepts(l.schema, instance, nil, 0)
	if l.not {
		return t.not()
	}
	return t
}

// seen is which parts of an instance have been evaluated, for unevaluatedItems and unevaluatedProperties. A nil seen
// keeps no record.
type seen struct {
	all   bool
	doubt bool // a part that could have evaluated something is unsure
	names map[string]bool
	items map[int]bool
}

func (e *seen) name(name string) {
	if e != nil {
		if e.names == nil {
			e.names = map[string]bool{}
		}
		e.names[name] = true
	}
}

func (e *seen) item(i int) {
	if e != nil {
		if e.items == nil {
			e.items = map[int]bool{}
		}
		e.items[i] = true
	}
}

func (e *seen) everything() {
	if e != nil {
		e.all = true
	}
}

// join adds what another schema that accepts the instance has evaluated.
func (e *seen) join(other *seen) {
	e.all = e.all || other.all
	e.doubt = e.doubt || other.doubt
	for name := range other.names {
		e.name(name)
	}
	for i := range other.items {
		e.item(i)
	}
}

// maxApplications bounds how deep schemas are applied to each other for one instance.
const maxApplications = 400

// accepts applies s to an instance, as the validator would, and records in e what it evaluates.
func (sv *solver) accepts(s *schema, instance any, e *seen, depth int) truth {
	if sv.budget.spend(1) != nil || depth > maxApplications {
		return unsure
	}
	k := kindOf(instance)
	if !s.kinds.has(k) {
		return no
	}
	if s.values != nil && !s.values.has(instance) {
		return no
	}
	var own *seen // what this schema and its parts evaluate
	if e != nil || s.arrays != nil && s.arrays.unevaluated != nil || s.objects != nil && s.objects.unevaluated != nil {
		own = &seen{}
	}
	result := yes
	switch v := instance.(type) {
	case string:
		if s.strings != nil {
			result = s.strings.accept(sv.budget, v)
		}
	case []any:
		if s.arrays != nil {
			result = sv.acceptsArray(s.arrays, v, own, depth)
		}
	case map[string]any:
		if s.objects != nil {
			result = sv.acceptsObject(s.objects, v, own, depth)
		}
	default:
		if k == numberKind {
			result = truthOf(s.acceptsNumber(instance))
		}
	}
	if result == no {
		return no
	}
	if result = min(result, sv.applyInPlace(s, instance, own, depth)); result == no {
		return no
	}
	if result = min(result, sv.applyUnevaluated(s, instance, own, depth)); result != no && e != nil {
		e.join(own)
	}
	return result
}

// applyInPlace applies the keywords that apply schemas to the same instance.
func (sv *solver) applyInPlace(s *schema, instance any, own *seen, depth int) truth {
	apply := func(part *schema) truth {
		if own == nil {
			return sv.accepts(part, instance, nil, depth+1)
		}
		inner := &seen{}
		t := sv.accepts(part, instance, inner, depth+1)
		if t == yes {
			own.join(inner)
		} else if t == unsure {
			own.doubt = true
		}
		return t
	}
	result := yes
	for _, part := range s.allOf {
		if result = min(result, apply(part)); result == no {
			return no
		}
	}
	if s.not != nil {
		result = min(result, sv.accepts(s.not, instance, nil, depth+1).not())
	}
	if len(s.anyOf) > 0 {
		some := no
		for _, part := range s.anyOf {
			if some = max(some, apply(part)); some == yes && own == nil {
				break
			}
		}
		result = min(result, some)
	}
	if len(s.oneOf) > 0 {
		result = min(result, exactlyOne(s.oneOf, apply))
	}
	if s.ifs != nil {
		result = min(result, sv.applyConditional(s, apply))
	}
	return result
}

func exactlyOne(parts []*schema, apply func(*schema) truth) truth {
	accepted, doubtful := 0, false
	for _, part := range parts {
		switch apply(part) {
		case yes:
			accepted++
		case unsure:
			doubtful = true
		}
	}
	switch {
	case accepted > 1:
		return no
	case doubtful:
		return unsure
	}
	return truthOf(accepted == 1)
}

func (sv *solver) applyConditional(s *schema, apply func(*schema) truth) truth {
	branch := func(part *schema) truth {
		if part == nil {
			return yes
		}
		return apply(part)
	}
	switch apply(s.ifs) {
	case yes:
		return branch(s.then)
	case no:
		return branch(s.els)
	}
	if t := branch(s.then); t == branch(s.els) {
		return t
	}
	return unsure
}

func (sv *solver) applyUnevaluated(s *schema, instance any, own *seen, depth int) truth {
	result := yes
	switch v := instance.(type) {
	case []any:
		if s.arrays == nil || s.arrays.unevaluated == nil {
			return yes
		}
		for i, item := range v {
			if !own.all && !own.items[i] {
				result = min(result, sv.accepts(s.arrays.unevaluated, item, nil, depth+1))
			}
		}
		if own.doubt {
			return unsure
		}
		own.everything()
	case map[string]any:
		if s.objects == nil || s.objects.unevaluated == nil {
			return yes
		}
		for name, item := range v {
			if !own.all && !own.names[name] {
				result = min(result, sv.accepts(s.objects.unevaluated, item, nil, depth+1))
			}
		}
		if own.doubt {
			return unsure
		}
		own.everything()
	}
	return result
}
