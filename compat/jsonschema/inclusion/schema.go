package inclusion

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
)

// schema is one subschema with the meaning the validator gives it. The drafts differ in how a keyword is written; here
// only what it says is left. Schemas that say the same are one and the same (see intern.go), so pointers can be compared.
type schema struct {
	id int // in the order in which they became unique; goals are ordered by it
	at int // position in the list of an interner at work, counted from 1

	kinds   kinds // of the instances that "type" allows
	integer bool  // numbers must be whole
	values  *valueSet

	allOf, anyOf, oneOf []*schema // $ref and its kin are one more member of allOf
	not                 *schema
	ifs, then, els      *schema

	numbers *numberRules
	strings *stringRules
	arrays  *arrayRules
	objects *objectRules
}

// valueSet is what "enum" and "const" allow together.
type valueSet struct {
	list  []any
	index map[string]bool // by identity
}

func newValueSet(list []any) *valueSet {
	s := &valueSet{index: make(map[string]bool, len(list))}
	for _, v := range list {
		if id := identity(v); !s.index[id] {
			s.index[id] = true
			s.list = append(s.list, v)
		}
	}
	return s
}

func (s *valueSet) has(instance any) bool { return s.index[identity(instance)] }

// numberRules are the assertions about numbers. A nil bound is absent.
type numberRules struct {
	min, max         *big.Rat
	minOpen, maxOpen bool // the bound itself is excluded
	multipleOf       *big.Rat
}

// stringRules are the assertions about strings.
type stringRules struct {
	minLength, maxLength int // maxLength is none when absent
	pattern              *regexp.Regexp
	predicates           []*predicate // format, contentEncoding, contentMediaType
}

// none is an absent upper bound.
const none = -1

// arrayRules are the assertions about arrays.
type arrayRules struct {
	prefix             []*schema
	rest               *schema // for items beyond prefix; nil when they are free
	restEvaluated      bool    // a keyword has looked at the items beyond prefix, whatever it said
	minItems, maxItems int
	unique             bool
	contains           *schema
	minContains        int
	maxContains        int
	containsEvaluates  bool // what contains accepts counts as evaluated (2020-12)
	unevaluated        *schema
}

// objectRules are the assertions about objects.
type objectRules struct {
	names         []string  // of properties, sorted
	values        []*schema // of properties, in the same order
	patterns      []patternRule
	additional    *schema // nil when absent
	required      []string
	minProperties int
	maxProperties int
	propertyNames *schema
	needs         []need // dependencies on names
	dependent     []dependent
	unevaluated   *schema
	// opaque are the members of patternProperties whose patterns the validator cannot run. Where there are any, additional
	// is unknowable too, and kept apart.
	opaque           []opaqueRule
	opaqueAdditional *schema
}

// property returns what "properties" says about a name; nil when nothing.
func (r *objectRules) property(name string) *schema {
	if i, ok := slices.BinarySearch(r.names, name); ok {
		return r.values[i]
	}
	return nil
}

// patternRule is one member of patternProperties.
type patternRule struct {
	pattern *regexp.Regexp
	schema  *schema
}

// opaqueRule is a member of patternProperties of which nobody can tell what matches it.
type opaqueRule struct {
	pattern string
	schema  *schema
}

// unknowable names what the opaque rules say together. Two that say the same have the same name.
func (r *objectRules) unknowable() string {
	name := "patternProperties"
	for _, o := range r.opaque {
		name += fmt.Sprintf(" %q with schema %d", o.pattern, o.schema.id)
	}
	if r.opaqueAdditional != nil {
		name += fmt.Sprintf(" and additional schema %d", r.opaqueAdditional.id)
	}
	name += fmt.Sprintf(" next to %q", r.names)
	for _, p := range r.patterns {
		name += fmt.Sprintf(" and %q", p.pattern.String())
	}
	return name
}

// need says that a property requires others.
type need struct {
	name   string
	others []string
}

// dependent says that a property requires the whole object to follow a schema.
type dependent struct {
	name   string
	schema *schema
}

// trivial reports whether the schema accepts everything or nothing at all.
func (s *schema) trivial() (accepts, ok bool) {
	if s.kinds == 0 {
		return false, true
	}
	return true, s.free()
}

// free reports whether the schema asserts nothing.
func (s *schema) free() bool {
	return s.kinds == allKinds && !s.integer && s.values == nil && s.not == nil && s.ifs == nil &&
		len(s.allOf)+len(s.anyOf)+len(s.oneOf) == 0 &&
		s.numbers == nil && s.strings == nil && s.arrays == nil && s.objects == nil
}
