package jsonschema

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
)

// What the validator library may be asked to compile. It takes no context, and some of its steps cost more than they
// seem to: an anchor is looked for in every subschema, a loop of references in the whole chain, a repeated value in the whole
// enum; and each alternative of the metaschema that does not fit makes an error, whose path is put together step by step.
// Within these limits the costliest schemas known compile in less than a second on a quiet processor.
const (
	maxCompiledSchemas = 20_000
	maxAnchored        = 3_000      // subschemas of a 2020-12 schema, where each is searched for dynamic anchors
	maxCompiledRefs    = 10_000     // reference keywords
	maxLookups         = 2_000_000  // reference keywords times subschemas, where some of these have names of their own
	maxLocations       = 16 << 20   // bytes of all pointers to subschemas together
	maxPaths           = 30_000_000 // bytes that the paths of errors are put together from, one error for each subschema
	maxListed          = 2_000      // values of one enum, names of one required
	maxListedTogether  = 60_000     // values of all lists
	maxPatternCost     = 100_000    // characters of all patterns and the instructions they compile into
	maxDigitsTogether  = 200_000    // digits that exact arithmetic needs for the large numbers
)

// cost counts what compiling would take.
type cost struct {
	schemas, refs, names, locations, paths, longest, listed, patterns, digits int
	weight                                                                    int // of a subschema: the metaschemas of some drafts consist of many
	anchored                                                                  bool
}

// affordable returns an error when the library would take too long or too much memory over the schema.
func (s *Schema) affordable() error {
	c := &cost{}
	for _, d := range s.graph.documents {
		c.anchored = c.anchored || d.Draft >= Draft2020
		c.weight = 1
		if d.Draft >= Draft2019 {
			c.weight = 3
		}
		c.add(d.Root, 0, 1)
	}
	for _, check := range []struct {
		what     string
		got, max int
	}{
		{"subschemas", c.schemas, maxCompiledSchemas},
		{"references", c.refs, maxCompiledRefs},
		{"steps to find what its references name", min(c.names, 1) * c.refs * c.schemas, maxLookups},
		{"bytes of paths to subschemas", c.locations, maxLocations},
		{"steps to its deeply nested subschemas", c.paths, maxPaths},
		{"values in one list", c.longest, maxListed},
		{"values in its lists", c.listed, maxListedTogether},
		{"steps in its patterns", c.patterns, maxPatternCost},
		{"digits in its large numbers", c.digits, maxDigitsTogether},
	} {
		if check.got > check.max {
			return fmt.Errorf("the schema has more than %d %s", check.max, check.what)
		}
	}
	if c.anchored && c.schemas > maxAnchored {
		return fmt.Errorf("a schema of 2020-12 has more than %d subschemas", maxAnchored)
	}
	return nil
}

// add counts v and everything below it; path is the length of the pointer to v, depth the number of its tokens.
func (c *cost) add(v *Value, path, depth int) {
	switch v.Kind {
	case Number:
		c.digits += largeDigits(v.Text)
	case Array:
		c.longest = max(c.longest, len(v.Items))
		c.listed += len(v.Items)
		for _, item := range v.Items {
			c.add(item, path+4, depth+1)
		}
	case Object:
		c.schemas += (1 + c.weight) / 2
		c.locations += path
		c.paths += c.weight * depth * (path + 20*depth) // the metaschema's own steps have names, too
		for i := range v.Members {
			m := &v.Members[i]
			c.keyword(m)
			c.add(m.Value, path+1+len(m.Key), depth+1)
		}
	}
}

// keyword counts what a member costs besides its value.
func (c *cost) keyword(m *Member) {
	switch {
	case m.Key == "pattern" && m.Value.Is(String):
		c.pattern(m.Value.Text)
	case m.Key == "patternProperties" && m.Value.Is(Object):
		for i := range m.Value.Members {
			c.pattern(m.Value.Members[i].Key)
		}
	case contains(referenceKeywords, m.Key) && m.Value.Is(String):
		c.refs++
	case contains(nameKeywords, m.Key) && m.Value.Is(String):
		c.names++
	}
}

// nameKeywords are those that make a subschema known by a name.
var nameKeywords = []string{"$id", "id", "$anchor", "$dynamicAnchor"}

// pattern counts the characters of a pattern, and its instructions where it is worth looking.
func (c *cost) pattern(text string) {
	if c.patterns += len(text); c.patterns <= maxPatternCost {
		c.patterns += PatternCost(text)
	}
}

// largeDigits is how many digits a number has when it is written out, if it has many.
func largeDigits(text string) int {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	e, _ := strconv.Atoi(exponent)
	if n := len(mantissa) + max(e, -e); n > 40 {
		return n
	}
	return 0
}

// PatternCost estimates how many instructions a regular expression compiles into; repetitions multiply what they repeat.
// A text that this engine cannot run costs nothing.
func PatternCost(pattern string) int {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	return sizeOf(re)
}

func sizeOf(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		size += sizeOf(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(1, re.Min, re.Max)
	}
	return size
}
