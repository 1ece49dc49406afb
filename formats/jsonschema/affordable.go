package jsonschema

import (
	"fmt"
	"regexp/syntax"
)

// What the validator library may be asked to compile. It takes no context, and some of its steps cost more than they
// seem to: an anchor is looked for in every subschema, a loop of references in the whole chain, a repeated value in the whole
// enum; and each alternative of the metaschema that does not fit makes an error, whose path is put together step by step, in a
// time that grows with the square of the depth.
// Within these limits the costliest schemas known compile in less than a second on a quiet processor.
const (
	maxCompiledSchemas = 20_000
	maxAnchored        = 3_000      // subschemas of a 2020-12 schema, where each is searched for dynamic anchors
	maxCompiledRefs    = 10_000     // reference keywords
	maxLookups         = 2_000_000  // reference keywords times subschemas, where some of these have names of their own
	maxLocations       = 16 << 20   // bytes of all pointers to subschemas together
	maxResolved        = 16 << 20   // bytes of all URIs that names and references are resolved against
	maxErrors          = 20_000_000 // squares of the depths of those errors, about 50 ns each
	maxListed          = 2_000      // values of one enum, names of one required
	maxListedTogether  = 60_000     // values of all lists
	maxPatternCost     = 100_000    // characters of all patterns and the instructions they compile into
	maxDigitsTogether  = 200_000    // digits that exact arithmetic needs for the large numbers
)

// cost counts what compiling would take.
type cost struct {
	schemas, refs, names, locations, resolved, longest, listed, patterns, digits int
	// errors is what errors of the metaschema cost: those that are sure to come, and those that can come when it objects.
	errors, objections int
	objected           bool
	weight             int // of a subschema: the metaschemas of some drafts consist of many
	draft              Draft
	anchored           bool
}

// affordable returns an error when the library would take too long or too much memory over the schema.
func (s *Schema) affordable() error {
	c := &cost{}
	for _, d := range s.graph.documents {
		c.draft = d.Draft
		c.anchored = c.anchored || d.Draft >= Draft2020
		c.weight = errorWeight(d.Draft)
		c.add(d.Root, 0, 1, 0)
	}
	for _, check := range []struct {
		what     string
		got, max int
	}{
		{"subschemas", c.schemas, maxCompiledSchemas},
		{"references", c.refs, maxCompiledRefs},
		{"steps to find what its references name", min(c.names, 1) * c.refs * c.schemas, maxLookups},
		{"bytes of paths to subschemas", c.locations, maxLocations},
		{"bytes of URIs", c.resolved, maxResolved},
		{"steps to its deeply nested subschemas", c.errors, maxErrors},
		{"values in one list", c.longest, maxListed},
		{"values in its lists", c.listed, maxListedTogether},
		{"steps in its patterns", c.patterns, maxPatternCost},
		{"digits in its large numbers", c.digits, maxDigitsTogether},
	} {
		if check.got > check.max {
			return fmt.Errorf("the schema has more than %d %s", check.max, check.what)
		}
	}
	if c.objected && c.objections > maxErrors/2 {
		return fmt.Errorf("the schema is nested deeply and has keywords that its metaschema may not accept")
	}
	if c.anchored && c.schemas > maxAnchored {
		return fmt.Errorf("a schema of 2020-12 has more than %d subschemas", maxAnchored)
	}
	return nil
}

// add counts v and everything below it; path is the length of the pointer to v, depth the number of its tokens, base the
// length that the URI of the schema around it may have.
func (c *cost) add(v *Value, path, depth, base int) {
	switch v.Kind {
	case Number:
		if size := v.Decimal().Size(); size > 40 {
			c.digits += size
		}
	case Array:
		c.longest = max(c.longest, len(v.Items))
		c.listed += len(v.Items)
		for _, item := range v.Items {
			c.add(item, path+4, depth+1, base)
		}
	case Object:
		c.schemas += (1 + c.weight) / 2
		c.locations += path
		square := c.weight * depth * depth
		c.objections += (3 + len(v.Members)) * square
		if v.scope != nil {
			c.errors += c.misfits(v) * square
			c.objected = c.objected || !conforms(v, v.scope.Draft)
		}
		if id := v.Get(c.draft.ID()); id.Is(String) {
			base += len(id.Text)
		}
		for i := range v.Members {
			m := &v.Members[i]
			c.keyword(m, base)
			c.add(m.Value, path+1+len(m.Key), depth+1, base)
		}
	}
}

// keyword counts what a member costs besides its value.
func (c *cost) keyword(m *Member, base int) {
	switch {
	case m.Key == "pattern" && m.Value.Is(String):
		c.pattern(m.Value.Text)
	case m.Key == "patternProperties" && m.Value.Is(Object):
		for i := range m.Value.Members {
			c.pattern(m.Value.Members[i].Key)
		}
	case contains(referenceKeywords, m.Key) && m.Value.Is(String):
		c.refs++
		c.resolved += base
	case contains(nameKeywords, m.Key) && m.Value.Is(String):
		c.names++
		c.resolved += base
	}
}

// errorWeight compares the drafts by how many steps their metaschemas take for one level of a schema.
func errorWeight(draft Draft) int {
	switch draft {
	case Draft2019:
		return 4
	case Draft2020:
		return 2
	}
	return 1
}

// misfits is how many alternatives of the metaschema do not fit the keywords of a schema that it accepts.
func (c *cost) misfits(schema *Value) int {
	n := 0
	for i := range schema.Members {
		switch m := &schema.Members[i]; m.Key {
		case "type":
			n++
		case "items":
			n += 2
		case "dependencies":
			n += 2 * len(m.Value.Members)
		case "additionalItems", "additionalProperties":
			if c.draft == Draft4 {
				n += 2
			}
		}
	}
	return n
}

// nameKeywords are those that make a subschema known by a name.
var nameKeywords = []string{"$id", "id", "$anchor", "$dynamicAnchor"}

// pattern counts the characters of a pattern, and its instructions where it is worth looking.
func (c *cost) pattern(text string) {
	if c.patterns += len(text); c.patterns <= maxPatternCost {
		c.patterns += PatternCost(text)
	}
}

// PatternCost estimates how many instructions a regular expression compiles into; repetitions multiply what they repeat.
// A text that this engine cannot run costs nothing.
func PatternCost(pattern string) int {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		rewritten, ok := fromECMAScript(pattern)
		if !ok {
			return 0
		}
		if re, err = syntax.Parse(rewritten, syntax.Perl); err != nil {
			return 0
		}
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
