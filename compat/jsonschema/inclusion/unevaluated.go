package inclusion

import (
	"fmt"
	"regexp"
)

// evaluation is the unevaluatedItems or unevaluatedProperties of a schema, waiting until the branch knows which of the
// schemas applied in place accept the instance, and so which parts of it have been evaluated. When denied, the schema is to be
// violated by that keyword.
type evaluation struct {
	schema *schema
	denied bool
}

// source is one reason for parts of an instance to be evaluated. It counts when every guard holds.
type source struct {
	guards   []literal
	all      bool // everything is
	names    []string
	patterns []*regexp.Regexp
	items    int     // the first so many items are
	contains *schema // items that it accepts are
	opaque   bool    // other properties may be, nobody can tell
}

type sourceKey struct {
	schema *schema
	kind   kind
}

// evaluate takes one step with the first waiting evaluation: towards knowing a guard, or to the fact that results.
// It reports false on a contradiction.
func (b *branch) evaluate() bool {
	e := b.evaluations[0]
	var effective []source
	sources, complete := b.sv.sourcesOf(e.schema, b.kind)
	if !complete {
		b.evaluations = b.evaluations[1:]
		b.establish(unknowable{what: "too many schemas that evaluate"})
		return true
	}
	for _, src := range sources {
		counts := true
		for _, guard := range src.guards {
			holds, known := b.known(guard)
			if !known {
				return b.choose(choice{alternatives: []alternative{byLiteral(guard), byLiteral(guard.opposite())}})
			}
			if counts = holds; !counts {
				break
			}
		}
		if counts {
			effective = append(effective, src)
		}
	}
	b.evaluations = b.evaluations[1:]
	result, vacuous := b.sv.unevaluated(e, b.kind, effective)
	if vacuous {
		return !e.denied
	}
	b.establish(result)
	return true
}

// unevaluated is what an evaluation says given the sources that count; vacuous when everything is evaluated.
func (sv *solver) unevaluated(e *evaluation, k kind, effective []source) (f fact, vacuous bool) {
	for _, src := range effective {
		if src.all {
			return nil, true
		}
	}
	if k == objectKind {
		for _, src := range effective {
			if src.opaque {
				return unknowable{what: fmt.Sprintf("which properties are evaluated for schema %d", e.schema.id), not: e.denied}, false
			}
		}
		return e.properties(effective), false
	}
	from := 0
	accepting := []*schema{}
	for _, src := range effective {
		from = max(from, src.items)
		if src.contains != nil {
			accepting = append(accepting, src.contains)
		}
	}
	item := is(sv.anyOf(append(accepting, e.schema.arrays.unevaluated)))
	if e.denied {
		return counts{is: item.opposite(), from: from, min: 1, max: none}, false
	}
	items := itemsAre{rest: &item}
	for range from {
		items.prefix = append(items.prefix, is(sv.anything()))
	}
	return items, false
}

func (e *evaluation) properties(effective []source) fact {
	names := map[string]bool{}
	var s scope
	for _, src := range effective {
		for _, name := range src.names {
			if !names[name] {
				names[name] = true
				s.excepted = append(s.excepted, name)
			}
		}
		s.patterns = append(s.patterns, src.patterns...)
	}
	s.except = func(name string) bool { return names[name] }
	if e.denied {
		return someProperty{s, isNot(e.schema.objects.unevaluated)}
	}
	return propertiesAre{s, is(e.schema.objects.unevaluated)}
}

// sourcesOf lists what evaluates parts of an instance of kind k that s accepts, apart from the unevaluated keyword of s
// itself; complete is false when there are too many.
func (sv *solver) sourcesOf(s *schema, k kind) (list []source, complete bool) {
	key := sourceKey{s, k}
	c, ok := sv.sources[key]
	if !ok {
		c = &collector{sv: sv, kind: k}
		c.collect(s, nil, true, 0)
		sv.sources[key] = c
	}
	return c.list, !c.excess
}

// collector gathers sources.
type collector struct {
	sv   *solver
	kind kind
	list []source
	// excess says that the list is not complete.
	excess bool
}

// maxSources bounds the sources of one schema.
const maxSources = 2000

func (c *collector) collect(s *schema, guards []literal, root bool, depth int) {
	if !s.kinds.has(c.kind) {
		return
	}
	if c.excess = c.excess || depth > maxApplications || len(c.list) >= maxSources || c.sv.budget.spend(1) != nil; c.excess {
		return
	}
	if src, any := c.own(s, root); any {
		src.guards = guards
		c.list = append(c.list, src)
		if src.all {
			return
		}
	}
	under := func(part *schema, more ...literal) {
		c.collect(part, append(guards[:len(guards):len(guards)], more...), false, depth+1)
	}
	for _, part := range s.allOf {
		under(part)
	}
	for _, part := range s.anyOf {
		under(part, is(part))
	}
	for _, part := range s.oneOf {
		under(part, is(part))
	}
	if s.ifs != nil {
		under(s.ifs, is(s.ifs))
		if s.then != nil {
			under(s.then, is(s.ifs))
		}
		if s.els != nil {
			under(s.els, isNot(s.ifs))
		}
	}
	if c.kind == objectKind && s.objects != nil {
		for _, d := range s.objects.dependent {
			under(d.schema, is(c.sv.requiring(d.name)))
		}
	}
}

// own is what the keywords of s itself evaluate.
func (c *collector) own(s *schema, root bool) (src source, any bool) {
	if r := s.objects; r != nil && c.kind == objectKind {
		src.all = r.additional != nil || r.opaqueAdditional != nil || r.unevaluated != nil && !root
		src.opaque = len(r.opaque) > 0
		src.names = r.names
		for _, p := range r.patterns {
			src.patterns = append(src.patterns, p.pattern)
		}
		return src, src.all || src.opaque || len(src.names)+len(src.patterns) > 0
	}
	if r := s.arrays; r != nil && c.kind == arrayKind {
		src.all = r.restEvaluated || r.unevaluated != nil && !root
		src.items = len(r.prefix)
		if r.contains != nil && r.containsEvaluates {
			src.contains = r.contains
		}
		return src, src.all || src.items > 0 || src.contains != nil
	}
	return source{}, false
}
