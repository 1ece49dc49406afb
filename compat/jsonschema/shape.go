package jsonschema

import (
	"math/big"
	"regexp"
	"strconv"

	model "github.com/concord-registry/concord/formats/jsonschema"
)

// kind says which of the reference server's schema classes a schema falls into. The reference compares schemas class by
// class, so the classification decides most verdicts.
type kind uint8

const (
	anything kind = iota // {} or true, or an object without a keyword that counts
	nothing              // false
	stringKind
	numberKind
	booleanKind
	nullKind
	objectKind
	arrayKind
	enumKind
	constKind
	notKind
	combinedKind // allOf, anyOf, oneOf
	conditionalKind
	referenceKind
)

// criterion is the keyword of a combined schema.
type criterion string

const (
	allOf criterion = "allOf"
	anyOf criterion = "anyOf"
	oneOf criterion = "oneOf"
)

// shape is a schema as the reference server sees it: one kind with the rules of that kind. A schema with keywords of
// several kinds is an implied allOf of one shape for each.
type shape struct {
	kind kind
	// value is the schema it was read from, for identity and places.
	value *model.Value
	// implied marks an allOf or anyOf that is not written as such: several kinds in one object, or several types.
	implied bool
	// literal tells true from {}: both accept anything, but they are different classes.
	literal bool

	id, title, description, preset *model.Value // preset is the value of "default"

	text      *stringRules
	number    *numberRules
	object    *objectRules
	array     *arrayRules
	values    []*model.Value // of an enum; the one of a const
	criterion criterion
	parts     []*shape     // of a combined schema
	inner     *shape       // of a not
	target    *model.Value // of a reference
	loader    *loader      // reads the target
}

// limit is an optional number, compared as the reference does: as a double.
type limit struct {
	set   bool
	value float64
}

func readLimit(v *model.Value) limit {
	if !v.Is(model.Number) {
		return limit{}
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	if err != nil && f == 0 {
		return limit{}
	}
	return limit{set: true, value: f}
}

type stringRules struct {
	maxLength, minLength limit
	pattern              *model.Value
}

type numberRules struct {
	maximum, minimum, exclusiveMaximum, exclusiveMinimum limit
	multipleOf                                           *model.Value
	rat                                                  *big.Rat // of multipleOf, once it was asked for
	integer                                              bool
}

type property struct {
	name  string
	shape *shape
}

type pattern struct {
	text  string
	re    *regexp.Regexp // nil when the text is beyond this engine
	size  int            // what it compiles into (model.PatternCost)
	shape *shape
}

type objectRules struct {
	properties        []property
	index             map[string]*shape
	required          map[string]bool
	patterns          []pattern
	closed            bool   // additionalProperties: false
	additional        *shape // additionalProperties: a schema
	unevaluated       *shape
	dependentRequired []dependency
	dependentSchemas  []property
	maxProperties     limit
	minProperties     limit
}

type dependency struct {
	name  string
	needs []string
}

type arrayRules struct {
	all                      *shape   // items: a schema for every item
	items                    []*shape // items or prefixItems: one schema for each place
	closed                   bool     // additionalItems: false
	additional               *shape
	unevaluated              *shape
	maxItems, minItems       limit
	maxContains, minContains limit
	unique                   bool
}

func (o *objectRules) property(name string) *shape { return o.index[name] }

func (o *objectRules) add(name string, s *shape) {
	if _, known := o.index[name]; known {
		for i := range o.properties {
			if o.properties[i].name == name {
				o.properties[i].shape = s
			}
		}
	} else {
		o.properties = append(o.properties, property{name, s})
	}
	if o.index == nil {
		o.index = map[string]*shape{}
	}
	o.index[name] = s
}

// open reports whether any property that is not declared may have any value.
func (o *objectRules) open() bool {
	return len(o.patterns) == 0 && o.additional == nil && !o.closed && (o.unevaluated == nil || o.unevaluated.kind == anything)
}

// open reports whether items beyond the declared ones may be anything.
func (a *arrayRules) open() bool {
	return a.additional == nil && !a.closed && (a.unevaluated == nil || a.unevaluated.kind == anything)
}
