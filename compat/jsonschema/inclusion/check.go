package inclusion

import (
	"encoding/json"
	"math/big"
)

// view sees some contradictions in the facts of a branch, before it goes to the end.
type view interface {
	// refutes reports whether a further fact cannot hold.
	refutes(f fact) bool
	// contradictory reports whether the facts cannot hold together.
	contradictory() bool
}

// view of the facts at hand.
func (b *branch) view() view {
	if b.sv.budget.spend(len(b.facts)/8) != nil {
		return blind{}
	}
	switch b.kind {
	case arrayKind:
		return b.readArray()
	case objectKind:
		return b.readObject()
	case numberKind:
		return b.readBounds()
	case stringKind:
		return b.readLengths()
	}
	return blind{}
}

// blind sees nothing.
type blind struct{}

func (blind) refutes(fact) bool   { return false }
func (blind) contradictory() bool { return false }

// readBounds collects the bounds of a number.
func (b *branch) readBounds() *numberRules {
	r := &numberRules{}
	for _, f := range b.facts {
		if b.sv.budget.spend(size(f)) != nil {
			break
		}
		r.narrow(f)
	}
	return r
}

// size is the work, in steps, that computing with the number in a fact takes.
func size(f fact) int {
	switch f := f.(type) {
	case atLeast:
		return bits(f.bound) / 500
	case atMost:
		return bits(f.bound) / 500
	}
	return 0
}

func bits(r *big.Rat) int { return r.Num().BitLen() + r.Denom().BitLen() }

func (r *numberRules) narrow(f fact) {
	switch f := f.(type) {
	case atLeast:
		r.raise(f.bound, f.open)
	case atMost:
		r.lower(f.bound, f.open)
	}
}

func (r *numberRules) contradictory() bool { return r.void() }

func (r *numberRules) refutes(f fact) bool {
	narrower := *r
	narrower.narrow(f)
	return narrower.void()
}

// lengths bound a string.
type lengths struct{ min, max int }

func (b *branch) readLengths() *lengths {
	l := &lengths{max: none}
	for _, f := range b.facts {
		l.narrow(f)
	}
	return l
}

func (l *lengths) narrow(f fact) {
	switch f := f.(type) {
	case minLength:
		l.min = max(l.min, f.n)
	case maxLength:
		if l.max == none || f.n < l.max {
			l.max = f.n
		}
	}
}

func (l *lengths) contradictory() bool { return l.max != none && l.min > l.max }

func (l *lengths) refutes(f fact) bool {
	narrower := *l
	narrower.narrow(f)
	return narrower.contradictory()
}

// factsHold applies facts to a value of the branch's kind.
func (sv *solver) factsHold(facts []fact, value any) truth {
	result := yes
	for _, f := range facts {
		if result = min(result, sv.factHolds(f, value)); result == no {
			return no
		}
	}
	return result
}

func (sv *solver) factHolds(f fact, value any) truth {
	switch f := f.(type) {
	case among:
		return truthOf(newValueSet(f.values).has(value))
	case differs:
		return truthOf(!newValueSet(f.from).has(value))
	case unknowable:
		return unsure
	case impossible:
		return no
	}
	switch v := value.(type) {
	case json.Number:
		return truthOf(numberFactHolds(f, v))
	case string:
		return sv.stringFactHolds(f, v)
	case []any:
		return sv.arrayFactHolds(f, v)
	case map[string]any:
		return sv.objectFactHolds(f, v)
	}
	return yes
}

func numberFactHolds(f fact, n json.Number) bool {
	x := numberOf(n)
	switch f := f.(type) {
	case atLeast, atMost:
		r := &numberRules{}
		r.narrow(f)
		return r.within(x)
	case divisible:
		return multiple(x, f.by)
	case indivisible:
		return !multiple(x, f.by)
	}
	return true
}

func (sv *solver) stringFactHolds(f fact, s string) truth {
	switch f := f.(type) {
	case minLength:
		return (&stringRules{minLength: f.n, maxLength: none}).accept(sv.budget, s)
	case maxLength:
		return (&stringRules{maxLength: f.n}).accept(sv.budget, s)
	case matches:
		return sv.budget.match(f.pattern, s)
	case avoids:
		return sv.budget.match(f.pattern, s).not()
	case obeys:
		return f.predicate.accept(s)
	case defies:
		return f.predicate.accept(s).not()
	}
	return yes
}

func (sv *solver) arrayFactHolds(f fact, v []any) truth {
	switch f := f.(type) {
	case minItems:
		return truthOf(len(v) >= f.n)
	case maxItems:
		return truthOf(len(v) <= f.n)
	case distinct:
		return truthOf(allDistinct(v))
	case repeated:
		return truthOf(!allDistinct(v))
	case itemIs:
		if f.index >= len(v) {
			return no
		}
		return sv.holds(v[f.index], f.is)
	case itemsAre:
		result := yes
		for i, item := range v {
			if i < len(f.prefix) {
				result = min(result, sv.holds(item, f.prefix[i]))
			} else if f.rest != nil {
				result = min(result, sv.holds(item, *f.rest))
			}
		}
		return result
	case counts:
		return sv.countHolds(f, v)
	}
	return yes
}

func (sv *solver) countHolds(f counts, v []any) truth {
	sure, possible := 0, 0
	for _, item := range v[min(f.from, len(v)):] {
		switch sv.holds(item, f.is) {
		case yes:
			sure++
			possible++
		case unsure:
			possible++
		}
	}
	switch {
	case possible < f.min || f.max != none && sure > f.max:
		return no
	case sure >= f.min && (f.max == none || possible <= f.max):
		return yes
	}
	return unsure
}

func (sv *solver) objectFactHolds(f fact, v map[string]any) truth {
	each := func(names scope, l literal) truth {
		result := yes
		for name, value := range v {
			switch names.contains(sv.budget, name) {
			case yes:
				result = min(result, sv.holds(value, l))
			case unsure:
				result = min(result, unsure)
			}
		}
		return result
	}
	switch f := f.(type) {
	case minProperties:
		return truthOf(len(v) >= f.n)
	case maxProperties:
		return truthOf(len(v) <= f.n)
	case has:
		_, ok := v[f.name]
		return truthOf(ok)
	case lacks:
		_, ok := v[f.name]
		return truthOf(!ok)
	case members:
		part := &objectRules{names: f.rules.names, values: f.rules.values, patterns: f.rules.patterns, additional: f.rules.additional, maxProperties: none}
		return sv.acceptsObject(part, v, nil, 0)
	case propertiesAre:
		return each(f.scope, f.is)
	case someProperty:
		return each(f.scope, f.is.opposite()).not()
	case propertyIs:
		value, ok := v[f.name]
		if !ok {
			return no
		}
		return sv.holds(value, f.is)
	case namesAre:
		result := yes
		for name := range v {
			result = min(result, sv.holds(name, f.is))
		}
		return result
	case someName:
		result := no
		for name := range v {
			result = max(result, sv.holds(name, f.is))
		}
		return result
	}
	return yes
}
