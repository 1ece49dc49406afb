package inclusion

// bound is a fact of which only the strictest counts.
type bound interface {
	// stricter returns the stricter of the receiver and a known fact; ok is false when that is of another type.
	stricter(known fact) (strictest fact, ok bool)
}

// establish adds facts. Of several bounds of one type only the strictest is kept, so that a long list of conjuncts does
// not make everything after it slow.
func (b *branch) establish(facts ...fact) {
	for _, f := range facts {
		if limit, ok := f.(bound); !ok || !b.tighten(limit) {
			b.facts = append(b.facts, f)
		}
	}
}

// tighten puts a bound in the place of one of its type, if there is one.
func (b *branch) tighten(limit bound) bool {
	for i, known := range b.facts {
		if strictest, ok := limit.stricter(known); ok {
			b.facts[i] = strictest
			return true
		}
	}
	return false
}

func (f atLeast) stricter(known fact) (fact, bool) {
	k, ok := known.(atLeast)
	if !ok {
		return nil, false
	}
	r := &numberRules{min: k.bound, minOpen: k.open}
	r.narrow(f)
	return atLeast{r.min, r.minOpen}, true
}

func (f atMost) stricter(known fact) (fact, bool) {
	k, ok := known.(atMost)
	if !ok {
		return nil, false
	}
	r := &numberRules{max: k.bound, maxOpen: k.open}
	r.narrow(f)
	return atMost{r.max, r.maxOpen}, true
}

func (f minLength) stricter(known fact) (fact, bool) {
	k, ok := known.(minLength)
	return minLength{max(f.n, k.n)}, ok
}

func (f maxLength) stricter(known fact) (fact, bool) {
	k, ok := known.(maxLength)
	return maxLength{min(f.n, k.n)}, ok
}

func (f minItems) stricter(known fact) (fact, bool) {
	k, ok := known.(minItems)
	return minItems{max(f.n, k.n)}, ok
}

func (f maxItems) stricter(known fact) (fact, bool) {
	k, ok := known.(maxItems)
	return maxItems{min(f.n, k.n)}, ok
}

func (f minProperties) stricter(known fact) (fact, bool) {
	k, ok := known.(minProperties)
	return minProperties{max(f.n, k.n)}, ok
}

func (f maxProperties) stricter(known fact) (fact, bool) {
	k, ok := known.(maxProperties)
	return maxProperties{min(f.n, k.n)}, ok
}
