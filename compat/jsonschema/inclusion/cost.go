package inclusion

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// maxValidation is how many applications of a schema to a part of an instance the validator may need. It applies every
// schema it meets, so that references that fan out can make it take exponentially long.
const maxValidation = 500_000

// applications counts what the validator would do for an instance, up to a little more than maxValidation.
func applications(schemas []Schema, instance any) int {
	c := &coster{known: map[application]int{}, own: map[*jsonschema.Schema]int{}}
	whole := newPart(instance, 0)
	total := 0
	for _, s := range schemas {
		c.dynamic = append([]*jsonschema.Schema{s.Compiled}, s.Anchors...)
		total += c.cost(s.Compiled, whole, 0)
	}
	return total
}

// part is a value inside an instance. Values that are the same in memory are different parts in different places.
type part struct {
	items []*part
	names map[string]*part
	text  int // bytes of a string
	// weight is what one schema costs that is applied to it: the validator notes for every property and item whether it
	// was looked at, writes down the path to it, and reads a number anew each time, in a time that grows with the square of
	// its digits, those included that an exponent stands for.
	weight int
}

// newPart is the part that a path of that many bytes leads to.
func newPart(value any, path int) *part {
	p := &part{weight: 1 + path/256}
	switch v := value.(type) {
	case json.Number:
		digits := len(v) + exponentOf(string(v))
		p.weight += digits * digits / 300_000
	case string:
		p.text = len(v)
	case []any:
		p.weight += len(v) / 32
		for _, item := range v {
			p.items = append(p.items, newPart(item, path+8))
		}
	case map[string]any:
		p.weight += len(v) / 32
		p.names = make(map[string]*part, len(v))
		for name, item := range v {
			p.names[name] = newPart(item, path+1+len(name))
		}
	}
	return p
}

// exponentOf is the size of a number's exponent. Numbers that were read are known to have one of a few digits.
func exponentOf(number string) int {
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimLeft(number[i+1:], "+-"))
	if err != nil {
		return maxValidation
	}
	return min(n, maxValidation)
}

// application is a schema applied to a part.
type application struct {
	schema *jsonschema.Schema
	part   *part
}

type coster struct {
	known   map[application]int
	own     map[*jsonschema.Schema]int
	dynamic []*jsonschema.Schema // where references that depend on the dynamic scope may lead

	patterns patternSizes
}

func (c *coster) cost(x *jsonschema.Schema, p *part, depth int) int {
	if x == nil {
		return 0
	}
	if depth > 4*maxApplications || len(c.known) > maxValidation {
		return maxValidation + 1
	}
	key := application{x, p}
	if n, ok := c.known[key]; ok {
		return n
	}
	c.known[key] = 1 // a schema that applies itself in place makes the validator give up
	total := p.weight + c.words(x)
	if x.Pattern != nil {
		total += c.patterns.work(x.Pattern, p.text) / stepMatching
	}
	add := func(x *jsonschema.Schema, p *part) { total = min(total+c.cost(x, p, depth+1), maxValidation+1) }
	for _, inner := range []*jsonschema.Schema{x.Ref, x.RecursiveRef, x.DynamicRef, x.Not, x.If, x.Then, x.Else} {
		add(inner, p)
	}
	if x.RecursiveRef != nil || x.DynamicRef != nil {
		for _, inner := range c.dynamic {
			add(inner, p)
		}
	}
	for _, list := range [][]*jsonschema.Schema{x.AllOf, x.AnyOf, x.OneOf} {
		for _, inner := range list {
			add(inner, p)
		}
	}
	for i, item := range p.items {
		c.item(x, i, item, add)
	}
	for name, value := range p.names {
		total = min(total+c.matching(x, name), maxValidation+1)
		c.property(x, name, value, add)
	}
	if p.names != nil {
		for _, inner := range x.DependentSchemas {
			add(inner, p)
		}
		for _, value := range x.Dependencies {
			inner, _ := value.(*jsonschema.Schema)
			add(inner, p)
		}
	}
	c.known[key] = total
	return total
}

// words is what a schema costs by its own length wherever it is applied: it is compared with every value of an enum, looks
// for every name that is required, and an error repeats all of these, with the place of the schema.
func (c *coster) words(x *jsonschema.Schema) int {
	if n, ok := c.own[x]; ok {
		return n
	}
	bytes, names := len(x.Location), len(x.Required)
	for _, value := range slices.Concat(x.Constant, x.Enum) {
		if s, ok := value.(string); ok {
			bytes += len(s)
		}
	}
	for _, name := range x.Required {
		bytes += len(name)
	}
	depend := func(name string, others []string) {
		names += len(others)
		bytes += len(others) * (len(name) + len(x.Location))
		for _, other := range others {
			bytes += len(other)
		}
	}
	for name, others := range x.DependentRequired {
		depend(name, others)
	}
	for name, value := range x.Dependencies {
		others, _ := value.([]string)
		depend(name, others)
	}
	n := bytes/256 + names/8 + len(x.Enum)/32
	c.own[x] = n
	return n
}

func (c *coster) item(x *jsonschema.Schema, i int, item *part, add func(*jsonschema.Schema, *part)) {
	switch items := x.Items.(type) {
	case *jsonschema.Schema:
		add(items, item)
	case []*jsonschema.Schema:
		if i < len(items) {
			add(items[i], item)
		} else {
			additional, _ := x.AdditionalItems.(*jsonschema.Schema)
			add(additional, item)
		}
	}
	if i < len(x.PrefixItems) {
		add(x.PrefixItems[i], item)
	} else {
		add(x.Items2020, item)
	}
	add(x.Contains, item)
	add(x.UnevaluatedItems, item)
}

// matching is what it costs to match a name with the patterns of properties.
func (c *coster) matching(x *jsonschema.Schema, name string) int {
	work := 0
	for pattern := range x.PatternProperties {
		work += c.patterns.work(pattern, len(name))
	}
	return work / stepMatching
}

func (c *coster) property(x *jsonschema.Schema, name string, value *part, add func(*jsonschema.Schema, *part)) {
	add(x.Properties[name], value)
	for _, inner := range x.PatternProperties {
		add(inner, value)
	}
	additional, _ := x.AdditionalProperties.(*jsonschema.Schema)
	add(additional, value)
	add(x.UnevaluatedProperties, value)
	add(x.PropertyNames, value)
}
