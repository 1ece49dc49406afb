package inclusion

import (
	"regexp"
	"slices"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion/automaton"
)

func (sv *solver) acceptsObject(r *objectRules, v map[string]any, own *seen, depth int) truth {
	if len(v) < r.minProperties || r.maxProperties != none && len(v) > r.maxProperties {
		return no
	}
	for _, name := range r.required {
		if _, ok := v[name]; !ok {
			return no
		}
	}
	result := yes
	if r.opaque != "" && len(v) > 0 {
		result = unsure
	}
	apply := func(s *schema, instance any) { result = min(result, sv.accepts(s, instance, nil, depth+1)) }
	for name, value := range v {
		mentioned := false
		if s := r.property(name); s != nil {
			mentioned = true
			apply(s, value)
		}
		for _, p := range r.patterns {
			if p.pattern.MatchString(name) {
				mentioned = true
				apply(p.schema, value)
			}
		}
		if r.additional != nil && !mentioned {
			apply(r.additional, value)
		}
		if mentioned || r.additional != nil {
			own.name(name)
		}
		if r.propertyNames != nil {
			apply(r.propertyNames, name)
		}
		if result == no {
			return no
		}
	}
	if r.additional != nil {
		own.everything()
	}
	return min(result, sv.acceptsDependencies(r, v, own, depth))
}

func (sv *solver) acceptsDependencies(r *objectRules, v map[string]any, own *seen, depth int) truth {
	for _, n := range r.needs {
		if _, ok := v[n.name]; !ok {
			continue
		}
		for _, other := range n.others {
			if _, ok := v[other]; !ok {
				return no
			}
		}
	}
	result := yes
	for _, d := range r.dependent {
		if _, ok := v[d.name]; !ok {
			continue
		}
		var inner *seen
		if own != nil {
			inner = &seen{}
		}
		switch t := sv.accepts(d.schema, v, inner, depth+1); t {
		case no:
			return no
		case unsure:
			result = unsure
			if own != nil {
				own.doubt = true
			}
		default:
			if own != nil {
				own.join(inner)
			}
		}
	}
	return result
}

// object is what the facts of a branch say about an object.
type object struct {
	sv         *solver
	must       map[string]bool // names that must be there
	mustOrder  []string
	lacks      map[string]bool
	values     map[string][]literal // of single properties, if they are there
	members    []*objectRules
	scopes     []propertiesAre
	demands    []demand
	names      []literal // for every name
	minimum    int
	maximum    int // none when unbounded
	allowed    map[string]verdict
	mentioned  []string
	everything bool // mentioned is complete
}

// demand asks for a property: whose name is in scope, or satisfies name, and whose value satisfies value.
type demand struct {
	scope scope
	value goal
	name  goal
}

func (b *branch) readObject() *object {
	o := &object{sv: b.sv, maximum: none}
	for _, f := range b.facts {
		switch f := f.(type) {
		case has:
			o.need(f.name)
		case lacks:
			if o.lacks == nil {
				o.lacks = map[string]bool{}
			}
			o.lacks[f.name] = true
		case propertyIs:
			o.need(f.name)
			if o.values == nil {
				o.values = map[string][]literal{}
			}
			o.values[f.name] = append(o.values[f.name], f.is)
		case members:
			o.members = append(o.members, f.rules)
		case propertiesAre:
			o.scopes = append(o.scopes, f)
		case someProperty:
			o.demands = append(o.demands, demand{scope: f.scope, value: goal{f.is}})
		case someName:
			o.demands = append(o.demands, demand{name: goal{f.is}})
		case namesAre:
			o.names = append(o.names, f.is)
		case minProperties:
			o.minimum = max(o.minimum, f.n)
		case maxProperties:
			if o.maximum == none || f.n < o.maximum {
				o.maximum = f.n
			}
		}
	}
	return o
}

func (o *object) need(name string) {
	if o.must == nil {
		o.must = map[string]bool{}
	}
	if !o.must[name] {
		o.must[name] = true
		o.mustOrder = append(o.mustOrder, name)
	}
}

// valueOf is the goal for the value of a property, if it is there.
func (o *object) valueOf(name string) goal {
	var g goal
	g = append(g, o.values[name]...)
	for _, r := range o.members {
		mentioned := false
		if s := r.property(name); s != nil {
			mentioned = true
			g = append(g, is(s))
		}
		for _, p := range r.patterns {
			if p.pattern.MatchString(name) {
				mentioned = true
				g = append(g, is(p.schema))
			}
		}
		if r.additional != nil && !mentioned {
			g = append(g, is(r.additional))
		}
	}
	for _, s := range o.scopes {
		if s.scope.contains(name) {
			g = append(g, s.is)
		}
	}
	return g
}

// admits reports whether a property of this name may be there, as far as its name goes.
func (o *object) admits(name string) verdict {
	if o.lacks[name] {
		return empty
	}
	if len(o.names) == 0 {
		return inhabited
	}
	if v, ok := o.allowed[name]; ok {
		return v
	}
	v := [...]verdict{no: empty, unsure: open, yes: inhabited}[o.sv.satisfies(name, o.names)]
	if o.allowed == nil {
		o.allowed = map[string]verdict{}
	}
	o.allowed[name] = v
	return v
}

// value returns a value for a property that is to be there and satisfy more.
func (o *object) value(name string, more goal) answer {
	switch o.admits(name) {
	case empty:
		return answer{verdict: empty}
	case open:
		return answer{}
	}
	return o.sv.part(o.valueOf(name).with(more...))
}

// refutes reports whether a fact about objects contradicts those at hand. It sees what is easy to see.
func (o *object) refutes(f fact) bool {
	switch f := f.(type) {
	case has:
		return !o.must[f.name] && (o.full() || o.value(f.name, nil).verdict == empty)
	case lacks:
		return o.must[f.name]
	case propertyIs:
		return !o.must[f.name] && o.full() || o.value(f.name, goal{f.is}).verdict == empty
	case someProperty, someName:
		return o.maximum == 0
	case minProperties:
		return o.maximum != none && f.n > o.maximum
	case maxProperties:
		return f.n < o.minimum || f.n < len(o.must)
	}
	return false
}

// contradictory reports whether a property that must be there cannot be.
func (o *object) contradictory() bool {
	if o.maximum != none && (len(o.must) > o.maximum || o.minimum > o.maximum) {
		return true
	}
	for _, name := range o.mustOrder {
		if o.value(name, nil).verdict == empty {
			return true
		}
	}
	return false
}

// full reports whether no further property fits in.
func (o *object) full() bool { return o.maximum != none && len(o.must) >= o.maximum }

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
	if len(d.name) == 0 {
		return d.scope.contains(name)
	}
	t := a.sv.satisfies(name, d.name)
	a.doubt = a.doubt || t == unsure
	return t == yes
}

// mention lists the names that something singles out, in order.
func (o *object) mention() []string {
	if o.everything {
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
	o.everything = true
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
	var all []*regexp.Regexp
	add := func(list ...*regexp.Regexp) {
		for _, re := range list {
			if re != nil && !slices.ContainsFunc(all, func(known *regexp.Regexp) bool { return known.String() == re.String() }) {
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
		add(append(s.scope.patterns, s.scope.pattern)...)
	}
	for _, d := range a.demands {
		add(append(d.scope.patterns, d.scope.pattern)...)
	}
	patterns, err := a.sv.patternsOf(all)
	if err != nil {
		a.sv.failed(err)
		a.doubt = true
		return nil
	}
	found, err := automaton.Regions(patterns, a.sv.budget.spend)
	if err != nil {
		a.sv.failed(err)
		a.doubt = true
		return nil
	}
	for _, f := range found {
		r := region{}
		for i, re := range all {
			if f.Matches[i] {
				r.facts = append(r.facts, matches{re})
			} else {
				r.facts = append(r.facts, avoids{re})
			}
		}
		// Any member that nothing mentions has the same goal; the region's own example may be mentioned, but then the goal it
		// gets below is that of a name that is not.
		r.is = a.valueIn(all, f.Matches)
		a.regions = append(a.regions, r)
	}
	return a.regions
}

// valueIn is the goal for the values of properties that nothing mentions and that these patterns match.
func (a *assembly) valueIn(all []*regexp.Regexp, matches []bool) goal {
	matched := func(re *regexp.Regexp) bool {
		return matches[slices.IndexFunc(all, func(known *regexp.Regexp) bool { return known.String() == re.String() })]
	}
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
