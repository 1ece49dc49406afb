package jsonschema

import (
	"fmt"
	"regexp/syntax"
)

// What the validator library may be asked to compile. It takes no context, and some of its steps are quadratic: an anchor
// is looked for in every subschema, a loop of references in the whole chain, a repeated value in the whole enum.
const (
	maxCompiledSchemas = 20_000
	maxAnchored        = 3_000     // subschemas of a 2020-12 schema, where each is searched for dynamic anchors
	maxCompiledRefs    = 20_000    // reference keywords
	maxLocations       = 16 << 20  // bytes of all pointers to subschemas together
	maxListed          = 2_000     // values of one enum, names of one required
	maxPatternCost     = 1_000_000 // instructions of all patterns together
)

// cost counts what compiling would take.
type cost struct {
	schemas, refs, locations, listed, patterns int
	anchored                                   bool
}

// affordable returns an error when the library would take too long or too much memory over the schema.
func (s *Schema) affordable() error {
	c := &cost{}
	for _, d := range s.graph.documents {
		c.anchored = c.anchored || d.Draft >= Draft2020
		c.add(d.Root, 0)
	}
	for _, check := range []struct {
		what     string
		got, max int
	}{
		{"subschemas", c.schemas, maxCompiledSchemas},
		{"references", c.refs, maxCompiledRefs},
		{"bytes of paths to subschemas", c.locations, maxLocations},
		{"values in one list", c.listed, maxListed},
		{"steps in its patterns", c.patterns, maxPatternCost},
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

// add counts v and everything below it; path is the length of the pointer to v.
func (c *cost) add(v *Value, path int) {
	switch v.Kind {
	case Array:
		c.listed = max(c.listed, len(v.Items))
		for _, item := range v.Items {
			c.add(item, path+4)
		}
	case Object:
		c.schemas++
		c.locations += path
		for i := range v.Members {
			m := &v.Members[i]
			if contains(referenceKeywords, m.Key) && m.Value.Is(String) {
				c.refs++
			}
			if m.Key == "pattern" && m.Value.Is(String) {
				c.patterns += PatternCost(m.Value.Text)
			}
			if m.Key == "patternProperties" && m.Value.Is(Object) {
				for j := range m.Value.Members {
					c.patterns += PatternCost(m.Value.Members[j].Key)
				}
			}
			c.add(m.Value, path+1+len(m.Key))
		}
	}
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
