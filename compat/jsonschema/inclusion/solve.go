package inclusion

import (
	"github.com/concord-registry/concord/compat/jsonschema/inclusion/automaton"
)

// verdict is what is known about a goal.
type verdict uint8

const (
	open      verdict = iota // not decided: out of budget, or beyond what can be known
	empty                    // proved: no instance satisfies it
	inhabited                // an instance was built
)

// answer is a verdict, with the instance when there is one.
type answer struct {
	verdict  verdict
	instance any
}

// found is the answer for an instance that was built.
func found(instance any) answer { return answer{inhabited, instance} }

// solver decides goals. It remembers every answer.
//
// Recursive schemas make a goal lead back to itself for a smaller part of the instance. There the goal is taken to be
// empty: if assuming that no smaller instance satisfies it leaves no instance at all, then by induction on the size of
// instances there is none. The assumption counts only across a step into a part of the instance; level counts those steps.
type solver struct {
	budget   *budget
	schemas  *interner
	patterns map[string]*automaton.Pattern
	answers  map[string]answer // that hold without assumption
	level    int
	frames   []*frame
	active   map[string]*frame
	// Goals found empty under the assumption that goals still in progress are. They are withdrawn when one of those turns out
	// not to be.
	provisional map[string]*assumption
	trail       []*assumption

	tags    map[*schema]map[string]*valueSet // see apart
	sources map[sourceKey]*collector
	// What was found out about single schemas.
	possible map[*schema]kinds
	denials  map[sourceKey]denial
	tried    map[string]bool // comparisons that are not worth another try
	notes    notes
}

// notes collects why something stayed open.
type notes struct {
	tooLarge bool   // an instance or an automaton
	opaque   string // what could not be known
	unsure   bool   // something, not named, could not be known
}

// frame is a goal in progress.
type frame struct {
	key    string
	depth  int
	level  int
	lowest int // the outermost frame whose emptiness was assumed below this one
}

// assumption is a goal found empty as long as the frames from lowest on are.
type assumption struct {
	key    string
	level  int
	lowest int
}

// maxFrames bounds the nesting of goals, and with it the depth of instances.
const maxFrames = 1500

const noFrame = 1 << 30

func newSolver(b *budget, in *interner) *solver {
	return &solver{
		budget: b, schemas: in, patterns: map[string]*automaton.Pattern{}, answers: map[string]answer{},
		active: map[string]*frame{}, provisional: map[string]*assumption{},
		tags: map[*schema]map[string]*valueSet{}, sources: map[sourceKey]*collector{}, tried: map[string]bool{},
		possible: map[*schema]kinds{}, denials: map[sourceKey]denial{},
	}
}

// part solves a goal about a part of the instance at hand.
func (sv *solver) part(g goal) answer {
	sv.level++
	a := sv.solve(g)
	sv.level--
	return a
}

// solve decides whether some instance satisfies the goal.
func (sv *solver) solve(g goal) answer {
	if sv.budget.spend(1) != nil {
		return answer{}
	}
	g, possible := g.normal()
	if !possible {
		return answer{verdict: empty}
	}
	if len(g) == 0 {
		return found(nil)
	}
	key := g.key()
	if a, ok := sv.answers[key]; ok {
		return a
	}
	if f, ok := sv.active[key]; ok {
		if sv.level > f.level {
			sv.rely(f.depth)
			return answer{verdict: empty}
		}
		return answer{}
	}
	if p, ok := sv.provisional[key]; ok && sv.level >= p.level {
		sv.rely(p.lowest)
		return answer{verdict: empty}
	}
	if len(sv.frames) >= maxFrames {
		sv.notes.tooLarge = true
		return answer{}
	}
	f := &frame{key: key, depth: len(sv.frames), level: sv.level, lowest: noFrame}
	sv.frames = append(sv.frames, f)
	sv.active[key] = f
	mark := len(sv.trail)
	a := sv.search(g)
	sv.frames = sv.frames[:f.depth]
	delete(sv.active, key)
	sv.conclude(f, mark, a)
	return a
}

// rely notes that the goal in progress used the assumption that the frame at depth is empty.
func (sv *solver) rely(depth int) {
	if n := len(sv.frames); n > 0 && depth < sv.frames[n-1].lowest {
		sv.frames[n-1].lowest = depth
	}
}

// conclude records the answer of a goal and settles what was assumed meanwhile: trail entries from mark on.
func (sv *solver) conclude(f *frame, mark int, a answer) {
	if a.verdict != empty {
		for _, p := range sv.trail[mark:] {
			delete(sv.provisional, p.key)
		}
		sv.trail = sv.trail[:mark]
		if a.verdict == inhabited || sv.budget.err == nil {
			sv.answers[f.key] = a
		}
		return
	}
	if f.lowest >= f.depth { // nothing outside was assumed
		for _, p := range sv.trail[mark:] {
			delete(sv.provisional, p.key)
			sv.answers[p.key] = answer{verdict: empty}
		}
		sv.trail = sv.trail[:mark]
		sv.answers[f.key] = a
		return
	}
	for _, p := range sv.trail[mark:] {
		p.lowest = min(p.lowest, f.lowest)
	}
	p := &assumption{key: f.key, level: f.level, lowest: f.lowest}
	sv.trail = append(sv.trail, p)
	sv.provisional[f.key] = p
	sv.rely(f.lowest)
}

// search looks for an instance among the listed values if a literal lists them, and otherwise kind by kind.
func (sv *solver) search(g goal) answer {
	if list, ok := sv.listed(g); ok {
		return sv.pick(g, list)
	}
	result := answer{verdict: empty}
	possible := sv.kinds(g)
	for k := nullKind; k < kindCount; k++ {
		if !possible.has(k) {
			continue
		}
		b := newBranch(sv, k, g)
		a := answer{verdict: empty}
		if b.assertAll(g) {
			a = b.search()
		}
		switch a.verdict {
		case inhabited:
			return a
		case open:
			result = a
		}
		if sv.budget.err != nil {
			return answer{}
		}
	}
	return result
}

// pick looks for an instance among candidates.
func (sv *solver) pick(g goal, candidates []any) answer {
	result := answer{verdict: empty}
	for _, candidate := range candidates {
		switch sv.satisfies(candidate, g) {
		case yes:
			return found(candidate)
		case unsure:
			sv.notes.unsure = true
			result = answer{}
		}
		if sv.budget.err != nil {
			return answer{}
		}
	}
	return result
}

// kinds is a superset of the kinds of instances that can satisfy the goal.
func (sv *solver) kinds(g goal) kinds {
	possible := allKinds
	for _, l := range g {
		if !l.not {
			possible &= sv.kindsOf(l.schema)
		}
	}
	return possible
}

// kindsOf is a superset of the kinds of instances that s accepts.
func (sv *solver) kindsOf(s *schema) kinds {
	if len(s.allOf)+len(s.anyOf)+len(s.oneOf) == 0 {
		return s.kinds
	}
	if known, ok := sv.possible[s]; ok {
		return known
	}
	sv.possible[s] = s.kinds // for a schema that leads back to itself
	possible := s.kinds
	for _, part := range s.allOf {
		possible &= sv.kindsOf(part)
	}
	for _, list := range [][]*schema{s.anyOf, s.oneOf} {
		some := kinds(0)
		for _, part := range list {
			some |= sv.kindsOf(part)
		}
		if len(list) > 0 {
			possible &= some
		}
	}
	sv.possible[s] = possible
	return possible
}

// listed returns a finite list of instances to which a positive literal confines the goal.
func (sv *solver) listed(g goal) ([]any, bool) {
	var best []any
	ok := false
	for _, l := range g {
		if l.not {
			continue
		}
		if list, finite := l.schema.list(4); finite && (!ok || len(list) < len(best)) {
			best, ok = list, true
		}
	}
	return best, ok
}

// list returns a superset of what s accepts when that is evidently finite.
func (s *schema) list(depth int) ([]any, bool) {
	if s.values != nil {
		return s.values.list, true
	}
	if s.kinds&^(nullKind.only()|boolKind.only()) == 0 {
		var out []any
		if s.kinds.has(nullKind) {
			out = append(out, nil)
		}
		if s.kinds.has(boolKind) {
			out = append(out, false, true)
		}
		return out, true
	}
	if depth == 0 {
		return nil, false
	}
	for _, part := range s.allOf {
		if list, ok := part.list(depth - 1); ok {
			return list, true
		}
	}
	for _, parts := range [][]*schema{s.anyOf, s.oneOf} {
		if list, ok := union(parts, depth); ok {
			return list, true
		}
	}
	return nil, false
}

func union(parts []*schema, depth int) (all []any, ok bool) {
	for _, part := range parts {
		list, finite := part.list(depth - 1)
		if !finite {
			return nil, false
		}
		all = append(all, list...)
	}
	return all, len(parts) > 0
}
