package inclusion

import (
	"regexp"
	"slices"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion/automaton"
)

// assembly is an object in the making.
type assembly struct {
	*object
	extra    map[string]goal // what demands add to the value of a property
	chosen   []string        // the properties that are there
	regions  []region        // sets of names that nothing mentions singly
	complete bool            // regions is known
	doubt    bool            // something stayed open on the way
}

// region is a set of names that the same patterns match.
type region struct {
	facts []fact   // that say so
	is    goal     // for the values of such properties
	names []string // members found so far
	spent bool     // names are all there are
}

func (b *branch) buildObject() answer {
	o := b.readObject()
	if o.contradictory() {
		return answer{verdict: empty}
	}
	a := &assembly{object: o, extra: map[string]goal{}, chosen: slices.Clone(o.mustOrder)}
	return a.meet(0)
}

// undecided is the answer for a part that led nowhere: empty unless something stayed open.
func (a *assembly) undecided() answer {
	if a.doubt || a.sv.budget.err != nil {
		return answer{}
	}
	return answer{verdict: empty}
}

// meet finds properties for the demands from the i-th on, and then completes the object.
func (a *assembly) meet(i int) answer {
	if a.sv.budget.spend(1) != nil {
		return answer{}
	}
	if i == len(a.demands) {
		return a.conclude()
	}
	if result := a.meetWith(i, a.known(i)); result.verdict == inhabited || a.sv.budget.err != nil {
		return result
	}
	return a.meetWith(i, a.fresh(i))
}

// meetWith tries names for the i-th demand.
func (a *assembly) meetWith(i int, names []string) answer {
	d := a.demands[i]
	for _, name := range names {
		present := slices.Contains(a.chosen, name)
		if !present && a.maximum != none && len(a.chosen) >= a.maximum {
			continue
		}
		before, had := a.extra[name]
		extra := before.with(d.value...)
		switch a.value(name, extra).verdict {
		case empty:
			continue
		case open:
			a.doubt = true
			continue
		}
		a.extra[name] = extra
		if !present {
			a.chosen = append(a.chosen, name)
		}
		result := a.meet(i + 1)
		if result.verdict == inhabited {
			return result
		}
		if a.sv.budget.err != nil {
			return answer{}
		}
		if !present {
			a.chosen = a.chosen[:len(a.chosen)-1]
		}
		if had {
			a.extra[name] = before
		} else {
			delete(a.extra, name)
		}
	}
	return a.undecided()
}

// known lists the names that can meet a demand: those at hand first, then others that something mentions.
func (a *assembly) known(i int) []string {
	var out []string
	for _, list := range [][]string{a.chosen, a.mention()} {
		for _, name := range list {
			if !slices.Contains(out, name) && a.suits(a.demands[i], name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// fresh lists names that nothing mentions and that can meet a demand: of every region as many as there are demands. A
// new name may at once satisfy what other demands ask of names.
func (a *assembly) fresh(i int) []string {
	var out []string
	d := a.demands[i]
	combinations := a.combinations(i)
	for k := range a.explore() {
		r := &a.regions[k]
		for _, also := range combinations {
			names := a.namesIn(r, d.name.with(also...), len(a.demands))
			if len(names) > 0 && a.suits(d, names[0]) {
				out = append(out, names...)
			}
		}
	}
	return out
}

// maxNameDemands bounds how many demands on names are combined.
const maxNameDemands = 6

// combinations lists what every subset of the demands after the i-th asks of names, the empty one first.
func (a *assembly) combinations(i int) []goal {
	out := []goal{nil}
	n := 0
	for _, d := range a.demands[i+1:] {
		if len(d.name) == 0 {
			continue
		}
		if n++; n > maxNameDemands {
			a.doubt = true
			break
		}
		for _, g := range out {
			out = append(out, g.with(d.name...))
		}
	}
	return out
}

// suits reports whether a name can meet a demand as far as the name goes.
func (a *assembly) suits(d demand, name string) bool {
	var t truth
	if len(d.name) == 0 {
		t = d.scope.contains(a.sv.budget, name)
	} else {
		t = a.sv.satisfies(name, d.name)
	}
	a.doubt = a.doubt || t == unsure
	return t == yes
}

// mention lists the names that something singles out, in order.
func (o *object) mention() []string {
	if o.listed {
		return o.mentioned
	}
	known := map[string]bool{}
	add := func(names []string) {
		for _, name := range names {
			if !known[name] {
				known[name] = true
				o.mentioned = append(o.mentioned, name)
			}
		}
	}
	add(o.mustOrder)
	add(sortedNames(o.values))
	for _, r := range o.members {
		add(r.names)
	}
	for _, s := range o.scopes {
		add(s.scope.excepted)
	}
	for _, d := range o.demands {
		add(d.scope.excepted)
	}
	add(sortedNames(o.lacks))
	o.listed = true
	return o.mentioned
}

// conclude adds properties until there are enough and picks the values.
func (a *assembly) conclude() answer {
	chosen := len(a.chosen)
	defer func() { a.chosen = a.chosen[:chosen] }()
	if !a.fill() {
		return a.undecided()
	}
	out := make(map[string]any, len(a.chosen))
	for _, name := range a.chosen {
		v := a.value(name, a.extra[name])
		if v.verdict != inhabited {
			a.doubt = a.doubt || v.verdict == open
			return a.undecided()
		}
		out[name] = v.instance
	}
	return found(out)
}

// fill adds optional properties up to the minimum.
func (a *assembly) fill() bool {
	for _, name := range a.mention() {
		if len(a.chosen) >= a.minimum {
			return true
		}
		if !slices.Contains(a.chosen, name) {
			a.take(name)
		}
	}
	if len(a.chosen) >= a.minimum {
		return true
	}
	for i := range a.explore() {
		r := &a.regions[i]
		switch a.sv.part(r.is).verdict {
		case empty:
			continue
		case open:
			a.doubt = true
			continue
		}
		for _, name := range a.namesIn(r, nil, len(a.chosen)+a.minimum) {
			if len(a.chosen) >= a.minimum {
				return true
			}
			if !slices.Contains(a.chosen, name) {
				a.take(name)
			}
		}
	}
	return len(a.chosen) >= a.minimum
}

func (a *assembly) take(name string) {
	switch a.value(name, nil).verdict {
	case inhabited:
		a.chosen = append(a.chosen, name)
	case open:
		a.doubt = true
	}
}

// explore finds the regions of names that nothing mentions singly.
func (a *assembly) explore() []region {
	if a.complete {
		return a.regions
	}
	a.complete = true
	all := a.allPatterns()
	patterns, err := a.sv.patternsOf(all)
	if err != nil {
		a.doubt = a.sv.failed(err) == open
		return nil
	}
	combinations, err := automaton.Regions(patterns, a.sv.budget.spend)
	if err != nil {
		a.doubt = a.sv.failed(err) == open
		return nil
	}
	for _, c := range combinations {
		r := region{is: a.valueIn(all, c.Matches)}
		for i, re := range all {
			if c.Matches[i] {
				r.facts = append(r.facts, matches{re})
			} else {
				r.facts = append(r.facts, avoids{re})
			}
		}
		a.regions = append(a.regions, r)
	}
	return a.regions
}

// allPatterns lists the patterns that tell names apart.
func (a *assembly) allPatterns() []*regexp.Regexp {
	var all []*regexp.Regexp
	add := func(list ...*regexp.Regexp) {
		for _, re := range list {
			if re != nil && indexOf(all, re) < 0 {
				all = append(all, re)
			}
		}
	}
	for _, r := range a.members {
		for _, p := range r.patterns {
			add(p.pattern)
		}
	}
	for _, s := range a.scopes {
		add(s.scope.pattern)
		add(s.scope.patterns...)
	}
	for _, d := range a.demands {
		add(d.scope.pattern)
		add(d.scope.patterns...)
	}
	return all
}

// indexOf is the position of a pattern that is spelled the same; -1 when there is none.
func indexOf(list []*regexp.Regexp, re *regexp.Regexp) int {
	return slices.IndexFunc(list, func(known *regexp.Regexp) bool { return known == re || known.String() == re.String() })
}

// valueIn is the goal for the values of properties that nothing mentions and that these patterns match.
func (a *assembly) valueIn(all []*regexp.Regexp, matches []bool) goal {
	matched := func(re *regexp.Regexp) bool { return matches[indexOf(all, re)] }
	var g goal
	for _, r := range a.members {
		mentioned := false
		for _, p := range r.patterns {
			if matched(p.pattern) {
				mentioned = true
				g = append(g, is(p.schema))
			}
		}
		if r.additional != nil && !mentioned {
			g = append(g, is(r.additional))
		}
	}
	for _, s := range a.scopes {
		inside := s.scope.pattern == nil || matched(s.scope.pattern)
		for _, re := range s.scope.patterns {
			inside = inside && !matched(re)
		}
		if inside {
			g = append(g, s.is)
		}
	}
	return g
}

// namesIn returns up to n names of a region that nothing mentions and that satisfy more.
func (a *assembly) namesIn(r *region, more goal, n int) []string {
	if len(more) > 0 {
		names, _ := a.newNames(r, more, nil, n)
		return names
	}
	if len(r.names) < n && !r.spent {
		names, all := a.newNames(r, nil, r.names, n-len(r.names))
		r.names, r.spent = append(r.names, names...), all
	}
	return r.names[:min(n, len(r.names))]
}

// newNames finds up to n names; all means that there are no others.
func (a *assembly) newNames(r *region, more goal, known []string, n int) (names []string, all bool) {
	except := append(slices.Clone(a.mention()), known...)
	for len(names) < n {
		name, v := a.sv.name(r.facts, append(slices.Clone(a.names), more...), except)
		if v != inhabited {
			a.doubt = a.doubt || v == open
			return names, true
		}
		names = append(names, name)
		except = append(except, name)
	}
	return names, false
}
