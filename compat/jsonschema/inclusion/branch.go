package inclusion

import "slices"

// branch is one attempt to satisfy a goal with an instance of one kind. Literals are taken apart into facts; where there
// are several ways to go on they wait as choices, and search tries them.
type branch struct {
	sv          *solver
	kind        kind
	asserted    []int     // numbers of the literals that hold here
	positive    []*schema // those of them that are not negated
	facts       []fact
	choices     []choice
	evaluations []*evaluation
}

func newBranch(sv *solver, k kind, g goal) *branch {
	return &branch{sv: sv, kind: k, asserted: make([]int, 0, 8+2*len(g))}
}

// fork is a copy that can go its own way.
func (b *branch) fork() *branch {
	_ = b.sv.budget.spend((len(b.asserted) + len(b.facts)) / 64) // search asks whether there is any left
	f := *b
	f.asserted = slices.Clone(b.asserted)
	f.positive = slices.Clone(b.positive)
	f.facts = slices.Clone(b.facts)
	f.choices = slices.Clone(b.choices)
	f.evaluations = slices.Clone(b.evaluations)
	return &f
}

// known reports whether l is established here, or its opposite is.
func (b *branch) known(l literal) (holds, ok bool) {
	if holds, ok := l.trivial(); ok {
		return holds, true
	}
	if slices.Contains(b.asserted, l.number()) {
		return true, true
	}
	if slices.Contains(b.asserted, l.opposite().number()) {
		return false, true
	}
	return false, false
}

// assertAll asserts literals and reports whether no contradiction came up.
func (b *branch) assertAll(list []literal) bool {
	for _, l := range list {
		if !b.assert(l) {
			return false
		}
	}
	return true
}

// assert establishes a literal: it takes it apart into facts, more literals and choices.
func (b *branch) assert(l literal) bool {
	if holds, ok := b.known(l); ok {
		return holds
	}
	if b.sv.budget.spend(1) != nil {
		b.establish(unknowable{what: "budget"})
		return true
	}
	b.asserted = append(b.asserted, l.number())
	if l.not {
		d := b.sv.violations(l.schema, b.kind)
		return d.certain || b.choose(choice{alternatives: d.ways, denies: l.schema})
	}
	b.positive = append(b.positive, l.schema)
	return b.require(l.schema)
}

// add establishes everything an alternative says.
func (b *branch) add(a alternative) bool {
	for _, f := range a.facts {
		if _, never := f.(impossible); never {
			return false
		}
	}
	b.establish(a.facts...)
	if a.evaluation != nil {
		b.evaluations = append(b.evaluations, a.evaluation)
	}
	return b.assertAll(a.literals)
}

// choose establishes that one of the alternatives holds. What needs no choosing is done at once.
func (b *branch) choose(c choice) bool {
	switch len(c.alternatives) {
	case 0:
		return false
	case 1:
		return b.add(c.alternatives[0])
	}
	b.choices = append(b.choices, c)
	return true
}

// search completes the branch to an instance, or proves that there is none.
func (b *branch) search() answer {
	for {
		if b.sv.budget.spend(1) != nil {
			return answer{}
		}
		if !b.propagate() {
			return answer{verdict: empty}
		}
		if len(b.choices) == 0 {
			if len(b.evaluations) == 0 {
				break
			}
			if !b.evaluate() {
				return answer{verdict: empty}
			}
			continue
		}
		if b.view().contradictory() {
			return answer{verdict: empty}
		}
		if len(b.choices) > 1 {
			settled, possible := b.compare()
			if !possible {
				return answer{verdict: empty}
			}
			if settled {
				continue
			}
		}
		return b.split(b.next())
	}
	return b.finish()
}

// next is the choice to split: those of positive schemas first, because they give the instance its shape, unless there is
// but one way in which a schema must be violated.
func (b *branch) next() int {
	best, rank := 0, 1<<30
	denials := 0
	for _, c := range b.choices {
		if c.denies != nil {
			denials++
		}
	}
	for i, c := range b.choices {
		r := len(c.alternatives)
		if c.denies != nil && denials > 1 {
			r += 1 << 20
		}
		if c.denies == nil && denials == 1 {
			r += 1 << 20
		}
		if r < rank {
			best, rank = i, r
		}
	}
	return best
}

// split tries the alternatives of one choice in turn.
func (b *branch) split(i int) answer {
	c := b.choices[i]
	b.choices = slices.Delete(slices.Clone(b.choices), i, i+1)
	result := answer{verdict: empty}
	view := b.view()
	for k, a := range c.alternatives {
		if _, possible := b.weighAlternative(a, view); !possible {
			continue
		}
		f := b
		if k < len(c.alternatives)-1 {
			f = b.fork()
		}
		if !f.add(a) {
			continue
		}
		switch a := f.search(); a.verdict {
		case inhabited:
			return a
		case open:
			result = a
		}
		if b.sv.budget.err != nil {
			return answer{}
		}
	}
	return result
}

// propagate drops alternatives that are impossible and choices that are settled, until nothing changes. It reports
// false when a choice has no alternative left.
func (b *branch) propagate() bool {
	for changed := true; changed; {
		changed = false
		if len(b.choices) == 1 {
			return true // split looks at its alternatives one by one, and may not need them all
		}
		pending := b.choices
		b.choices = nil
		var view view
		var kept []choice
		for _, c := range pending {
			if view == nil {
				view = b.view()
			}
			settled, alternatives := b.remaining(c, view)
			switch {
			case settled:
				changed = true
				continue
			case len(alternatives) == 0:
				return false
			case len(alternatives) == 1:
				changed = true
				if !b.add(alternatives[0]) {
					return false
				}
				view = nil
				continue
			}
			c.alternatives = alternatives
			kept = append(kept, c)
		}
		b.choices = append(kept, b.choices...)
	}
	return true
}

// remaining returns the alternatives that may still hold; settled when one of them holds already.
func (b *branch) remaining(c choice, view view) (settled bool, alternatives []alternative) {
	for _, a := range c.alternatives {
		holds, possible := b.weighAlternative(a, view)
		if holds {
			return true, nil
		}
		if possible {
			alternatives = append(alternatives, a)
		}
	}
	return false, alternatives
}

func (b *branch) weighAlternative(a alternative, view view) (holds, possible bool) {
	holds = len(a.facts) == 0 && a.evaluation == nil
	for _, l := range a.literals {
		h, ok := b.known(l)
		if ok && !h {
			return false, false
		}
		if !ok && !l.not && !b.sv.kindsOf(l.schema).has(b.kind) {
			return false, false
		}
		holds = holds && ok
	}
	if holds {
		return true, true
	}
	if len(a.facts) == 0 && len(a.literals) == 2 && !a.literals[0].not && !a.literals[1].not && b.sv.easilyEmpty(a.literals) {
		return false, false // two members of a oneOf that exclude each other
	}
	for _, f := range a.facts {
		if view.refutes(f) {
			return false, false
		}
	}
	return false, true
}

// compare settles denied schemas against the positive ones as wholes: where a positive schema is included in the denied
// one there is no instance, and where the two are disjoint the denial holds by itself. That is what keeps unions, whose
// members exclude or cover each other, from being multiplied out.
func (b *branch) compare() (settled, possible bool) {
	var kept []choice
	for _, c := range b.choices {
		switch {
		case c.denies == nil:
		case b.excludes(c.denies):
			continue
		case b.covers(c.denies):
			return true, false
		}
		kept = append(kept, c)
	}
	settled = len(kept) < len(b.choices)
	b.choices = kept
	return settled, true
}

// excludes reports whether a positive schema of the branch is disjoint from s.
func (b *branch) excludes(s *schema) bool {
	if b.sv.budget.spend(len(b.positive)/8) != nil {
		return false
	}
	for _, p := range b.positive {
		if b.sv.apart(p, s, b.kind) {
			return true
		}
	}
	for _, p := range b.positive {
		if b.sv.disjoint(p, s, b.kind) {
			return true
		}
	}
	return false
}

// covers reports whether a positive schema of the branch is included in s.
func (b *branch) covers(s *schema) bool {
	for _, p := range b.positive {
		if b.sv.included(p, s) {
			return true
		}
	}
	return false
}

// finish builds the instance from facts alone.
func (b *branch) finish() answer {
	a := b.build()
	if a.verdict != inhabited {
		return a
	}
	if weigh(a.instance, maxInstance) >= maxInstance {
		b.sv.notes.tooLarge = true
		return answer{}
	}
	for i, f := range b.facts {
		d, ok := f.(differs)
		if !ok || b.kind != arrayKind && b.kind != objectKind {
			continue
		}
		id := identity(a.instance)
		for k, value := range d.from {
			if identity(value) != id {
				continue
			}
			// The instance is one of those to stay clear of: now it matters how it shall differ.
			b.facts = slices.Clone(b.facts)
			b.facts[i] = differs{slices.Delete(slices.Clone(d.from), k, k+1)}
			b.choices = []choice{{alternatives: b.sv.differences(value)}}
			return b.search()
		}
	}
	return a
}

// build makes an instance of the branch's kind that has all the facts.
func (b *branch) build() answer {
	for _, f := range b.facts {
		if among, ok := f.(among); ok {
			return b.pickAmong(among.values)
		}
	}
	a := answer{verdict: empty}
	if b.absurd() {
		return a
	}
	switch b.kind {
	case nullKind:
		a = found(nil)
		for _, f := range b.facts {
			if d, ok := f.(differs); ok && len(d.from) > 0 {
				a = answer{verdict: empty}
			}
		}
	case boolKind:
		a = b.buildBool()
	case numberKind:
		a = b.buildNumber()
	case stringKind:
		a = b.buildString()
	case arrayKind:
		a = b.buildArray()
	case objectKind:
		a = b.buildObject()
	}
	if a.verdict == inhabited && b.doubtful() {
		return answer{}
	}
	return a
}

// doubtful reports whether the branch depends on something unknowable.
func (b *branch) doubtful() bool {
	for _, f := range b.facts {
		if u, ok := f.(unknowable); ok {
			b.sv.notes.opaque = u.what
			return true
		}
	}
	return false
}

// absurd reports whether something unknowable is both required and denied.
func (b *branch) absurd() bool {
	for _, f := range b.facts {
		if u, ok := f.(unknowable); ok && slices.Contains(b.facts, fact(unknowable{u.what, !u.not})) {
			return true
		}
	}
	return false
}

func (b *branch) buildBool() answer {
	excluded := b.excluded()
	for _, v := range []bool{false, true} {
		if !excluded[identity(v)] {
			return found(v)
		}
	}
	return answer{verdict: empty}
}

// excluded is the identities of the values to differ from.
func (b *branch) excluded() map[string]bool {
	var out map[string]bool
	for _, f := range b.facts {
		if d, ok := f.(differs); ok {
			if out == nil {
				out = map[string]bool{}
			}
			for _, v := range d.from {
				out[identity(v)] = true
			}
		}
	}
	return out
}

// pickAmong looks for a listed value for which everything asserted in this branch holds. Facts that come with an
// alternative are checked by asserting that the instance equals the value.
func (b *branch) pickAmong(values []any) answer {
	result := answer{verdict: empty}
	for _, v := range values {
		switch b.sv.factsHold(b.facts, v) {
		case yes:
			return found(v)
		case unsure:
			result = answer{}
		}
	}
	return result
}
