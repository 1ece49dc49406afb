package inclusion

import (
	"math/big"
	"regexp"
)

// A fact is something a branch has established about the instance it is building. Facts are plain: no "or" is left in
// them, and what they say about parts of the instance is said by literals.
type fact any

// Facts about numbers.
type (
	atLeast struct {
		bound *big.Rat
		open  bool // greater, not equal
	}
	atMost struct {
		bound *big.Rat
		open  bool
	}
	divisible   struct{ by *big.Rat }
	indivisible struct{ by *big.Rat }
)

// Facts about strings.
type (
	minLength struct{ n int }
	maxLength struct{ n int }
	matches   struct{ pattern *regexp.Regexp }
	avoids    struct{ pattern *regexp.Regexp }
	obeys     struct{ predicate *predicate }
	defies    struct{ predicate *predicate }
)

// Facts about arrays.
type (
	minItems struct{ n int }
	maxItems struct{ n int }
	distinct struct{} // no two items are equal
	repeated struct{} // some two are
	// itemsAre constrains every item: by prefix where it reaches, by rest beyond. A nil rest leaves the others free.
	itemsAre struct {
		prefix []literal
		rest   *literal
	}
	// itemIs says that there is an item at index, with this property.
	itemIs struct {
		index int
		is    literal
	}
	// counts says how many of the items from index from on have a property. max is none when there is no bound.
	counts struct {
		is       literal
		from     int
		min, max int
	}
)

// Facts about objects.
type (
	minProperties struct{ n int }
	maxProperties struct{ n int }
	has           struct{ name string }
	lacks         struct{ name string }
	// members constrains properties by name as properties, patternProperties and additionalProperties do.
	members struct{ rules *objectRules }
	// propertiesAre constrains every property whose name is in a scope.
	propertiesAre struct {
		scope scope
		is    literal
	}
	// someProperty says that there is a property whose name is in a scope, with this value.
	someProperty struct {
		scope scope
		is    literal
	}
	// propertyIs says that there is a property of this name, with this value.
	propertyIs struct {
		name string
		is   literal
	}
	// namesAre constrains the name of every property; someName is its opposite.
	namesAre struct{ is literal }
	someName struct{ is literal }
)

// Facts about any kind.
type (
	// differs excludes values, all of the branch's kind.
	differs struct{ from []any }
	// oneOf confines the instance to values, all of the branch's kind.
	among struct{ values []any }
	// unknowable stands for an assertion that nobody can evaluate, or its opposite.
	unknowable struct {
		what string
		not  bool
	}
	// impossible never holds.
	impossible struct{}
)

// scope is a set of property names.
type scope struct {
	pattern  *regexp.Regexp // names must match it; nil when any will do
	except   func(name string) bool
	excepted []string         // the names that except tells apart
	patterns []*regexp.Regexp // names must match none of these
}

// contains reports whether a name is in the set; unsure when there are no steps to find out.
func (s scope) contains(b *budget, name string) truth {
	if s.except != nil && s.except(name) {
		return no
	}
	result := yes
	if s.pattern != nil {
		result = b.match(s.pattern, name)
	}
	for _, p := range s.patterns {
		if result == no {
			break
		}
		result = min(result, b.match(p, name).not())
	}
	return result
}

// beyond is the scope of additionalProperties: names that neither properties nor patternProperties mention.
func (r *objectRules) beyond() scope {
	s := scope{excepted: r.names, except: func(name string) bool { return r.property(name) != nil }}
	for _, p := range r.patterns {
		s.patterns = append(s.patterns, p.pattern)
	}
	return s
}

// alternative is one way for something to hold.
type alternative struct {
	facts      []fact
	literals   []literal
	evaluation *evaluation
}

// choice says that one of the alternatives holds.
type choice struct {
	alternatives []alternative
	// denies is the schema whose violation the alternatives spell out; nil for other choices.
	denies *schema
}

func byFact(f ...fact) alternative       { return alternative{facts: f} }
func byLiteral(l ...literal) alternative { return alternative{literals: l} }
