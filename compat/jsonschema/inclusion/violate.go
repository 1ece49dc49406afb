package inclusion

// denial is the ways in which instances of a kind can fail to be accepted by a schema; certain means that every one does.
// None means that every one is accepted.
type denial struct {
	ways    []alternative
	certain bool
}

// violations returns the denial of s for instances of kind k.
func (sv *solver) violations(s *schema, k kind) denial {
	key := sourceKey{s, k}
	d, ok := sv.denials[key]
	if !ok {
		d.ways, d.certain = sv.findViolations(s, k)
		sv.denials[key] = d
	}
	return d
}

func (sv *solver) findViolations(s *schema, k kind) (ways []alternative, certain bool) {
	if !sv.kindsOf(s).has(k) {
		return nil, true
	}
	v := &violator{sv: sv, kind: k}
	if s.values != nil {
		values := s.values.of(k)
		if len(values) == 0 {
			return nil, true
		}
		v.fact(differs{values})
	}
	switch k {
	case numberKind:
		v.number(s)
	case stringKind:
		v.string(s.strings)
	case arrayKind:
		if s.arrays != nil {
			v.array(s)
		}
	case objectKind:
		if s.objects != nil {
			v.object(s)
		}
	}
	v.inPlace(s)
	return v.ways, false
}

// violator collects violations.
type violator struct {
	sv   *solver
	kind kind
	ways []alternative
}

func (v *violator) fact(f ...fact)       { v.ways = append(v.ways, byFact(f...)) }
func (v *violator) literal(l ...literal) { v.ways = append(v.ways, byLiteral(l...)) }

// accepting reports whether s accepts everything, so that it cannot be violated.
func accepting(s *schema) bool {
	accepts, ok := s.trivial()
	return ok && accepts
}

func (v *violator) inPlace(s *schema) {
	if s.not != nil {
		v.literal(is(s.not))
	}
	for _, part := range s.allOf {
		v.literal(isNot(part))
	}
	if len(s.anyOf) > 0 {
		v.literal(nots(s.anyOf)...)
	}
	if len(s.oneOf) > 0 {
		v.literal(nots(s.oneOf)...)
		for i, a := range s.oneOf {
			for _, b := range s.oneOf[i+1:] {
				if !v.sv.apart(a, b, v.kind) {
					v.literal(is(a), is(b))
				}
			}
		}
	}
	if s.ifs != nil {
		if s.then != nil {
			v.literal(is(s.ifs), isNot(s.then))
		}
		if s.els != nil {
			v.literal(isNot(s.ifs), isNot(s.els))
		}
	}
}

func nots(list []*schema) []literal {
	var out []literal
	for _, s := range list {
		out = append(out, isNot(s))
	}
	return out
}

func (v *violator) number(s *schema) {
	if s.integer {
		v.fact(indivisible{whole})
	}
	r := s.numbers
	if r == nil {
		return
	}
	if r.min != nil {
		v.fact(atMost{r.min, !r.minOpen})
	}
	if r.max != nil {
		v.fact(atLeast{r.max, !r.maxOpen})
	}
	if r.multipleOf != nil {
		v.fact(indivisible{r.multipleOf})
	}
}

func (v *violator) string(r *stringRules) {
	if r == nil {
		return
	}
	if r.minLength > 0 {
		v.fact(maxLength{r.minLength - 1})
	}
	if r.maxLength != none {
		v.fact(minLength{r.maxLength + 1})
	}
	if r.pattern != nil {
		v.fact(avoids{r.pattern})
	}
	for _, p := range r.predicates {
		v.fact(defies{p})
	}
}

func (v *violator) array(s *schema) {
	r := s.arrays
	if r.minItems > 0 {
		v.fact(maxItems{r.minItems - 1})
	}
	if r.maxItems != none {
		v.fact(minItems{r.maxItems + 1})
	}
	for i, item := range r.prefix {
		if !accepting(item) {
			v.fact(itemIs{i, isNot(item)})
		}
	}
	if r.rest != nil && !accepting(r.rest) {
		v.fact(counts{is: isNot(r.rest), from: len(r.prefix), min: 1, max: none})
	}
	if r.unique {
		v.fact(repeated{})
	}
	if r.contains != nil {
		if r.minContains > 0 {
			v.fact(counts{is: is(r.contains), min: 0, max: r.minContains - 1})
		}
		if r.maxContains != none {
			v.fact(counts{is: is(r.contains), min: r.maxContains + 1, max: none})
		}
	}
	if r.unevaluated != nil && !accepting(r.unevaluated) {
		v.ways = append(v.ways, alternative{evaluation: &evaluation{schema: s, denied: true}})
	}
}

func (v *violator) object(s *schema) {
	r := s.objects
	for _, name := range r.required {
		v.fact(lacks{name})
	}
	for i, name := range r.names {
		if value := r.values[i]; !accepting(value) {
			v.fact(propertyIs{name, isNot(value)})
		}
	}
	for _, p := range r.patterns {
		if !accepting(p.schema) {
			v.fact(someProperty{scope{pattern: p.pattern}, isNot(p.schema)})
		}
	}
	if r.additional != nil && !accepting(r.additional) {
		v.fact(someProperty{r.beyond(), isNot(r.additional)})
	}
	if r.propertyNames != nil && !accepting(r.propertyNames) {
		v.fact(someName{isNot(r.propertyNames)})
	}
	if r.minProperties > 0 {
		v.fact(maxProperties{r.minProperties - 1})
	}
	if r.maxProperties != none {
		v.fact(minProperties{r.maxProperties + 1})
	}
	if len(r.opaque) > 0 {
		v.fact(unknowable{what: r.unknowable(), not: true})
	}
	for _, n := range r.needs {
		for _, other := range n.others {
			v.fact(has{n.name}, lacks{other})
		}
	}
	for _, d := range r.dependent {
		v.ways = append(v.ways, alternative{facts: []fact{has{d.name}}, literals: []literal{isNot(d.schema)}})
	}
	if r.unevaluated != nil && !accepting(r.unevaluated) {
		v.ways = append(v.ways, alternative{evaluation: &evaluation{schema: s, denied: true}})
	}
}

// differences lists the ways in which an array or object can differ from a value of its kind.
func (sv *solver) differences(value any) []alternative {
	v := &violator{sv: sv}
	switch value := value.(type) {
	case []any:
		if len(value) > 0 {
			v.fact(maxItems{len(value) - 1})
		}
		v.fact(minItems{len(value) + 1})
		for i, item := range value {
			v.fact(itemIs{i, isNot(sv.exactly(item))})
		}
	case map[string]any:
		names := sortedNames(value)
		for _, name := range names {
			v.fact(lacks{name})
		}
		v.fact(someProperty{
			scope{excepted: names, except: func(name string) bool { _, ok := value[name]; return ok }},
			is(sv.anything()),
		})
		for _, name := range names {
			v.fact(propertyIs{name, isNot(sv.exactly(value[name]))})
		}
	}
	return v.ways
}

// exactly is the schema of one value.
func (sv *solver) exactly(value any) *schema { return sv.listing([]any{value}) }

// listing is the schema of a list of values.
func (sv *solver) listing(values []any) *schema {
	s := newNode()
	s.values = newValueSet(values)
	return sv.schemas.one(s)
}

// anything is the schema that accepts everything.
func (sv *solver) anything() *schema { return sv.schemas.one(newNode()) }

// anyOf is the schema of what at least one of several accepts.
func (sv *solver) anyOf(list []*schema) *schema {
	if len(list) == 1 {
		return list[0]
	}
	s := newNode()
	s.anyOf = list
	return sv.schemas.one(s)
}

// requiring is the schema of objects that have a property.
func (sv *solver) requiring(name string) *schema {
	s := newNode()
	s.objects = &objectRules{required: []string{name}, maxProperties: none}
	return sv.schemas.one(s)
}
